import type { Tx } from '../../db/transaction.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { findCoupon } from './find.ts'
import { presentCoupon } from './present.ts'
import type { Coupon, UpdateCoupon } from './schema.ts'
import { type CouponRow, deleteCoupon, lockCoupon, saveCoupon } from './sql.ts'

/** Changes until when and how often a coupon can be applied. What it takes off never changes. */
export async function updateCoupon(
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateCoupon,
): Promise<Coupon> {
  const current = await lock(tx, environmentId, id)
  const { maxRedemptions, expiresAt } = input
  if (typeof maxRedemptions === 'number' && maxRedemptions < current.redemptions) {
    throw invalid({
      path: 'maxRedemptions',
      message: `must not be below ${current.redemptions}, as often as it has been applied`,
    })
  }
  const saved: CouponRow = {
    ...current,
    name: input.name ?? current.name,
    max_redemptions: maxRedemptions === undefined ? current.max_redemptions : maxRedemptions,
    expires_at:
      expiresAt === undefined
        ? current.expires_at
        : expiresAt === null
          ? null
          : Temporal.Instant.from(expiresAt),
    updated_at: tx.now,
  }
  tx.defer(
    saveCoupon(
      environmentId,
      saved.id,
      saved.name,
      saved.max_redemptions,
      saved.expires_at,
      saved.updated_at,
    ),
  )
  return presentCoupon(saved)
}

/** Removes a coupon that was never applied. */
export async function removeCoupon(tx: Tx, environmentId: string, id: string): Promise<void> {
  const coupon = await lock(tx, environmentId, id)
  if (coupon.redemptions > 0) throw new Refusal('coupon_in_use')
  tx.defer(deleteCoupon(environmentId, coupon.id))
}

async function lock(tx: Tx, environmentId: string, id: string): Promise<CouponRow> {
  const found = await findCoupon(tx, environmentId, id)
  const [row] = await tx.query(lockCoupon(environmentId, found.id))
  if (!row) throw new Refusal('coupon_not_found')
  return row
}
