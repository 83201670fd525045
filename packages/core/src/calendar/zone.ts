import { type EpochDay, dayMs } from './civil.ts'
import { type EpochMs, firstInstantAtOrAfter, offsetMs } from './transitions.ts'

const mostRemembered = 2000
const valid = new Map<string, boolean>()

/**
 * Whether this names an IANA time zone. Bare offsets such as `+03:00` do not: they know no summer time. `Intl` is
 * asked and not Temporal, which also takes a whole date for a zone (`T12[UTC]`).
 */
export function isTimeZone(zone: string): boolean {
  const known = valid.get(zone)
  if (known !== undefined) return known
  let answer = /^[A-Za-z]/.test(zone)
  try {
    if (answer) Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    answer = false
  }
  if (valid.size < mostRemembered) valid.set(zone, answer)
  return answer
}

/** The local day that an instant falls on. */
export function localDay(zone: string, at: EpochMs): EpochDay {
  return Math.floor((at + offsetMs(zone, at)) / dayMs)
}

/** The first instant of a local day: its midnight, or the first moment after one that summer time skips. */
export function startOfDay(zone: string, day: EpochDay): EpochMs {
  return firstInstantAtOrAfter(zone, day * dayMs)
}

/**
 * The instant of a local clock time, which is given as if it were UTC. One that summer time skips becomes the next instant
 * that exists (02:30 → 03:00); one that comes twice is taken the first time.
 */
export function instantOfLocal(zone: string, localMs: number): EpochMs {
  return firstInstantAtOrAfter(zone, localMs)
}

/** Whole local days from one instant's day to another's: days of 23 and of 25 hours count as one. */
export function localDays(zone: string, from: EpochMs, to: EpochMs): number {
  return localDay(zone, to) - localDay(zone, from)
}

/**
 * The same local clock time a number of days later. A time that summer time skips becomes the next instant that
 * exists (02:30 → 03:00); one that comes twice is taken the first time.
 */
export function addLocalDays(zone: string, at: EpochMs, days: number): EpochMs {
  return firstInstantAtOrAfter(zone, at + offsetMs(zone, at) + days * dayMs)
}
