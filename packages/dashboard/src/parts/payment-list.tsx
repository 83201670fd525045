import { IconCreditCard } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import { nameOfProvider } from '../provider-names.ts'
import type { Payment } from '../types.ts'
import { Listing } from './listing.tsx'
import { Day, Money, Status } from './show.tsx'
import { CustomerName } from './subscription-list.tsx'
import { Empty } from './states.tsx'

/** Payments, each with how it ended. */
export function PaymentList({
  answer,
  page,
  turnTo,
}: {
  answer: UseQueryResult<Page<Payment>>
  page?: number
  turnTo?: (page: number) => void
}): ReactNode {
  const go = useGo()
  return (
    <Listing
      answer={answer}
      label="Payments"
      open={({ id }) => go(`payments/${id}`)}
      {...(page === undefined ? {} : { page })}
      {...(turnTo === undefined ? {} : { turnTo })}
      empty={
        <Empty icon={IconCreditCard} title="No payments">
          An invoice is collected by itself where its customer has a payment method, or recorded by hand.
        </Empty>
      }
      columns={[
        {
          title: 'Amount',
          show: ({ amount, currency }) => <Money amount={amount} currency={currency} strong />,
        },
        { title: 'Status', show: ({ status }) => <Status value={status} /> },
        { title: 'Customer', show: ({ customerId }) => <CustomerName id={customerId} /> },
        { title: 'Provider', wide: true, show: ({ provider }) => nameOfProvider(provider) },
        { title: 'What happened', wide: true, show: ({ failureReason }) => failureReason ?? '' },
        { title: 'Made', wide: true, show: ({ createdAt }) => <Day value={createdAt} withTime /> },
      ]}
    />
  )
}
