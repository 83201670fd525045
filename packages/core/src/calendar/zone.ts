import { type EpochDay, dayMs, toCivil } from './civil.ts'

/** An instant as milliseconds since 1970-01-01T00:00Z: what billing computes with, a thousand rows at a time. */
export type EpochMs = number

const mostRemembered = 50_000
const offsets = new Map<string, Map<number, number>>()
const midnights = new Map<string, Map<number, number>>()
const valid = new Map<string, boolean>()

/** Whether this names an IANA time zone. Bare offsets such as `+03:00` do not: they know no summer time. */
export function isTimeZone(zone: string): boolean {
  const known = valid.get(zone)
  if (known !== undefined) return known
  let answer = /^[A-Za-z]/.test(zone)
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
  } catch {
    answer = false
  }
  if (valid.size < 2000) valid.set(zone, answer)
  return answer
}

/** How far local time is ahead of UTC at an instant. */
export function offsetMs(zone: string, at: EpochMs): number {
  if (zone === 'UTC') return 0
  const utcDay = Math.floor(at / dayMs)
  const days = remembered(offsets, zone)
  let offset = days.get(utcDay)
  if (offset === undefined) {
    // NaN marks the few days on which the offset changes; those are asked about each time.
    const first = askOffset(zone, utcDay * dayMs)
    offset = first === askOffset(zone, (utcDay + 1) * dayMs) ? first : Number.NaN
    days.set(utcDay, offset)
  }
  return Number.isNaN(offset) ? askOffset(zone, at) : offset
}

/** The local day that an instant falls on. */
export function localDay(zone: string, at: EpochMs): EpochDay {
  return Math.floor((at + offsetMs(zone, at)) / dayMs)
}

/** The first instant of a local day: its midnight, or the first minute after one that summer time skips. */
export function startOfDay(zone: string, day: EpochDay): EpochMs {
  if (zone === 'UTC') return day * dayMs
  const days = remembered(midnights, zone)
  let start = days.get(day)
  if (start === undefined) {
    start = Temporal.PlainDate.from(toCivil(day)).toZonedDateTime(zone).epochMilliseconds
    days.set(day, start)
  }
  return start
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
  const local = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .add({ days })
  const chosen = local.toZonedDateTime(zone)
  if (chosen.toPlainDateTime().equals(local)) return chosen.epochMilliseconds
  const gap = local.toZonedDateTime(zone, { disambiguation: 'earlier' }).getTimeZoneTransition('next')
  return (gap ?? chosen).epochMilliseconds
}

function askOffset(zone: string, at: EpochMs): number {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 1e6
}

function remembered(all: Map<string, Map<number, number>>, zone: string): Map<number, number> {
  let days = all.get(zone)
  if (!days || days.size > mostRemembered) {
    days = new Map()
    all.set(zone, days)
  }
  return days
}
