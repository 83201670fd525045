import { type Ratio, compare, subtract } from '../money/index.ts'

/**
 * What is still to be billed of usage that was billed before and has changed since, exactly, in minor units: what it
 * costs now, or the least that it costs, less what was billed. Below zero where it costs less. `correctionOf({ exact:
 * 800, least: 1000, billed: 1000 })` → 0.
 */
export function correctionOf({ exact, least, billed }: { exact: Ratio; least: Ratio; billed: Ratio }): Ratio {
  return subtract(compare(exact, least) > 0 ? exact : least, billed)
}
