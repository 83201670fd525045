import { IconFileInvoice } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import type { Invoice } from '../types.ts'
import { Listing } from './listing.tsx'
import { Day, Money, Status } from './show.tsx'
import { Empty } from './states.tsx'

/** Invoices, with what is due on each. */
export function InvoiceList({
  answer,
  page,
  turnTo,
}: {
  answer: UseQueryResult<Page<Invoice>>
  page?: number
  turnTo?: (page: number) => void
}): ReactNode {
  const go = useGo()
  return (
    <Listing
      answer={answer}
      label="Invoices"
      open={({ id }) => go(`invoices/${id}`)}
      {...(page === undefined ? {} : { page })}
      {...(turnTo === undefined ? {} : { turnTo })}
      empty={
        <Empty icon={IconFileInvoice} title="No invoices">
          Subscriptions issue them by themselves when a period begins or ends; others are written by hand.
        </Empty>
      }
      columns={[
        { title: 'Number', show: ({ number }) => number ?? 'Draft' },
        { title: 'Customer', show: ({ billTo }) => billTo.name ?? billTo.email ?? '–' },
        { title: 'Status', show: ({ status }) => <Status value={status} /> },
        { title: 'Issued', wide: true, show: ({ issuedAt }) => <Day value={issuedAt} /> },
        { title: 'Due', wide: true, show: ({ dueDate }) => <Day value={dueDate} /> },
        {
          title: 'Total',
          end: true,
          show: ({ total, currency }) => <Money amount={total} currency={currency} strong />,
        },
        {
          title: 'To pay',
          end: true,
          wide: true,
          show: ({ amountDue, currency }) => <Money amount={amountDue} currency={currency} />,
        },
      ]}
    />
  )
}
