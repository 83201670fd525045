import { type Ratio, add, compare, subtract, zero } from '../money/index.ts'

/**
 * What of corrections a commitment takes, each exactly and in their order, when fee and usage stood `above` it (below
 * zero: that was topped up), and where they stand with them. What was topped up is paid already, and what is below the
 * commitment is owed all the same: only what goes beyond it is billed or given back. Above -100, a correction of 30 is
 * taken wholly; of -10, one of 25 is billed with 15.
 */
export function withinCommitment(
  above: Ratio,
  corrections: readonly Ratio[],
): { readonly within: readonly Ratio[]; readonly above: Ratio } {
  const sum = corrections.reduce(add, zero)
  const now = add(above, sum)
  let left = subtract(sum, subtract(positive(now), positive(above)))
  const within = corrections.map((correction) => {
    if (sign(left) === 0 || sign(left) !== sign(correction)) return zero
    const taken = sign(subtract(left, correction)) === sign(left) ? correction : left
    left = subtract(left, taken)
    return taken
  })
  return { within, above: now }
}

function positive(value: Ratio): Ratio {
  return compare(value, zero) > 0 ? value : zero
}

function sign(value: Ratio): number {
  return compare(value, zero)
}
