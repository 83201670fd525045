import { type EpochDay, addMonths, startOfWeek, toCivil, toEpochDay } from './civil.ts'
import { type EpochMs, offsetMs } from './transitions.ts'
import { localDay, startOfDay } from './zone.ts'

export type BillingInterval = 'HOURLY' | 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'QUARTERLY' | 'YEARLY'
export type BillingAnchor = 'ANNIVERSARY' | 'CALENDAR'

/** What the periods of a subscription are counted from; fixed for its life. */
export type Schedule = {
  readonly interval: BillingInterval
  readonly intervalCount: number
  readonly anchor: BillingAnchor
  readonly zone: string
  /** When the first period starts. */
  readonly start: EpochMs
}

/**
 * A period `[from, to)` and the whole one `[wholeFrom, wholeTo)` it is or is a part of: the first period of a
 * CALENDAR subscription is a stub of the calendar's.
 */
export type Period = {
  readonly index: number
  readonly from: EpochMs
  readonly to: EpochMs
  readonly wholeFrom: EpochMs
  readonly wholeTo: EpochMs
}

const hourMs = 3_600_000
const daysOf = { DAILY: 1, WEEKLY: 7 } as const
const monthsOf = { MONTHLY: 1, QUARTERLY: 3, YEARLY: 12 } as const

/**
 * The n-th boundary, counted from the anchor and never from the boundary before, so that 31 Jan goes to 28 Feb and
 * on to 31 Mar. Boundary 0 is the start of the first whole period: the local day of the start, or the calendar's
 * hour, day, Monday, month, quarter or year that it falls in. Boundaries are local midnights; those of HOURLY are
 * exact hours from the start, or from the top of its hour.
 */
export function nthBoundary(schedule: Schedule, n: number): EpochMs {
  const { interval, intervalCount, zone, start } = schedule
  const steps = n * intervalCount
  if (interval === 'HOURLY') return hourlyOrigin(schedule) + steps * hourMs
  const origin = originDay(schedule, localDay(zone, start))
  if (interval === 'DAILY' || interval === 'WEEKLY')
    return startOfDay(zone, origin + steps * daysOf[interval])
  return startOfDay(zone, addMonths(origin, steps * monthsOf[interval]))
}

/** The n-th period, from 0. The first starts at the very instant of the start, the others at their boundary. */
export function nthPeriod(schedule: Schedule, index: number): Period {
  const wholeFrom = nthBoundary(schedule, index)
  const wholeTo = nthBoundary(schedule, index + 1)
  return { index, from: index === 0 ? schedule.start : wholeFrom, to: wholeTo, wholeFrom, wholeTo }
}

/** The period that holds an instant; undefined before the start. */
export function periodAt(schedule: Schedule, at: EpochMs): Period | undefined {
  if (!Number.isFinite(at)) throw new RangeError(`${at} is not an instant`)
  if (!(schedule.intervalCount >= 1)) throw new RangeError(`a period of ${schedule.intervalCount} intervals`)
  if (at < schedule.start) return undefined
  let low = 0
  let high = 1
  while (nthBoundary(schedule, high) <= at) {
    low = high
    high *= 2
  }
  while (low + 1 < high) {
    const middle = (low + high) >> 1
    if (nthBoundary(schedule, middle) <= at) low = middle
    else high = middle
  }
  return nthPeriod(schedule, low)
}

function hourlyOrigin({ anchor, zone, start }: Schedule): EpochMs {
  if (anchor === 'ANNIVERSARY') return start
  // Local hours begin at the half hour where the zone's offset has one.
  const offset = offsetMs(zone, start)
  return Math.floor((start + offset) / hourMs) * hourMs - offset
}

function originDay({ interval, anchor }: Schedule, day: EpochDay): EpochDay {
  if (anchor === 'ANNIVERSARY' || interval === 'HOURLY' || interval === 'DAILY') return day
  if (interval === 'WEEKLY') return startOfWeek(day)
  const { year, month } = toCivil(day)
  return toEpochDay({ year, month: month - ((month - 1) % monthsOf[interval]), day: 1 })
}
