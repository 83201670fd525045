import { type Ratio, add, compare, multiply, ratio, subtract, zero } from '../money/index.ts'
import { flatOf, unitsOf } from './graduated.ts'
import type { Move, Step, Tier } from './pricing.ts'

/**
 * The tiers of a level that moved within a period: what comes fills them from below and what goes leaves them from above,
 * each unit paid for the part of the period from its move on. The flat amount of a tier is due as soon as a unit was in it.
 * A level below zero is none.
 *
 * Two tiers of 5 at 10 and of the rest at 5: 5 for the whole period and 4 more for half of it → 50 + 10.
 */
export function graduatedByTime(tiers: readonly Tier[], moves: readonly Move[]): Step[] {
  const steps: Step[] = []
  let bottom = zero
  for (const tier of tiers) {
    let level = zero
    let paid = zero
    let isReached = false
    for (const { units, part } of moves) {
      const before = within(tier, bottom, level)
      level = add(level, units)
      const now = within(tier, bottom, level)
      paid = add(paid, multiply(subtract(now, before), part))
      isReached ||= compare(now, zero) > 0
    }
    if (isReached) steps.push(unitsOf(tier, bottom, paid), ...flatOf(tier, bottom))
    if (tier.upTo === null) break
    bottom = tier.upTo
  }
  return steps
}

/** How much of a level is in a tier. */
function within({ upTo }: Tier, bottom: Ratio, level: Ratio): Ratio {
  const top = upTo !== null && compare(level, upTo) > 0 ? upTo : level
  return compare(top, bottom) > 0 ? subtract(top, bottom) : zero
}

/** What the moves pay for together: units, each by its part of the period. */
export function weightOf(moves: readonly Move[]): Ratio {
  return moves.reduce((sum, { units, part }) => add(sum, multiply(units, part)), ratio(0n))
}
