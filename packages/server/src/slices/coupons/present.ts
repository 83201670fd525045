import { toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { AppliedCoupon, Coupon } from './schema.ts'
import type { AppliedRow, CouponRow } from './sql.ts'

export function presentCoupon(row: CouponRow): Coupon {
  return {
    id: publicId('coupon', row.id),
    code: row.code,
    name: row.name,
    discountType: row.discount_type,
    discountValue:
      row.currency === null || row.amount_minor === null
        ? Number(row.percent)
        : toMajorNumber({ currency: row.currency, minor: row.amount_minor }),
    currency: row.currency,
    duration: row.duration,
    periods: row.periods,
    maxRedemptions: row.max_redemptions,
    redemptions: row.redemptions,
    appliesToPlanIds: row.plan_ids?.map((id) => publicId('plan', id)) ?? null,
    expiresAt: row.expires_at === null ? null : isoInstant(row.expires_at),
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}

export function presentApplied(row: AppliedRow): AppliedCoupon {
  return {
    id: publicId('appliedCoupon', row.id),
    couponId: publicId('coupon', row.coupon_id),
    code: row.code,
    customerId: publicId('customer', row.customer_id),
    subscriptionId: row.subscription_id === null ? null : publicId('subscription', row.subscription_id),
    status: row.removed_at !== null ? 'REMOVED' : row.uses_left === 0 ? 'USED_UP' : 'ACTIVE',
    used: row.used,
    usesLeft: row.uses_left,
    createdAt: row.created_at,
  }
}
