import { Button, Checkbox, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { fieldErrors, useData, useDeed } from '../ask.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { CustomerSelect } from '../parts/customer-select.tsx'
import type { Plan } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Gives one customer a price of its own for a plan. */
export function OwnPriceForm({
  customerId = '',
  planId = '',
  done,
}: {
  customerId?: string
  planId?: string
  done: () => void
}): ReactNode {
  const { api, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const plans = useData<Page<Plan>>('/plans', { limit: 100 }, { enabled: planId === '' })
  const form = useForm({
    initialValues: {
      customerId,
      planId,
      prices: [{ currency: visit.tenant.currency, amount: '' }],
      applies: false,
    },
  })
  return (
    <form
      onSubmit={form.onSubmit(({ applies, ...body }) =>
        run({
          act: () => api.post(`/plan-overrides${applies ? '?applyToExisting=next_period' : ''}`, body),
          said: 'The price is agreed',
          after: done,
          refused: (error) => form.setErrors(fieldErrors(error)),
        }),
      )}
    >
      <Stack>
        {planId === '' && (
          <Select
            label="Plan"
            required
            searchable
            data={(plans.data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
            nothingFoundMessage="No plan of that name"
            {...form.getInputProps('planId')}
          />
        )}
        {customerId === '' && (
          <CustomerSelect
            value={form.values.customerId}
            error={form.errors['customerId']}
            pick={(customer) => form.setFieldValue('customerId', customer?.id ?? '')}
          />
        )}
        <Group grow align="flex-start">
          <TextInput
            label="Price of a period"
            inputMode="decimal"
            required
            {...form.getInputProps('prices.0.amount')}
          />
          <CurrencySelect label="Currency" {...form.getInputProps('prices.0.currency')} />
        </Group>
        <Checkbox
          label="Also for subscriptions that run, from their next period on"
          description="Otherwise only new ones and those that change their plan pay it."
          {...form.getInputProps('applies', { type: 'checkbox' })}
        />
        <Button type="submit" loading={isRunning}>
          Agree on it
        </Button>
      </Stack>
    </form>
  )
}
