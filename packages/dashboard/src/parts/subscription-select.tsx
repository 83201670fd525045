import { Select, type SelectProps } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { words } from '../format.ts'
import type { Plan, Subscription } from '../types.ts'

/** One of a customer's subscriptions that run, by its plan. */
export function SubscriptionSelect({
  customerId,
  ...props
}: { customerId: string } & Omit<SelectProps, 'data'>): ReactNode {
  const subscriptions = useData<Page<Subscription>>(
    '/subscriptions',
    { customerId, limit: 100 },
    { enabled: customerId !== '' },
  )
  const plans = useData<Page<Plan>>('/plans', { limit: 100 })
  const running =
    customerId === '' ? [] : (subscriptions.data?.data ?? []).filter(({ status }) => status !== 'CANCELED')
  return (
    <Select
      label="Subscription"
      clearable
      disabled={customerId === ''}
      data={running.map(({ id, planId, status }) => ({
        value: id,
        label: `${plans.data?.data.find((plan) => plan.id === planId)?.name ?? id} · ${words(status)}`,
      }))}
      nothingFoundMessage="No subscription runs"
      {...props}
    />
  )
}
