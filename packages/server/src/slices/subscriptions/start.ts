import {
  type Schedule,
  instantOfLocal,
  isTimeZone,
  periodAt,
  startOfDay,
  toEpochDay,
} from '@novabilling/core/calendar'
import { type Fault, invalid } from '../../refusal.ts'
import { mostPeriodsAtOnce } from './bill.ts'
import type { CreateSubscription } from './schema.ts'

const earliestMs = Date.UTC(1970, 0, 1)
const latestMs = Date.UTC(2200, 0, 1)
const momentFault =
  'must be an instant such as 2026-01-31T00:00:00Z, a local time such as 2026-01-31T08:00 or a day such as 2026-01-31'

/** A moment as it was given: an instant, a local clock time (as if it were UTC), or a local day. */
type Moment = { readonly ms: number } | { readonly localMs: number } | { readonly day: Temporal.PlainDate }

const dateFields = ['startDate', 'endDate', 'trialEnd', 'currentPeriodStart', 'currentPeriodEnd'] as const
type Dates = Readonly<Record<(typeof dateFields)[number], Moment | undefined>>
export type ResolvedDates = {
  readonly startedAt: number
  readonly endsAt: number | null
  readonly trialEnd: number | null
  readonly periodStart: number | null
  readonly periodEnd: number | null
}

/** Reads the dates of a new subscription; all faults at once. */
export function readDates(input: CreateSubscription): Dates {
  const faults: Fault[] = []
  const read = (path: (typeof dateFields)[number]): Moment | undefined => {
    const value = input[path]
    if (value === undefined) return undefined
    const moment = parseMoment(value)
    if (!moment) faults.push({ path, message: momentFault })
    return moment
  }
  const dates = {
    startDate: read('startDate'),
    endDate: read('endDate'),
    trialEnd: read('trialEnd'),
    currentPeriodStart: read('currentPeriodStart'),
    currentPeriodEnd: read('currentPeriodEnd'),
  }
  if (faults.length > 0) throw invalid(...faults)
  return dates
}

/** Reads one moment, an instant or a local day of a zone, in milliseconds. A fault names it by its path. */
export function readMoment(path: string, value: string, zone: string): number {
  const moment = parseMoment(value)
  if (!moment) throw invalid({ path, message: momentFault })
  return resolve(moment, zone)
}

/** Where they are on the customer's calendar. Without a start it is that of the period under way elsewhere, or now. */
export function resolveDates(dates: Dates, zone: string, nowMs: number): ResolvedDates {
  if (!isTimeZone(zone)) throw new Error(`${zone} is not a time zone`)
  const at = (moment: Moment | undefined): number | null => (moment ? resolve(moment, zone) : null)
  const periodStart = at(dates.currentPeriodStart)
  const startedAt = at(dates.startDate) ?? periodStart ?? nowMs
  const endsAt = at(dates.endDate)
  const trialEnd = at(dates.trialEnd)
  const faults: Fault[] = []
  if (endsAt !== null && endsAt <= startedAt)
    faults.push({ path: 'endDate', message: 'must be after the start' })
  if (trialEnd !== null && trialEnd <= Math.max(startedAt, nowMs))
    faults.push({ path: 'trialEnd', message: 'must be after the start, and later than now' })
  if (faults.length > 0) throw invalid(...faults)
  return { startedAt, endsAt, trialEnd, periodStart, periodEnd: at(dates.currentPeriodEnd) }
}

/** Refuses a start so far back that one request would issue hundreds of invoices. */
export function refuseTooManyPeriods(schedule: Schedule, untilMs: number): void {
  const count = (periodAt(schedule, untilMs)?.index ?? -1) + 1
  if (count > mostPeriodsAtOnce) {
    throw invalid({
      path: 'startDate',
      message: `lies ${count} periods back, and at most ${mostPeriodsAtOnce} are billed at once`,
    })
  }
}

function parseMoment(value: string): Moment | undefined {
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(value)) {
      const day = Temporal.PlainDate.from(value)
      return day.year >= 1970 && day.year < 2200 ? { day } : undefined
    }
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?$/.test(value)) {
      const localMs = Temporal.PlainDateTime.from(value).toZonedDateTime('UTC').epochMilliseconds
      return localMs >= earliestMs && localMs < latestMs ? { localMs } : undefined
    }
    const ms = Temporal.Instant.from(value).epochMilliseconds
    return ms >= earliestMs && ms < latestMs ? { ms } : undefined
  } catch {
    return undefined
  }
}

function resolve(moment: Moment, zone: string): number {
  if ('ms' in moment) return moment.ms
  if ('localMs' in moment) return instantOfLocal(zone, moment.localMs)
  const { year, month, day } = moment.day
  return startOfDay(zone, toEpochDay({ year, month, day }))
}
