import { IconBook2 } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { words } from '../format.ts'
import type { LedgerEntry } from '../types.ts'
import { Listing } from './listing.tsx'
import { Day, Money, To } from './show.tsx'
import { Empty } from './states.tsx'

const pageOf: Partial<Record<LedgerEntry['documentKind'], string>> = {
  INVOICE: 'invoices',
  VOID: 'invoices',
  WRITE_OFF: 'invoices',
  PAYMENT: 'payments',
  CREDIT_NOTE: 'credit-notes',
  CREDIT_NOTE_VOID: 'credit-notes',
}

/** Entries of the ledger: what was debited and credited, and the document behind it. */
export function EntryList({
  answer,
  page,
  turnTo,
}: {
  answer: UseQueryResult<Page<LedgerEntry>>
  page?: number
  turnTo?: (page: number) => void
}): ReactNode {
  const { data } = answer
  const rows = data && {
    ...data,
    data: data.data.map((entry) => ({
      ...entry,
      id: `${entry.transactionId} ${entry.account} ${entry.currency}`,
    })),
  }
  return (
    <Listing
      answer={{ ...answer, data: rows } as UseQueryResult<Page<LedgerEntry & { id: string }>>}
      label="Ledger entries"
      {...(page === undefined ? {} : { page })}
      {...(turnTo === undefined ? {} : { turnTo })}
      empty={
        <Empty icon={IconBook2} title="Nothing is booked yet">
          Every document posts to the ledger, and each posting sums to zero.
        </Empty>
      }
      columns={[
        { title: 'When', show: ({ occurredAt }) => <Day value={occurredAt} withTime /> },
        { title: 'Account', show: ({ account }) => account },
        {
          title: 'Document',
          wide: true,
          show: ({ documentKind, documentId }) => {
            const list = pageOf[documentKind]
            return list ? <To page={`${list}/${documentId}`}>{words(documentKind)}</To> : words(documentKind)
          },
        },
        {
          title: 'Debit',
          end: true,
          show: ({ debit, currency }) => (debit === 0 ? '' : <Money amount={debit} currency={currency} />),
        },
        {
          title: 'Credit',
          end: true,
          show: ({ credit, currency }) => (credit === 0 ? '' : <Money amount={credit} currency={currency} />),
        },
      ]}
    />
  )
}
