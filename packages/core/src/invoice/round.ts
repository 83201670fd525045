import { type Ratio, add, floor, ratio, roundHalfUp, subtract, compare, zero } from '../money/index.ts'

/** What a line charges, exactly, in minor units. */
export type ExactLine = { readonly amount: Ratio }

export type RoundedInvoice = {
  /** One amount for each line, in minor units, that sum to the subtotal. */
  readonly lineMinor: readonly bigint[]
  readonly subtotalMinor: bigint
}

/**
 * Rounds an invoice once: the exact subtotal to the nearest minor unit, half up; the lines get it by largest
 * remainder, the earlier of equals first. So lines always sum to the subtotal, and it is never off by a line's
 * rounding.
 */
export function roundLines(lines: readonly ExactLine[]): RoundedInvoice {
  if (lines.length === 1) {
    const subtotalMinor = roundHalfUp(lines[0]?.amount ?? zero)
    return { lineMinor: [subtotalMinor], subtotalMinor }
  }
  let exact = zero
  for (const line of lines) exact = add(exact, line.amount)
  const subtotalMinor = roundHalfUp(exact)
  const lineMinor = lines.map((line) => floor(line.amount))
  const left = subtotalMinor - lineMinor.reduce((sum, minor) => sum + minor, 0n)
  const remainders = lines.map((line, index) => subtract(line.amount, ratio(lineMinor[index] ?? 0n)))
  const byRemainder = Array.from(lines.keys()).toSorted(
    (a, b) => compare(remainders[b] ?? zero, remainders[a] ?? zero) || a - b,
  )
  for (const index of byRemainder.slice(0, Number(left))) lineMinor[index] = (lineMinor[index] ?? 0n) + 1n
  return { lineMinor, subtotalMinor }
}
