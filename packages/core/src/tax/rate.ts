import { type Ratio, add, divide, multiply, ratio, roundHalfUp } from '../money/index.ts'

/** Tax of one rate on its rounded base (EN 16931 BR-S-09): base × rate, rounded once. `rate` is a share: 16 % is 4/25. */
export function taxOn(baseMinor: bigint, rate: Ratio): bigint {
  return roundHalfUp(multiply(ratio(baseMinor), rate))
}

/** The tax that is inside a gross amount: gross × rate / (1 + rate), rounded once. */
export function taxWithin(grossMinor: bigint, rate: Ratio): bigint {
  return roundHalfUp(multiply(ratio(grossMinor), divide(rate, add(ratio(1n), rate))))
}
