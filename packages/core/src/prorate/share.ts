import { type BillingInterval, type EpochMs, type Period, localDays } from '../calendar/index.ts'
import { type Ratio, ratio, subtract } from '../money/index.ts'

/**
 * What a share of a period is counted in: local days, or seconds where a period is as short as a day (HOURLY, DAILY).
 * The denominator is always the whole nominal period, also where the subscription was in only a part of it.
 */
export type Unit = { readonly interval: BillingInterval; readonly zone: string }

/** What part of its whole period a period is: 1 for a whole one, less for a stub. */
export function wholeShare(unit: Unit, period: Period): Ratio {
  return shareOf(unit, period, counted(unit, period, period))
}

/** What is left of a period from a change on. The day (or second) of the change belongs to what comes after it. */
export function unusedAfterChange(unit: Unit, period: Period, at: EpochMs): Ratio {
  return shareOf(unit, period, counted(unit, period, restOf(period, at)))
}

/** What is left of a period after a cancellation. The day (or second) of the cancellation stays billed. */
export function unusedAfterCancellation(unit: Unit, period: Period, at: EpochMs): Ratio {
  return shareOf(unit, period, counted(unit, period, restOf(period, at)) - 1)
}

/**
 * What part of its whole period is billed when a subscription ends at an instant within it: its days up to and with
 * the one it ends on. An end at midnight leaves that day out, since nothing of it was used.
 */
export function usedUntilEnd(unit: Unit, period: Period, end: EpochMs): Ratio {
  const lastMoment = Math.min(end, period.to) - 1
  return shareOf(unit, period, counted(unit, period, { from: period.from, to: lastMoment }) + 1)
}

/**
 * What part of its whole period is billed from a change on, up to the period's end or to an end date that cuts it. The
 * day of the change belongs to what comes after it. `period` is the one that it would be without the cut.
 */
export function billedAfterChange(
  unit: Unit,
  period: Period,
  when: { at: EpochMs; end: EpochMs | null },
): Ratio {
  return upTo(unit, period, when.end, unusedAfterChange(unit, period, when.at))
}

/** The same from a cancellation on. The day of the cancellation stays billed, and is not part of it. */
export function billedAfterCancellation(
  unit: Unit,
  period: Period,
  when: { at: EpochMs; end: EpochMs | null },
): Ratio {
  return upTo(unit, period, when.end, unusedAfterCancellation(unit, period, when.at))
}

/** What is left of a rest when the days after an end date are taken off it. */
function upTo(unit: Unit, period: Period, end: EpochMs | null, rest: Ratio): Ratio {
  if (end === null || end >= period.to) return rest
  const cutOff = subtract(wholeShare(unit, period), usedUntilEnd(unit, period, end))
  const billed = subtract(rest, cutOff)
  return billed.numerator < 0n ? { ...billed, numerator: 0n } : billed
}

type Span = { readonly from: EpochMs; readonly to: EpochMs }

function restOf(period: Period, at: EpochMs): Span {
  return { from: Math.max(at, period.from), to: period.to }
}

function shareOf(unit: Unit, period: Period, count: number): Ratio {
  const whole = counted(unit, period, { from: period.wholeFrom, to: period.wholeTo })
  return ratio(BigInt(Math.max(0, count)), BigInt(whole))
}

/** How many local days begin within a span, the first of it not counted; or how many of the whole period's seconds. */
function counted({ interval, zone }: Unit, { wholeFrom }: Period, { from, to }: Span): number {
  if (interval === 'HOURLY' || interval === 'DAILY')
    return Math.floor((to - wholeFrom) / 1000) - Math.floor((from - wholeFrom) / 1000)
  return localDays(zone, from, to)
}
