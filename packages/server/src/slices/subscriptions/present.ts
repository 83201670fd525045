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
    resumeAt: row.status === 'PAUSED' ? row.resume_at : null,
    startedAt: row.started_at,
    endDate: row.ends_at,
    pendingChange: pendingChange(row),
    nextInvoiceAt: nextInvoiceAt(row),
    paymentMethodId: row.payment_method_id === null ? null : publicId('paymentMethod', row.payment_method_id),
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** One that has ended changes no more. */
function pendingChange(row: SubscriptionRow): Subscription['pendingChange'] {
  const { pending_plan_id: planId, pending_quantity: quantity, pending_at: effectiveAt } = row
  if (row.status === 'CANCELED' || planId === null || quantity === null || effectiveAt === null) return null
  return { planId: publicId('plan', planId), quantity, effectiveAt }
}

/** When something is billed next; null where it ends before that, or is paused with no end to it. */
function nextInvoiceAt(row: SubscriptionRow): string | null {
  const { arrears } = row
  if (row.status === 'CANCELED') return null
  if (arrears && (row.status !== 'PAUSED' || arrears.open || arrears.parts.length > 0))
    return [row.cancel_at, row.ends_at].some((end) => end !== null && end < arrears.at) ? null : arrears.at
  const at = row.status === 'PAUSED' ? nextAfterPause(row) : row.due_at
  if (at === null) return null
  const ends = [row.cancel_at, row.ends_at].some((end) => end !== null && Date.parse(end) <= Date.parse(at))
  return ends ? null : at
}

/** The rest of a period that was credited, or a new one, is billed with the resume; else the period's end comes first. */
function nextAfterPause({ resume_at, current_period_end, pause_credited }: SubscriptionRow): string | null {
  if (resume_at === null) return null
  const isWithin = current_period_end !== null && Date.parse(resume_at) < Date.parse(current_period_end)
  return isWithin && !pause_credited ? current_period_end : resume_at
}
