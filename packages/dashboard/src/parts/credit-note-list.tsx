import { IconReceiptRefund } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import { words } from '../format.ts'
import type { CreditNote } from '../types.ts'
import { Listing } from './listing.tsx'
import { Day, Money, Status, To } from './show.tsx'
import { Empty } from './states.tsx'

export function CreditNoteList({
  answer,
  page,
  turnTo,
}: {
  answer: UseQueryResult<Page<CreditNote>>
  page?: number
  turnTo?: (page: number) => void
}): ReactNode {
  const go = useGo()
  return (
    <Listing
      answer={answer}
      open={({ id }) => go(`credit-notes/${id}`)}
      label="Credit notes"
      {...(page === undefined ? {} : { page })}
      {...(turnTo === undefined ? {} : { turnTo })}
      empty={
        <Empty icon={IconReceiptRefund} title="No credit notes">
          An issued invoice never changes. What was wrong on it is credited, by line or by amount, from its
          own page.
        </Empty>
      }
      columns={[
        { title: 'Number', show: ({ number }) => number ?? 'Draft' },
        { title: 'Invoice', show: ({ invoiceId }) => <To page={`invoices/${invoiceId}`}>open</To> },
        { title: 'Status', show: ({ status }) => <Status value={status} /> },
        { title: 'Why', wide: true, show: ({ reason }) => words(reason) },
        { title: 'Issued', wide: true, show: ({ issuedAt }) => <Day value={issuedAt} /> },
        {
          title: 'Total',
          end: true,
          show: ({ total, currency }) => <Money amount={total} currency={currency} strong />,
        },
        {
          title: 'Back to the payer',
          end: true,
          wide: true,
          show: ({ refundAmount, currency }) => <Money amount={refundAmount} currency={currency} />,
        },
        {
          title: 'To the balance',
          end: true,
          wide: true,
          show: ({ balanceAmount, currency }) => <Money amount={balanceAmount} currency={currency} />,
        },
      ]}
    />
  )
}
