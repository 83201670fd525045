import { Button, Checkbox, Select, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import type { ReactNode } from 'react'
import { fieldErrors, useDeed } from '../ask.ts'
import { Money } from '../parts/show.tsx'
import type { CreditNote, Invoice } from '../types.ts'
import { usePlace } from '../visit.ts'

/** Credits an invoice by lines, each up to what it was, or by an amount over all. */
export function CreditForm({ invoice, done }: { invoice: Invoice; done: () => void }): ReactNode {
  const { api } = usePlace()
  const { run, isRunning } = useDeed()
  const form = useForm({
    initialValues: {
      reason: 'OTHER',
      refund: false,
      amounts: Object.fromEntries(invoice.items.map(({ id }) => [id, ''])),
    },
  })
  const submit = ({ reason, refund, amounts }: typeof form.values): void => {
    const items = Object.entries(amounts)
      .filter(([, amount]) => amount !== '')
      .map(([lineId, amount]) => ({ lineId, amount }))
    if (items.length === 0) return form.setErrors({ reason: 'Say how much of which line is credited.' })
    run({
      act: () => api.post<CreditNote>('/credit-notes', { invoiceId: invoice.id, items, reason, refund }),
      said: 'Credited',
      after: done,
      refused: (error) => form.setErrors(fieldErrors(error)),
    })
  }
  return (
    <form onSubmit={form.onSubmit(submit)}>
      <Stack>
        {invoice.items.map(({ id, description, amount }) => (
          <TextInput
            key={id}
            label={description}
            description={
              <>
                of <Money amount={amount} currency={invoice.currency} />
              </>
            }
            placeholder="0"
            inputMode="decimal"
            rightSection={
              <Text size="xs" c="dimmed">
                {invoice.currency}
              </Text>
            }
            rightSectionWidth={48}
            {...form.getInputProps(`amounts.${id}`)}
          />
        ))}
        <Select
          label="Why"
          allowDeselect={false}
          data={[
            { value: 'ORDER_CHANGE', label: 'The order changed' },
            { value: 'DUPLICATE', label: 'Billed twice' },
            { value: 'PRODUCT_UNSATISFACTORY', label: 'Not as promised' },
            { value: 'OTHER', label: 'Something else' },
          ]}
          {...form.getInputProps('reason')}
        />
        <Checkbox
          label="Send what was paid back to the payer"
          description="Otherwise it goes to the customer’s balance and pays for the next invoices."
          {...form.getInputProps('refund', { type: 'checkbox' })}
        />
        <Button type="submit" loading={isRunning}>
          Credit
        </Button>
      </Stack>
    </form>
  )
}
