import { Code, Loader, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useData } from '../ask.ts'
import { words } from '../format.ts'
import type { Invoice, InvoiceExplanation } from '../types.ts'
import { Day } from './show.tsx'
import { Failure } from './states.tsx'

const terms = {
  CUSTOMER: 'as the customer’s terms say',
  PLAN: 'as the plan’s terms say',
  TENANT: 'as the account’s terms say',
  DEFAULT: 'as nothing else was agreed',
  INVOICE: 'as this invoice says itself',
}

/** Where each amount of an invoice comes from, in words; the document itself can be recomputed offline. */
export function Explanation({ invoice }: { invoice: Invoice }): ReactNode {
  const { data, error } = useData<InvoiceExplanation>(`/invoices/${invoice.id}/explain`)
  if (error) return <Failure error={error} />
  if (!data) return <Loader size="sm" />
  const minor = (text: string): string => {
    const digits = text.replace('-', '').padStart(data.decimals + 1, '0')
    const whole = digits.slice(0, digits.length - data.decimals)
    const part = data.decimals === 0 ? '' : `.${digits.slice(-data.decimals)}`
    return `${text.startsWith('-') ? '-' : ''}${whole}${part} ${data.currency}`
  }
  return (
    <Stack>
      {data.lines.map((line) => (
        <div key={line.id}>
          <Text fw={600} size="sm">
            {line.description}
          </Text>
          <Text size="sm" c="dimmed" component="div">
            {line.quantity} × {line.unitAmount} {data.currency}
            {line.share && line.share.unit !== 'PERIOD' && (
              <>
                {' '}
                for {line.share.part} of {line.share.whole} {words(line.share.unit).toLowerCase()}s in{' '}
                {line.share.zone}
              </>
            )}
            {line.exactMinor.denominator !== '1' && (
              <>
                {' '}
                = exactly <Code>{`${line.exactMinor.numerator}/${line.exactMinor.denominator}`}</Code> of the
                smallest unit
              </>
            )}
            {' → '}
            <b>{minor(line.amountMinor)}</b>
          </Text>
        </div>
      ))}
      <Text size="sm">
        The sum is rounded once, half up, and the lines share what is left over by largest remainder:{' '}
        <b>{minor(data.rounding.subtotalMinor)}</b>.
      </Text>
      <Text size="sm" component="div">
        Due on <Day value={data.due.dueOn} />: {data.due.termsDays} days after{' '}
        <Day value={data.due.issuedOn} />, {terms[data.due.termsFrom]}.
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        Anyone can recompute this without us: save the answer of{' '}
        <Code>{`GET /invoices/${invoice.id}/explain`}</Code> and run{' '}
        <Code>novabilling verify-invoice FILE</Code>.
      </Text>
    </Stack>
  )
}
