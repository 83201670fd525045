import type { EventLogListQuery } from 'novabilling'

type EventType = NonNullable<EventLogListQuery['event']>

/** Every type of event, as the API names them. */
export const eventTypes = [
  'customer.created',
  'customer.updated',
  'customer.archived',
  'subscription.created',
  'subscription.trial_ending',
  'subscription.activated',
  'subscription.renewed',
  'subscription.updated',
  'subscription.plan_changed',
  'subscription.paused',
  'subscription.resumed',
  'subscription.past_due',
  'subscription.canceled',
  'invoice.created',
  'invoice.updated',
  'invoice.deleted',
  'invoice.finalized',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.voided',
  'invoice.uncollectible',
  'invoice.overdue',
  'payment.succeeded',
  'payment.failed',
  'payment.refunded',
  'payment.disputed',
  'payment.dispute_closed',
  'credit_note.finalized',
  'credit_note.voided',
  'wallet.created',
  'wallet.updated',
  'wallet.depleted',
  'wallet.terminated',
  'usage.threshold_reached',
  'webhook_endpoint.disabled',
  'webhook_endpoint.test',
] as const satisfies readonly EventType[]

/** What an endpoint may hear: one type, or all of a resource. */
export const eventPatterns: readonly string[] = [
  ...new Set(eventTypes.map((type) => `${type.split('.')[0] ?? ''}.*`)),
  ...eventTypes,
]

/** The page of the dashboard that shows what an event is about. */
export function pageOfEvent(type: string, id: unknown): string | undefined {
  const lists: Readonly<Record<string, string>> = {
    customer: 'customers',
    subscription: 'subscriptions',
    invoice: 'invoices',
    payment: 'payments',
    credit_note: 'credit-notes',
    webhook_endpoint: 'webhooks',
  }
  const list = lists[type.split('.')[0] ?? '']
  return list === undefined || typeof id !== 'string' ? undefined : `${list}/${id}`
}
