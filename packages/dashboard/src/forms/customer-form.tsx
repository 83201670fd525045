import { Button, Group, Select, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import { CurrencySelect } from '../parts/currency-select.tsx'
import { TimeZoneSelect } from '../parts/time-zone-select.tsx'
import type { Customer } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Adds a customer, or changes one. What was left empty is not sent. */
export function CustomerForm({
  customer,
  done,
}: {
  customer?: Customer
  done: (customer: Customer) => void
}): ReactNode {
  const { api, visit } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: {
      email: customer?.email ?? '',
      name: customer?.name ?? '',
      externalId: customer?.externalId ?? '',
      country: customer?.country ?? '',
      currency: customer?.currency ?? visit.tenant.currency,
      timezone: customer?.timezone ?? visit.tenant.timezone,
      taxId: customer?.taxId ?? '',
      taxTreatment: customer?.taxTreatment ?? 'AUTOMATIC',
    },
  })
  const submit = (values: typeof form.values): void => {
    const { country, ...rest } = values
    const all = { ...rest, country: country.toUpperCase() }
    const before: Record<string, unknown> = { ...customer }
    const body = Object.fromEntries(
      Object.entries(all).filter(([name, value]) =>
        customer ? value !== (before[name] ?? '') : value !== '',
      ),
    )
    run({
      act: () =>
        customer
          ? api.patch<Customer>(`/customers/${customer.id}`, body)
          : api.post<Customer>('/customers', body),
      said: customer ? 'Saved' : 'The customer is there',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        <TextInput
          label="E-mail"
          type="email"
          required
          data-autofocus
          {...form.getInputProps('email')}
          key={form.key('email')}
        />
        <TextInput label="Name" {...form.getInputProps('name')} key={form.key('name')} />
        <TextInput
          label="Your own id"
          description="What your system knows them by"
          {...form.getInputProps('externalId')}
          key={form.key('externalId')}
        />
        <Group grow align="flex-start">
          <TextInput
            label="Country"
            placeholder="KE"
            maxLength={2}
            {...form.getInputProps('country')}
            key={form.key('country')}
          />
          <CurrencySelect label="Currency" {...form.getInputProps('currency')} key={form.key('currency')} />
        </Group>
        <TimeZoneSelect label="Time zone" {...form.getInputProps('timezone')} key={form.key('timezone')} />
        <TextInput label="Tax number" {...form.getInputProps('taxId')} key={form.key('taxId')} />
        <Select
          label="Taxes"
          allowDeselect={false}
          data={[
            { value: 'AUTOMATIC', label: 'as everybody' },
            { value: 'EXEMPT', label: 'none: exempt' },
            { value: 'REVERSE_CHARGE', label: 'reverse charge: the customer owes them' },
          ]}
          {...form.getInputProps('taxTreatment')}
          key={form.key('taxTreatment')}
        />
        <Button type="submit" loading={isRunning}>
          {customer ? 'Save' : 'Add'}
        </Button>
      </Stack>
    </form>
  )
}
