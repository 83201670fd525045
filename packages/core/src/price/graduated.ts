import { type Ratio, multiply, ratio } from '../money/index.ts'
import type { Step, Tier } from './pricing.ts'

/** So many units of a tier that begins above `from`. */
export function unitsOf({ upTo, unitPrice }: Tier, from: Ratio, quantity: Ratio): Step {
  return { kind: 'UNITS', from, upTo, quantity, unitPrice, amount: multiply(quantity, unitPrice) }
}

/** The flat amount of a tier, where it has one. */
export function flatOf({ upTo, flatAmount }: Tier, from: Ratio): Step[] {
  if (flatAmount.numerator === 0n) return []
  return [{ kind: 'FLAT', from, upTo, quantity: ratio(1n), unitPrice: flatAmount, amount: flatAmount }]
}
