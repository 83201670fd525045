import { type Discount, type DiscountShares, applyDiscounts } from '../discount/index.ts'
import { allocate, mostMinor, ratio, roundHalfUp, subtract } from '../money/index.ts'
import { type TaxTotal, type TaxedLine, netOf, taxTotals } from '../tax/index.ts'
import { roundLines } from './round.ts'

/**
 * The amounts of an invoice, in minor units of its currency; `total = subtotal - discount + tax`, `subtotal = sum of
 * lineMinor`.
 */
export type InvoiceAmounts = {
  /** One net amount for each line, in their order, before discounts. */
  readonly lineMinor: readonly bigint[]
  readonly subtotalMinor: bigint
  /** What is taken off each line, net. */
  readonly lineDiscountMinor: readonly bigint[]
  /** What each discount takes off, net, in their order. */
  readonly discounts: readonly DiscountShares[]
  readonly discountMinor: bigint
  readonly taxes: readonly TaxTotal[]
  readonly taxMinor: bigint
  readonly totalMinor: bigint
  /** What it is issued as: one with nothing to pay is PAID at once. */
  readonly issuedAs: 'PENDING' | 'PAID'
}

/**
 * Draws up an invoice from lines with exact amounts: the exact subtotal is rounded once, half up, and shared out by
 * largest remainder, so lines always sum; discounts come off the prices as they are said, with the taxes that are
 * within them; tax is computed per rate on the rounded base that is left. A total below zero, or one too large to be
 * stored, is a RangeError: credits are credit notes, and the caller bounds prices and quantities.
 *
 * `draftInvoice([{ amount: ratio(2000n, 3n), taxes: [vat16] }])` → subtotal 667, tax 107, total 774.
 */
export function draftInvoice(
  lines: readonly TaxedLine[],
  discounts: readonly Discount[] = [],
): InvoiceAmounts {
  const { lineMinor, subtotalMinor } = roundLines(lines.map((line) => ({ amount: netOf(line) })))
  const off = discountsOf(lines, lineMinor, discounts)
  const left = lineMinor.map((minor, index) => minor - (off.lineDiscountMinor[index] ?? 0n))
  const taxes = taxTotals(off.priced, left)
  const discountMinor = sum(off.lineDiscountMinor)
  const taxMinor = sum(taxes.map((total) => total.taxMinor))
  const totalMinor = subtotalMinor - discountMinor + taxMinor
  if (totalMinor < 0n) throw new RangeError(`an invoice of ${totalMinor}`)
  if (totalMinor > mostMinor) throw new RangeError(`an invoice of ${totalMinor} cannot be stored`)
  return {
    lineMinor,
    subtotalMinor,
    lineDiscountMinor: off.lineDiscountMinor,
    discounts: off.discounts,
    discountMinor,
    taxes,
    taxMinor,
    totalMinor,
    issuedAs: totalMinor === 0n ? 'PAID' : 'PENDING',
  }
}

/**
 * Discounts come off the price that the customer was told, which may have taxes within it. What a line loses of its
 * price it loses of its net amount in the same proportion, and all of it with all of its price.
 */
function discountsOf(
  lines: readonly TaxedLine[],
  lineMinor: readonly bigint[],
  discounts: readonly Discount[],
): {
  priced: readonly TaxedLine[]
  lineDiscountMinor: readonly bigint[]
  discounts: readonly DiscountShares[]
} {
  if (discounts.length === 0)
    return { priced: lines, lineDiscountMinor: lineMinor.map(() => 0n), discounts: [] }
  const hasWithin = lines.some(({ taxes }) => taxes.some(({ inclusive }) => inclusive))
  const prices = hasWithin ? roundLines(lines).lineMinor : lineMinor
  const shares = applyDiscounts(prices, discounts)
  const taken = prices.map((_, place) => sum(shares.map((share) => share.lineMinor[place] ?? 0n)))
  const lineDiscountMinor = lineMinor.map((net, place) => {
    const [price = 0n, off = 0n] = [prices[place], taken[place]]
    if (off === 0n) return 0n
    const proportional = roundHalfUp(ratio(net * off, price))
    return proportional < net ? proportional : net
  })
  const byLine = lineDiscountMinor.map((minor, place) =>
    allocate(
      minor,
      shares.map((share) => share.lineMinor[place] ?? 0n),
    ),
  )
  return {
    priced: lines.map((line, place) => ({
      ...line,
      amount: subtract(line.amount, ratio(taken[place] ?? 0n)),
    })),
    lineDiscountMinor,
    discounts: shares.map((_, index) => {
      const own = byLine.map((parts) => parts[index] ?? 0n)
      return { minor: sum(own), lineMinor: own }
    }),
  }
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, minor) => total + minor, 0n)
}
