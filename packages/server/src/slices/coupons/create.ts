import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { invalid } from '../../refusal.ts'
import { findPlan } from '../catalog/index.ts'
import { presentCoupon } from './present.ts'
import type { Coupon, CreateCoupon } from './schema.ts'
import { type CouponRow, insertCoupon } from './sql.ts'

const mostDecimals = 4

/** Makes a coupon. Refuses a code that another has, and plans that there are not. */
export async function createCoupon(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateCoupon,
): Promise<Coupon> {
  const terms = readTerms(input)
  const planIds: string[] = []
  for (const id of input.appliesToPlanIds ?? []) planIds.push((await findPlan(tx, environmentId, id)).id)
  const row: CouponRow = {
    id: deps.ids.next(),
    code: input.code,
    name: input.name,
    discount_type: input.discountType,
    ...terms,
    duration: input.duration,
    periods: input.duration === 'ONCE' ? 1 : (input.periods ?? null),
    max_redemptions: input.maxRedemptions ?? null,
    redemptions: 0,
    plan_ids: planIds.length === 0 ? null : [...new Set(planIds)],
    expires_at: input.expiresAt === undefined ? null : Temporal.Instant.from(input.expiresAt),
    created_at: tx.now,
    updated_at: tx.now,
  }
  tx.defer(
    insertCoupon(
      environmentId,
      row.id,
      row.code,
      row.name,
      row.discount_type,
      row.percent,
      row.amount_minor,
      row.currency,
      row.duration,
      row.periods,
      row.max_redemptions,
      row.plan_ids,
      row.expires_at,
      row.created_at,
    ),
  )
  return presentCoupon(row)
}

/** What a coupon takes off, and for how long; all that is wrong with it is refused at once. */
function readTerms(input: CreateCoupon): Pick<CouponRow, 'percent' | 'amount_minor' | 'currency'> {
  const money = new MoneyReader()
  const { faults } = money
  if ((input.duration === 'REPEATING') !== (input.periods !== undefined))
    faults.push({ path: 'periods', message: 'belongs to a REPEATING coupon, which has to have it' })
  const isFixed = input.discountType === 'FIXED_AMOUNT'
  if (isFixed && input.currency === undefined)
    faults.push({ path: 'currency', message: 'is needed for a FIXED_AMOUNT' })
  if (!isFixed && input.currency !== undefined)
    faults.push({ path: 'currency', message: 'belongs to a FIXED_AMOUNT: a percentage has none' })
  const amount =
    isFixed && input.currency !== undefined
      ? money.read('discountValue', input.currency, input.discountValue)
      : null
  if (amount === 0n && faults.length === 0) faults.push({ path: 'discountValue', message: 'must be above 0' })
  const percent = isFixed ? null : percentOf(input.discountValue)
  if (percent === undefined) {
    faults.push({
      path: 'discountValue',
      message: `must be percent above 0 and up to 100, with at most ${mostDecimals} decimals`,
    })
  }
  if (faults.length > 0) throw invalid(...faults)
  return {
    percent: percent ?? null,
    amount_minor: amount,
    currency: isFixed ? (input.currency ?? null) : null,
  }
}

/** Percent as a decimal; undefined for what is none. */
function percentOf(value: number | string): string | undefined {
  const match = /^(\d{1,3})(?:\.(\d+?)0*)?$/.exec(String(value))
  const percent = Number(value)
  if (!match || (match[2] ?? '').length > mostDecimals || percent <= 0 || percent > 100) return undefined
  return String(value)
}
