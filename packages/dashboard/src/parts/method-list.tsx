import { Badge } from '@mantine/core'
import { IconCreditCard } from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { words } from '../format.ts'
import { nameOfProvider } from '../provider-names.ts'
import type { PaymentMethod } from '../types.ts'
import { Listing } from './listing.tsx'
import { Day } from './show.tsx'
import { Empty } from './states.tsx'

export function MethodList({
  answer,
  page,
  turnTo,
}: {
  answer: UseQueryResult<Page<PaymentMethod>>
  page?: number
  turnTo?: (page: number) => void
}): ReactNode {
  return (
    <Listing
      answer={answer}
      label="Payment methods"
      {...(page === undefined ? {} : { page })}
      {...(turnTo === undefined ? {} : { turnTo })}
      empty={
        <Empty icon={IconCreditCard} title="No payment method">
          With one, invoices are collected by themselves. What is kept is the provider’s token, sealed; never
          a card.
        </Empty>
      }
      columns={[
        { title: 'Method', show: (method) => methodName(method) },
        { title: 'Provider', show: ({ provider }) => nameOfProvider(provider) },
        {
          title: '',
          show: ({ isDefault }) =>
            isDefault ? (
              <Badge variant="light" tt="none">
                Default
              </Badge>
            ) : null,
        },
        { title: 'Added', wide: true, show: ({ createdAt }) => <Day value={createdAt} /> },
      ]}
    />
  )
}

function methodName({ type, brand, last4, phone }: PaymentMethod): string {
  const name = brand ?? words(type)
  return last4 ? `${name} ending in ${last4}` : phone ? `${name} ${phone}` : name
}
