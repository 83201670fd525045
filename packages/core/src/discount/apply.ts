import { type Ratio, allocate, multiply, ratio, roundHalfUp } from '../money/index.ts'

/** A discount as it applies to an invoice: a share of what it is for, or a fixed amount off it. */
export type Discount = {
  /** Places of the lines that it is for. */
  readonly lines: readonly number[]
} & (
  | { readonly kind: 'PERCENTAGE'; readonly rate: Ratio }
  | { readonly kind: 'FIXED_AMOUNT'; readonly minor: bigint }
)

/** What one discount takes off each line, in minor units; zero where it is not for the line. */
export type DiscountShares = { readonly minor: bigint; readonly lineMinor: readonly bigint[] }

/**
 * What discounts take off lines: percentages first, then fixed amounts, each in the order given and on what the ones
 * before it left. A percentage is rounded once over all its lines, half up, and shared out by largest remainder. Never
 * more is taken than there is. The result has the order of the discounts.
 *
 * `applyDiscounts([10000n], [fifty off, 10 %])` → 50.00 and 10.00: the percentage comes first, whatever the order.
 */
export function applyDiscounts(
  lineMinor: readonly bigint[],
  discounts: readonly Discount[],
): DiscountShares[] {
  const left = [...lineMinor]
  const shares = discounts.map((): DiscountShares => ({ minor: 0n, lineMinor: lineMinor.map(() => 0n) }))
  for (const kind of ['PERCENTAGE', 'FIXED_AMOUNT'] as const) {
    for (const [index, discount] of discounts.entries()) {
      if (discount.kind !== kind) continue
      const lefts = discount.lines.map((place) => positive(left[place] ?? 0n))
      const base = lefts.reduce((sum, minor) => sum + minor, 0n)
      const minor = lesser(amountOf(discount, base), base)
      if (minor <= 0n) continue
      const parts = allocate(minor, lefts)
      const own = lineMinor.map(() => 0n)
      for (const [at, place] of discount.lines.entries()) {
        const part = parts[at] ?? 0n
        own[place] = (own[place] ?? 0n) + part
        left[place] = (left[place] ?? 0n) - part
      }
      shares[index] = { minor, lineMinor: own }
    }
  }
  return shares
}

function amountOf(discount: Discount, base: bigint): bigint {
  return discount.kind === 'FIXED_AMOUNT' ? discount.minor : roundHalfUp(multiply(ratio(base), discount.rate))
}

function positive(minor: bigint): bigint {
  return minor > 0n ? minor : 0n
}

function lesser(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
