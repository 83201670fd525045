/**
 * Splits a whole amount by weights so that the parts sum to it: each gets its share rounded down, and the units
 * left over go to the largest remainders, the first of equals first. `allocate(100n, [1n, 1n, 1n])` → 34, 33, 33.
 * A negative total is split like its opposite. All weights zero: the parts are as equal as can be.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.length === 0) {
    if (total !== 0n) throw new RangeError('an amount cannot be split among none')
    return []
  }
  if (total < 0n) return allocate(-total, weights).map((part) => -part)
  let sum = 0n
  for (const weight of weights) {
    if (weight < 0n) throw new RangeError('a weight is negative')
    sum += weight
  }
  if (sum === 0n)
    return allocate(
      total,
      weights.map(() => 1n),
    )
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
