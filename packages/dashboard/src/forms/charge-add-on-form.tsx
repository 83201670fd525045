import { Button, NumberInput, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { money } from '../format.ts'
import { CustomerSelect } from '../parts/customer-select.tsx'
import { SubscriptionSelect } from '../parts/subscription-select.tsx'
import type { AddOn } from '../types.ts'
import { usePlace } from '../visit.ts'

const when = [
  { value: 'next', label: 'On the next invoice' },
  { value: 'now', label: 'At once, by an invoice of its own' },
  { value: 'recurring', label: 'On the invoice of every period of the subscription' },
]

/** Charges a customer for an add-on. */
export function ChargeAddOnForm({
  addOnId = '',
  customerId = '',
  done,
}: {
  addOnId?: string
  customerId?: string
  done: () => void
}): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const addOns = useData<Page<AddOn>>('/add-ons', { limit: 100 })
  const form = useForm({
    initialValues: {
      addOnId,
      customerId,
      subscriptionId: null as string | null,
      quantity: 1 as number | string,
      amount: '',
      when: 'next',
    },
  })
  const chosen = addOns.data?.data.find(({ id }) => id === form.values.addOnId)
  const submit = ({ subscriptionId, amount, when: time, ...rest }: typeof form.values): void =>
    run({
      act: () =>
        api.post('/add-ons/apply', {
          ...rest,
          ...(subscriptionId === null ? {} : { subscriptionId }),
          ...(amount === '' ? {} : { amount }),
          ...(time === 'now' ? { invoiceNow: true } : {}),
          ...(time === 'recurring' ? { recurring: true } : {}),
        }),
      said: 'It is charged',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {addOnId === '' && (
          <Select
            label="Add-on"
            required
            searchable
            data={(addOns.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            nothingFoundMessage="No add-on of that name: make one first"
            {...form.getInputProps('addOnId')}
          />
        )}
        {customerId === '' && (
          <CustomerSelect
            value={form.values.customerId}
            error={form.errors['customerId']}
            pick={(customer) => form.setValues({ customerId: customer?.id ?? '', subscriptionId: null })}
          />
        )}
        <Select label="When" allowDeselect={false} data={when} {...form.getInputProps('when')} />
        <SubscriptionSelect
          customerId={form.values.customerId}
          required={form.values.when === 'recurring'}
          description="Of any invoice of the customer when empty"
          {...form.getInputProps('subscriptionId')}
        />
        <NumberInput
          label="Quantity"
          min={1}
          allowDecimal={false}
          required
          {...form.getInputProps('quantity')}
        />
        <TextInput
          label="Amount for one"
          description={
            chosen
              ? `When empty: ${chosen.prices.map((price) => money(price.amount, price.currency)).join(' or ')}`
              : 'The price of the add-on when empty'
          }
          inputMode="decimal"
          {...form.getInputProps('amount')}
        />
        <Button type="submit" loading={isRunning}>
          Charge for it
        </Button>
      </Stack>
    </form>
  )
}
