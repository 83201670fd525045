import type { JSX } from 'preact'
import { useVoice } from './language.ts'
import { Card, Standing } from './parts.tsx'
import type { Company, Invoice } from './types.ts'

/** What is billed: how much, until when, and behind a fold each line. */
export function InvoiceCard({
  invoice,
  company,
}: {
  readonly invoice: Invoice
  readonly company: Company
}): JSX.Element {
  const { say, money, day } = useVoice()
  const { currency, number, dueDate, isOverdue, billTo } = invoice
  const isOpen = invoice.status === 'PENDING' || invoice.status === 'FAILED'
  return (
    <Card label={say('invoice', { number: number ?? '' })}>
      <p class="quiet" dir="auto">
        {say('invoiceFrom', { company: company.name })}
      </p>
      <p class="amount">{money(isOpen ? invoice.amountDue : invoice.total, currency)}</p>
      <p class="facts">
        <Standing invoice={invoice} />
        {isOpen && dueDate !== null ? (
          <span>{say(isOverdue ? 'overdueSince' : 'dueBy', { date: day(dueDate) })}</span>
        ) : null}
      </p>
      <p class="quiet">
        <bdi>{say('invoice', { number: number ?? '' })}</bdi>
        {billTo === null ? null : (
          <>
            {' '}
            · <bdi>{say('billTo', { name: billTo })}</bdi>
          </>
        )}
      </p>
      <details>
        <summary>{say('details')}</summary>
        <Lines invoice={invoice} />
      </details>
      <a href={invoice.pdfUrl} target="_blank" rel="noopener">
        {say('openPdf')}
      </a>
    </Card>
  )
}

function Lines({ invoice }: { readonly invoice: Invoice }): JSX.Element {
  const { say, money, count, share, day } = useVoice()
  const { currency } = invoice
  const before = [
    ['subtotal', invoice.subtotal, invoice.subtotal !== invoice.total],
    ['discount', -invoice.discountAmount, invoice.discountAmount !== 0],
  ] as const
  const after = [
    ['total', invoice.total, true],
    ['alreadyPaid', -invoice.amountPaid, invoice.amountPaid !== 0],
    ['credited', -invoice.amountCredited, invoice.amountCredited !== 0],
    ['amountDue', invoice.amountDue, invoice.amountDue !== invoice.total && invoice.amountDue !== 0],
  ] as const
  const row = ([word, amount, isShown]: (typeof before | typeof after)[number]): JSX.Element | null =>
    isShown ? (
      <tr key={word}>
        <th scope="row">{say(word)}</th>
        <td>{money(amount, currency)}</td>
      </tr>
    ) : null
  return (
    <table>
      <tbody>
        {invoice.items.map((item, at) => (
          <tr key={at}>
            <th scope="row">
              <span dir="auto">{item.description}</span>
              <small>
                {item.quantity === 1 ? null : `${say('times', { count: count(item.quantity) })} `}
                {item.from !== null && item.to !== null ? span(item.from, item.to, day) : null}
              </small>
            </th>
            <td>{money(item.amount, currency)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {before.map(row)}
        {invoice.taxes.map((tax, at) => (
          <tr key={at}>
            <th scope="row">
              <bdi>{tax.name}</bdi> {share(tax.rate)}
              {tax.note === null ? null : <small dir="auto">{tax.note}</small>}
            </th>
            <td>{money(tax.amount, currency)}</td>
          </tr>
        ))}
        {after.map(row)}
      </tfoot>
    </table>
  )
}

/** From the first day to the last; `to` is the first that is not of it. */
function span(from: string, to: string, day: (value: string) => string): string {
  const last = new Date(Date.parse(to) - 86_400_000).toISOString().slice(0, 10)
  return last > from ? `${day(from)} – ${day(last)}` : day(from)
}
