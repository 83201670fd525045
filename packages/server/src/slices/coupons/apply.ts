import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { findCoupon } from './find.ts'
import { presentApplied } from './present.ts'
import type { AppliedCoupon, ApplyCoupon } from './schema.ts'
import {
  type AppliedRow,
  type CouponRow,
  appliedById,
  couponByCode,
  insertApplied,
  redeemCoupon,
  removeApplied,
  subscriptionToDiscount,
} from './sql.ts'

/** Who gets a coupon: a customer, for one subscription or for all. */
type Target = {
  readonly customerId: string
  readonly subscription: { readonly id: string; readonly planId: string; readonly currency: string } | null
}

/**
 * Gives a customer a coupon, from its next invoice on. Refuses one that has expired or has been applied as often as it
 * may be, one that is not for the plan or the currency of the subscription, and one that is there already.
 */
export async function applyCoupon(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: ApplyCoupon,
): Promise<AppliedCoupon> {
  const { couponId, code } = input
  if ((couponId === undefined) === (code === undefined))
    throw invalid({ path: 'couponId', message: 'or code must be given, and not both' })
  const customer = await findCustomer(tx, environmentId, input.customerId)
  if (customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  const coupon =
    couponId === undefined
      ? await couponOfCode(tx, environmentId, code ?? '')
      : await findCoupon(tx, environmentId, couponId)
  return redeem(deps, tx, environmentId, coupon, {
    customerId: customer.id,
    subscription: await subscriptionOf(tx, environmentId, customer.id, input.subscriptionId),
  })
}

/** The same by its code, for a subscription that is being made. */
export async function applyCode(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  code: string,
  target: Target,
): Promise<void> {
  await redeem(deps, tx, environmentId, await couponOfCode(tx, environmentId, code), target)
}

/** Takes a coupon back: it discounts nothing more. What it discounted stays, and it counts as applied. */
export async function unapplyCoupon(tx: Tx, environmentId: string, id: string): Promise<void> {
  const stored = parseId('appliedCoupon', id)
  const [row] = stored === undefined ? [] : await tx.query(appliedById(environmentId, stored))
  if (!row || row.removed_at !== null) throw new Refusal('applied_coupon_not_found')
  tx.defer(removeApplied(environmentId, row.id, tx.now))
}

async function couponOfCode(tx: Tx, environmentId: string, code: string): Promise<CouponRow> {
  const [row] = await tx.query(couponByCode(environmentId, code))
  if (!row) throw new Refusal('coupon_not_found')
  return row
}

async function redeem(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  coupon: CouponRow,
  { customerId, subscription }: Target,
): Promise<AppliedCoupon> {
  if (coupon.expires_at !== null && Temporal.Instant.compare(coupon.expires_at, tx.now) <= 0)
    throw new Refusal('coupon_expired')
  if (subscription && coupon.plan_ids !== null && !coupon.plan_ids.includes(subscription.planId))
    throw new Refusal('coupon_not_for_plan')
  if (subscription && coupon.currency !== null && coupon.currency !== subscription.currency)
    throw new Refusal('coupon_currency_mismatch')
  const row: AppliedRow = {
    id: deps.ids.next(),
    coupon_id: coupon.id,
    code: coupon.code,
    customer_id: customerId,
    subscription_id: subscription?.id ?? null,
    used: 0,
    uses_left: coupon.periods,
    removed_at: null,
    created_at: isoInstant(tx.now),
  }
  // Counting locks the coupon, so that of many at once no more get it than may.
  const [counted] = await tx.query(redeemCoupon(environmentId, coupon.id))
  if (!counted) throw new Refusal('coupon_exhausted')
  tx.defer(
    insertApplied(
      environmentId,
      row.id,
      row.coupon_id,
      row.customer_id,
      row.subscription_id,
      row.uses_left,
      row.created_at,
    ),
  )
  return presentApplied(row)
}

async function subscriptionOf(
  tx: Tx,
  environmentId: string,
  customerId: string,
  id: string | undefined,
): Promise<Target['subscription']> {
  if (id === undefined) return null
  const stored = parseId('subscription', id)
  const [row] = stored === undefined ? [] : await tx.query(subscriptionToDiscount(environmentId, stored))
  if (!row || row.customer_id !== customerId) throw new Refusal('subscription_not_found')
  return { id: row.id, planId: row.plan_id, currency: row.currency }
}
