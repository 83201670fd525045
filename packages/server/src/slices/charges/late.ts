import { type Ratio, add, subtract, zero } from '@novabilling/core/money'
import { correctionOf } from '@novabilling/core/price'
import type { Tx } from '../../db/transaction.ts'
import { closeUsage, lateUsage } from '../usage/index.ts'
import { type RatedUsage, rateCharges } from './rate.ts'
import { askedAgain, fractionOf } from './rated-window.ts'
import { ratingsOf, saveRatings } from './ratings-sql.ts'

/** Usage that was billed and has changed since, priced as it is now. All in minor units. */
export type LateUsage = {
  readonly rated: RatedUsage
  /** The least that the window costs, and what was billed of it, less what was given back. */
  readonly least: Ratio
  readonly billed: Ratio
  /** What is still to be billed; below zero where it is to be given back. */
  readonly correction: Ratio
  /** What a commitment has taken of it. */
  readonly within: Ratio
  readonly lines: Ratio
  readonly credited: Ratio
}

/**
 * What came late for windows of these subscriptions, and remembers that it was seen: the windows are closed anew, before
 * their usage is read. Nothing that is billed right is given.
 */
export async function rateLateUsage(
  tx: Tx,
  subscriptions: readonly { environmentId: string; subscriptionId: string }[],
): Promise<LateUsage[]> {
  const late = await lateUsage(tx, subscriptions)
  if (late.length === 0) return []
  const ratings = await tx.query(
    ratingsOf(
      late.map(({ environmentId }) => environmentId),
      late.map(({ subscriptionId }) => subscriptionId),
      late.map(({ metricId }) => metricId),
      late.map(({ from }) => new Date(from).toISOString()),
    ),
  )
  closeUsage(tx, [...new Map(late.map((one) => [`${one.subscriptionId} ${one.from}`, one])).values()])
  const rated = await rateCharges(tx, ratings.map(askedAgain))
  return rated.flatMap((one, index) => {
    const row = ratings[index]
    if (!row) return []
    const [least, lines, credited] = [fractionOf(row.least), fractionOf(row.billed), fractionOf(row.credited)]
    const billed = subtract(lines, credited)
    const correction = correctionOf({ exact: one.exactMinor, least, billed })
    return correction.numerator === 0n
      ? []
      : [{ rated: one, least, billed, correction, within: zero, lines, credited }]
  })
}

/** Remembers that corrections were made: those above zero by a line, those below by giving back. */
export function saveCorrections(tx: Tx, corrected: readonly LateUsage[]): void {
  if (corrected.length === 0) return
  const billed = corrected.map(({ lines, correction }) => add(lines, positive(correction)))
  // What a commitment has taken counts as billed.
  const back = corrected.map(({ credited, correction, within }) =>
    subtract(add(credited, positive(subtract(zero, correction))), within),
  )
  tx.defer(
    saveRatings(
      corrected.map(({ rated }) => rated.environmentId),
      corrected.map(({ rated }) => rated.subscriptionId),
      corrected.map(({ rated }) => new Date(rated.from).toISOString()),
      corrected.map(({ rated }) => rated.chargeId),
      billed.map(({ numerator }) => String(numerator)),
      billed.map(({ denominator }) => String(denominator)),
      back.map(({ numerator }) => String(numerator)),
      back.map(({ denominator }) => String(denominator)),
    ),
  )
}

function positive(value: Ratio): Ratio {
  return value.numerator > 0n ? value : zero
}
