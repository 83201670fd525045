import { type Ratio, ratio } from './ratio.ts'

/**
 * Splits a whole amount by weights so that the parts sum to it: each gets its share rounded down, and the units
 * left over go to the largest remainders, the first of equals first. `allocate(100n, [1n, 1n, 1n])` → 34, 33, 33.
 * A negative total is split like its opposite. All weights zero: the parts are as equal as can be. Weights may be
 * fractions; a negative one is a RangeError, and so is an amount to split among none.
 */
export function allocate(total: bigint, weights: readonly (bigint | Ratio)[]): bigint[] {
  if (weights.length === 0) {
    if (total !== 0n) throw new RangeError('an amount cannot be split among none')
    return []
  }
  if (total < 0n) return allocate(-total, weights).map((part) => -part)
  const whole = overOneDenominator(weights)
  let sum = 0n
  for (const weight of whole) {
    if (weight < 0n) throw new RangeError('a weight is negative')
    sum += weight
  }
  if (sum === 0n)
    return byLargestRemainder(
      total,
      Array.from(whole, () => 1n),
      BigInt(whole.length),
    )
  return byLargestRemainder(total, whole, sum)
}

function byLargestRemainder(total: bigint, weights: readonly bigint[], sum: bigint): bigint[] {
  const parts: bigint[] = []
  const remainders: bigint[] = []
  let left = total
  for (const weight of weights) {
    const part = (total * weight) / sum
    parts.push(part)
    remainders.push(total * weight - part * sum)
    left -= part
  }
  if (left > 0n) {
    const byRemainder = Array.from(weights.keys()).toSorted((a, b) => {
      const difference = (remainders[b] ?? 0n) - (remainders[a] ?? 0n)
      return difference < 0n ? -1 : difference > 0n ? 1 : a - b
    })
    for (const index of byRemainder.slice(0, Number(left))) parts[index] = (parts[index] ?? 0n) + 1n
  }
  return parts
}

/** Weights only matter relative to each other, so fractions become the numerators over their common denominator. */
function overOneDenominator(weights: readonly (bigint | Ratio)[]): readonly bigint[] {
  const fractions = weights.map((weight) => (typeof weight === 'bigint' ? ratio(weight) : weight))
  let common = 1n
  for (const { denominator } of fractions) {
    if (common % denominator !== 0n) common = leastCommonMultiple(common, denominator)
  }
  return fractions.map(({ numerator, denominator }) => numerator * (common / denominator))
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [divisor, rest] = [a, b]
  while (rest !== 0n) [divisor, rest] = [rest, divisor % rest]
  return (a / divisor) * b
}
