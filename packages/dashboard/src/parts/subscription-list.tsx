import { IconRefresh } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useGo } from '../addresses.ts'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import type { Customer, Plan, Subscription } from '../types.ts'
import { Listing } from './listing.tsx'
import { Day, Status } from './show.tsx'
import { Empty } from './states.tsx'

/** Subscriptions with the names of their customers and plans. */
export function SubscriptionList({
  answer,
  page,
  turnTo,
  action,
}: {
  answer: UseQueryResult<Page<Subscription>>
  page?: number
  turnTo?: (page: number) => void
  action?: ReactNode
}): ReactNode {
  const go = useGo()
  return (
    <Listing
      answer={answer}
      label="Subscriptions"
      open={({ id }) => go(`subscriptions/${id}`)}
      {...(page === undefined ? {} : { page })}
      {...(turnTo === undefined ? {} : { turnTo })}
      empty={
        <Empty icon={IconRefresh} title="No subscriptions yet" action={action}>
          A subscription bills a customer for a plan, period by period, until it ends.
        </Empty>
      }
      columns={[
        { title: 'Customer', show: ({ customerId }) => <CustomerName id={customerId} /> },
        {
          title: 'Plan',
          show: ({ planId, quantity }) => (
            <>
              <PlanName id={planId} />
              {quantity === 1 ? '' : ` × ${quantity}`}
            </>
          ),
        },
        {
          title: 'Status',
          show: ({ status, cancelAt }) => (
            <Status
              value={status}
              {...(cancelAt && status !== 'CANCELED' ? { label: 'Ends at the period’s end' } : {})}
            />
          ),
        },
        { title: 'Next invoice', wide: true, show: ({ nextInvoiceAt }) => <Day value={nextInvoiceAt} /> },
        { title: 'Created', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
      ]}
    />
  )
}

export function CustomerName({ id }: { id: string }): ReactNode {
  const { data } = useData<Customer>(`/customers/${id}`)
  return data ? (data.name ?? data.email ?? data.id) : '…'
}

export function PlanName({ id }: { id: string }): ReactNode {
  const { data } = useData<Plan>(`/plans/${id}`)
  return data ? data.name : '…'
}
