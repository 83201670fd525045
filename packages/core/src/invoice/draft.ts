import { mostMinor } from '../money/index.ts'
import { type TaxTotal, type TaxedLine, netOf, taxTotals } from '../tax/index.ts'
import { roundLines } from './round.ts'

/** The amounts of an invoice, in minor units of its currency; `total = subtotal + tax`, `subtotal = sum of lineMinor`. */
export type InvoiceAmounts = {
  /** One net amount for each line, in their order. */
  readonly lineMinor: readonly bigint[]
  readonly subtotalMinor: bigint
  readonly taxes: readonly TaxTotal[]
  readonly taxMinor: bigint
  readonly totalMinor: bigint
  /** What it is issued as: one with nothing to pay is PAID at once. */
  readonly issuedAs: 'PENDING' | 'PAID'
}

/**
 * Draws up an invoice from lines with exact amounts: the exact subtotal is rounded once, half up, and shared out by
 * largest remainder, so lines always sum; tax is computed per rate on the rounded base. A total below zero, or one too
 * large to be stored, is a RangeError: credits are credit notes, and the caller bounds prices and quantities.
 *
 * `draftInvoice([{ amount: ratio(2000n, 3n), taxes: [vat16] }])` → subtotal 667, tax 107, total 774.
 */
export function draftInvoice(lines: readonly TaxedLine[]): InvoiceAmounts {
  const { lineMinor, subtotalMinor } = roundLines(lines.map((line) => ({ amount: netOf(line) })))
  const taxes = taxTotals(lines, lineMinor)
  let taxMinor = 0n
  for (const total of taxes) taxMinor += total.taxMinor
  const totalMinor = subtotalMinor + taxMinor
  if (totalMinor < 0n) throw new RangeError(`an invoice of ${totalMinor}`)
  if (totalMinor > mostMinor) throw new RangeError(`an invoice of ${totalMinor} cannot be stored`)
  return {
    lineMinor,
    subtotalMinor,
    taxes,
    taxMinor,
    totalMinor,
    issuedAs: totalMinor === 0n ? 'PAID' : 'PENDING',
  }
}
