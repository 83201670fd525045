import type { Discount } from '@novabilling/core/discount'
import { fromDecimal, ratio } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import { type CouponToUse, insertUses, saveUsed } from './sql.ts'

/** An invoice that is about to be issued, as far as coupons look at it. */
type Discountable = {
  readonly environmentId: string
  readonly customerId: string
  readonly subscriptionId: string
  readonly planId: string
  readonly currency: string
  readonly kind: string
  readonly periodEnd: string
  readonly issuedAt: string
  readonly lines: readonly { readonly type: string }[]
}

/** A coupon that comes off an invoice. */
export type Offer = { readonly coupon: CouponToUse; readonly discount: Discount }

type Use = {
  readonly coupon: CouponToUse
  readonly invoiceId: string
  readonly uses: 0 | 1
  readonly minor: bigint
  readonly at: string
}

/** What the customers at hand have for coupons, and what is used of them. */
export type CouponBook = {
  /** What comes off an invoice, in the order in which the coupons were applied. */
  offersFor(invoice: Discountable): Offer[]
  /** Counts what an offer took off an invoice. A period is a use; a change within one is none. */
  use(invoice: Discountable, invoiceId: string, offer: Offer, minor: bigint): void
  /** Writes down what was used, once the invoices are. */
  write(tx: Tx): void
}

/** Lines that a plan charges; what is no plan's is discounted only by coupons for all plans. */
export const typesOfPlan: ReadonlySet<string> = new Set(['PLAN', 'USAGE', 'COMMITMENT', 'CORRECTION'])

/**
 * Opens the coupons of customers, locked by the caller (`couponsToUse`), for invoices that are issued one after the
 * other: a use that one spends the next does not have.
 */
export function openCoupons(rows: readonly CouponToUse[]): CouponBook {
  const held = Map.groupBy(
    rows.map((row) => ({ ...row })),
    (row) => `${row.environment_id} ${row.customer_id}`,
  )
  const uses: Use[] = []
  const ended = new Map<CouponToUse, string>()
  return {
    offersFor(invoice) {
      const own = held.get(`${invoice.environmentId} ${invoice.customerId}`) ?? []
      return own.flatMap((coupon): Offer[] => {
        if (coupon.subscription_id !== null && coupon.subscription_id !== invoice.subscriptionId) return []
        if (isOver(coupon, invoice) && !ended.has(coupon)) ended.set(coupon, invoice.issuedAt)
        if (!isOpen(coupon, invoice)) return []
        const discount = discountOf(coupon, invoice)
        return discount ? [{ coupon, discount }] : []
      })
    },
    use(invoice, invoiceId, { coupon }, minor) {
      if (minor === 0n) return
      const isUse = invoice.kind !== 'CHANGE'
      uses.push({ coupon, invoiceId, uses: isUse ? 1 : 0, minor, at: invoice.issuedAt })
      if (!isUse) return
      if (coupon.uses_left !== null) coupon.uses_left -= 1
      coupon.covers_subscription_id = invoice.subscriptionId
      coupon.covers_until = invoice.periodEnd
    },
    write(tx) {
      if (uses.length > 0) {
        tx.defer(
          insertUses(
            uses.map(({ coupon }) => coupon.environment_id),
            uses.map(({ coupon }) => coupon.id),
            uses.map(({ invoiceId }) => invoiceId),
            uses.map((use) => use.uses),
            uses.map(({ minor }) => minor),
            uses.map(({ at }) => at),
          ),
        )
      }
      const changed = [...new Set([...uses.map(({ coupon }) => coupon), ...ended.keys()])]
      if (changed.length === 0) return
      const countOf = (coupon: CouponToUse): number =>
        uses.reduce((sum, use) => (use.coupon === coupon ? sum + use.uses : sum), 0)
      tx.defer(
        saveUsed(
          changed.map((coupon) => coupon.environment_id),
          changed.map(({ id }) => id),
          changed.map(countOf),
          changed.map((coupon) => coupon.uses_left),
          changed.map((coupon) => coupon.covers_subscription_id),
          changed.map((coupon) => coupon.covers_until),
          changed.map((coupon) => ended.get(coupon) ?? null),
        ),
      )
    },
  }
}

/** Whether the last period that a coupon discounted is over, as the invoice of another one says. */
function isOver(coupon: CouponToUse, invoice: Discountable): boolean {
  if (coupon.uses_left !== 0 || invoice.kind === 'CHANGE') return false
  const { covers_subscription_id: covered, covers_until: until } = coupon
  return until === null || covered === invoice.subscriptionId || until <= invoice.issuedAt
}

/**
 * Whether a coupon comes off an invoice. A fixed amount is once a period; a percentage of a period comes off what a
 * change within it charges too, also when that was the last period.
 */
function isOpen(coupon: CouponToUse, invoice: Discountable): boolean {
  const hasUses = coupon.uses_left === null || coupon.uses_left > 0
  if (invoice.kind !== 'CHANGE') return hasUses
  if (coupon.discount_type === 'FIXED_AMOUNT') return false
  if (coupon.uses_left === null) return true
  const { covers_until: until } = coupon
  return (
    coupon.covers_subscription_id === invoice.subscriptionId && until !== null && until >= invoice.periodEnd
  )
}

function discountOf(coupon: CouponToUse, invoice: Discountable): Discount | undefined {
  const lines = invoice.lines.flatMap(({ type }, place) => {
    if (type === 'MANUAL') return []
    if (coupon.plan_ids === null) return [place]
    return typesOfPlan.has(type) && coupon.plan_ids.includes(invoice.planId) ? [place] : []
  })
  if (lines.length === 0) return undefined
  if (coupon.percent !== null) {
    const { numerator, denominator } = fromDecimal(coupon.percent)
    return { kind: 'PERCENTAGE', rate: ratio(numerator, denominator * 100n), lines }
  }
  if (coupon.currency !== invoice.currency || coupon.amount_minor === null) return undefined
  return { kind: 'FIXED_AMOUNT', minor: coupon.amount_minor, lines }
}
