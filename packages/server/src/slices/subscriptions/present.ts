import { publicId } from '../../ids.ts'
import type { Subscription } from './schema.ts'
import type { SubscriptionRow } from './sql.ts'

export function presentSubscription(row: SubscriptionRow): Subscription {
  return {
    id: publicId('subscription', row.id),
    externalId: row.external_id,
    customerId: publicId('customer', row.customer_id),
    planId: publicId('plan', row.plan_id),
    status: row.status,
    currency: row.currency,
    quantity: row.quantity,
    billingAnchor: row.billing_anchor,
    currentPeriodStart: row.current_period_start,
    currentPeriodEnd: row.current_period_end,
    trialStart: row.trial_start,
    trialEnd: row.trial_end,
    cancelAt: row.cancel_at,
    canceledAt: row.canceled_at,
    cancelReason: row.cancel_reason,
    pausedAt: row.paused_at,
    startedAt: row.started_at,
    endDate: row.ends_at,
    pendingChange: null,
    nextInvoiceAt: nextInvoiceAt(row),
    paymentMethodId: row.payment_method_id === null ? null : publicId('paymentMethod', row.payment_method_id),
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** When the next period is billed; null where it ends before one. */
function nextInvoiceAt({ due_at, cancel_at, ends_at }: SubscriptionRow): string | null {
  if (due_at === null) return null
  const ends = [cancel_at, ends_at].some((end) => end !== null && Date.parse(end) <= Date.parse(due_at))
  return ends ? null : due_at
}
