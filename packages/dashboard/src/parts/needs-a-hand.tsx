import { Alert, List } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { Page } from '../api.ts'
import { useData } from '../ask.ts'
import { countOf } from '../format.ts'
import { nameOfProvider } from '../provider-names.ts'
import type { Invoice, PaymentProvider, WebhookEndpoint } from '../types.ts'
import { To } from './show.tsx'

/** What will not mend itself: money that could not be collected, subscriptions set aside, webhooks that get nowhere. */
export function NeedsAHand({ parked }: { parked: number }): ReactNode {
  const failed = useData<Page<Invoice>>('/invoices', { status: 'FAILED', limit: 1 }).data?.meta.total ?? 0
  const endpoints = useData<Page<WebhookEndpoint>>('/webhook-endpoints', { limit: 100 }).data?.data ?? []
  const accounts = useData<Page<PaymentProvider>>('/payment-providers', { limit: 100 }).data?.data ?? []
  const dead = endpoints.filter(({ disabledAt, failingSince, isActive }) =>
    isActive ? failingSince !== null : disabledAt !== null,
  )
  const unbelieved = accounts.filter(({ webhook }) => webhook.refused > 0)
  const items: readonly (readonly [key: string, shown: ReactNode])[] = [
    ...(failed > 0
      ? [
          [
            'failed',
            <>
              {countOf(failed, 'invoice')} could not be collected.{' '}
              <To isInText page="invoices?status=FAILED">
                See them
              </To>
            </>,
          ] as const,
        ]
      : []),
    ...(parked > 0
      ? [
          [
            'parked',
            `${countOf(parked, 'subscription')} could not be billed again and again, and wait.`,
          ] as const,
        ]
      : []),
    ...dead.map(
      ({ id, url }) =>
        [
          id,
          <>
            Webhooks do not get through to{' '}
            <To isInText page={`webhooks/${id}`}>
              {url}
            </To>
          </>,
        ] as const,
    ),
    ...unbelieved.map(
      ({ id, providerName }) =>
        [
          id,
          <>
            Webhooks of {nameOfProvider(providerName)} could not be believed.{' '}
            <To isInText page="payment-providers">
              Look at its credentials
            </To>
          </>,
        ] as const,
    ),
  ]
  if (items.length === 0) return null
  return (
    <Alert icon={<IconAlertTriangle size={18} />} color="orange" mb="md" title="Needs a hand">
      <List size="sm">
        {items.map(([key, shown]) => (
          <List.Item key={key}>{shown}</List.Item>
        ))}
      </List>
    </Alert>
  )
}
