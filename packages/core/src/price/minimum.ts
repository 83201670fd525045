import { type Ratio, compare, multiply, subtract, zero } from '../money/index.ts'

/**
 * What is missing to a minimum, exactly: the share of it that the period is of its whole, less what was reached; nothing
 * where that is enough. `topUpTo(10000, 5/7, 714.29)` → 6428.57.
 */
export function topUpTo(minimum: Ratio, share: Ratio, reached: Ratio): Ratio {
  const missing = subtract(multiply(minimum, share), reached)
  return compare(missing, zero) > 0 ? missing : zero
}
