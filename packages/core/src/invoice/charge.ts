import { type Ratio, fromDecimal, multiply, ratio } from '../money/index.ts'

/**
 * What a line by hand charges, exactly, in minor units: a decimal quantity times the price of one. Nothing is rounded
 * before the invoice is: `chargeOf('1.5', 333n)` → 499.5.
 */
export function chargeOf(quantity: string, unitMinor: bigint): Ratio {
  return multiply(fromDecimal(quantity), ratio(unitMinor))
}
