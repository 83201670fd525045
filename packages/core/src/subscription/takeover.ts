import { type EpochMs, type Period, type Schedule, localDay, periodAt } from '../calendar/index.ts'

/** Which period of a schedule the one under way elsewhere is. */
export type Takeover =
  | { readonly kind: 'period'; readonly period: Period }
  /** None begins there; `around`, where there is one, is the one that holds the instant. */
  | { readonly kind: 'no_period'; readonly around: Period | undefined }
  /** It begins there, and ends at another time. */
  | { readonly kind: 'other_end'; readonly period: Period }

/**
 * Finds the period that a subscription is in which was billed elsewhere until now. Periods of a day and more are told by
 * their local days, since not everybody begins them at midnight; those of hours by the instant.
 */
export function planTakeover(schedule: Schedule, elsewhere: { from: EpochMs; to: EpochMs | null }): Takeover {
  const { from, to } = elsewhere
  const isSame = (a: EpochMs, b: EpochMs): boolean =>
    schedule.interval === 'HOURLY' ? a === b : localDay(schedule.zone, a) === localDay(schedule.zone, b)
  const period = periodAt(schedule, isSame(from, schedule.start) ? Math.max(from, schedule.start) : from)
  if (!period || !isSame(period.from, from)) return { kind: 'no_period', around: period }
  return { kind: to === null || isSame(period.to, to) ? 'period' : 'other_end', period }
}
