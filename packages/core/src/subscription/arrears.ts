import type { EpochMs, Period, Schedule } from '../calendar/index.ts'
import { type Ratio, ratio, subtract, zero } from '../money/index.ts'
import { billedAfterCancellation, billedAfterChange, usedUntilEnd, wholeShare } from '../prorate/index.ts'

const whole = ratio(1n)

/**
 * What part of a whole period is charged when one begins: all of it, the share that a CALENDAR stub is, or the days up
 * to an end date that cuts it. An anniversary's first period is a whole one, though it starts within its first day.
 */
export function shareOfPeriod(schedule: Schedule, period: Period, endsAt: EpochMs | null): Ratio {
  if (endsAt !== null && endsAt < period.to) return usedUntilEnd(schedule, period, endsAt)
  return schedule.anchor === 'CALENDAR' && period.from !== period.wholeFrom
    ? wholeShare(schedule, period)
    : whole
}

/** What ends a stretch that is charged in arrears: its period, a change (whose day it leaves), an end (whose day it keeps). */
export type Cut =
  | { readonly by: 'period' }
  | { readonly by: 'change'; readonly at: EpochMs }
  | { readonly by: 'cancellation'; readonly at: EpochMs }

/**
 * What part of its whole period a stretch is that began at an instant in it and is over. It is exactly what the same
 * stretch, charged in advance and credited at the same cut, comes to: in arrears and in advance a life costs the same.
 */
export function shareUsed(
  schedule: Schedule,
  period: Period,
  stretch: { from: EpochMs; cut: Cut; endsAt: EpochMs | null },
): Ratio {
  const { from, cut, endsAt: end } = stretch
  const begun =
    from === period.from
      ? shareOfPeriod(schedule, period, end)
      : billedAfterChange(schedule, period, { at: from, end })
  if (cut.by === 'period') return begun
  const left =
    cut.by === 'change'
      ? billedAfterChange(schedule, period, { at: cut.at, end })
      : billedAfterCancellation(schedule, period, { at: cut.at, end })
  // In the units of what is left, so that a part of a period is always told in days, or seconds, of the whole one.
  const all = begun === whole ? ratio(left.denominator, left.denominator) : begun
  const used = subtract(all, left)
  return used.numerator < 0n ? zero : used
}
