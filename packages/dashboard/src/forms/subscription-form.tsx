import { Button, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type ReactNode, useState } from 'react'
import type { Page } from '../api.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { interval, money } from '../format.ts'
import type { Customer, Plan, Subscription } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Starts a subscription, of this customer or of one that is looked for. */
export function SubscriptionForm({
  customer,
  done,
}: {
  customer?: Customer
  done: (subscription: Subscription) => void
}): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const [search, setSearch] = useState('')
  const plans = useData<Page<Plan>>('/plans', { isActive: true, limit: 100 })
  const customers = useData<Page<Customer>>('/customers', { search, limit: 20 }, { enabled: !customer })
  const form = useForm({
    initialValues: {
      customerId: customer?.id ?? '',
      planId: '',
      quantity: 1,
      startDate: '',
      billingAnchor: 'ANNIVERSARY',
    },
  })
  const currency = (customer ?? customers.data?.data.find(({ id }) => id === form.values.customerId))
    ?.currency
  const submit = ({ startDate, ...values }: typeof form.values): void =>
    run({
      act: () =>
        api.post<Subscription>('/subscriptions', { ...values, ...(startDate === '' ? {} : { startDate }) }),
      said: 'The subscription has begun',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {!customer && (
          <Select
            label="Customer"
            required
            searchable
            searchValue={search}
            onSearchChange={setSearch}
            filter={({ options }) => options}
            data={(customers.data?.data ?? []).map((one) => ({
              value: one.id,
              label: one.name ? `${one.name} · ${one.email ?? ''}` : (one.email ?? one.id),
            }))}
            nothingFoundMessage="Nobody of that name"
            {...form.getInputProps('customerId')}
          />
        )}
        <Select
          label="Plan"
          required
          data={(plans.data?.data ?? []).map((plan) => {
            const price = plan.prices.find((one) => one.currency === currency)
            const amount = price
              ? `${money(price.amount, price.currency)} ${interval(plan.billingInterval, plan.intervalCount)}`
              : `no price in ${currency ?? 'their currency'}`
            return {
              value: plan.id,
              label: `${plan.name} · ${amount}`,
              disabled: currency !== undefined && !price,
            }
          })}
          nothingFoundMessage="No plan yet: make one first"
          {...form.getInputProps('planId')}
        />
        <NumberInput label="Quantity" min={1} allowDecimal={false} {...form.getInputProps('quantity')} />
        <TextInput
          type="date"
          label="Begins on"
          description="Today when left empty. A day in the past bills what is due since then."
          {...form.getInputProps('startDate')}
        />
        <Select
          label="Periods are counted"
          data={[
            { value: 'ANNIVERSARY', label: 'from the day it begins' },
            { value: 'CALENDAR', label: 'by the calendar, with a part of a period first' },
          ]}
          allowDeselect={false}
          {...form.getInputProps('billingAnchor')}
        />
        <Button type="submit" loading={isRunning}>
          Begin
        </Button>
      </Stack>
    </form>
  )
}
