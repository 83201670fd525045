import { type Schedule, isTimeZone, periodAt, startOfDay, toEpochDay } from '@novabilling/core/calendar'
import { type Fault, invalid } from '../../refusal.ts'
import { mostPeriodsAtOnce } from './bill.ts'
import type { CreateSubscription } from './schema.ts'

const earliestMs = Date.UTC(1970, 0, 1)
const latestMs = Date.UTC(2200, 0, 1)
const momentFault = 'must be an instant such as 2026-01-31T00:00:00Z or a day such as 2026-01-31'

/** A moment as it was given: an instant, or a local day. */
type Moment = { readonly ms: number } | { readonly day: Temporal.PlainDate }
type Dates = { readonly start: Moment | undefined; readonly end: Moment | undefined }

/** Reads the two dates of a new subscription; all faults at once. */
export function readDates({ startDate, endDate }: CreateSubscription): Dates {
  const faults: Fault[] = []
  const read = (path: string, value: string | undefined): Moment | undefined => {
    if (value === undefined) return undefined
    const moment = parseMoment(value)
    if (!moment) faults.push({ path, message: momentFault })
    return moment
  }
  const dates = { start: read('startDate', startDate), end: read('endDate', endDate) }
  if (faults.length > 0) throw invalid(...faults)
  return dates
}

/** Reads one moment, an instant or a local day of a zone, in milliseconds. A fault names it by its path. */
export function readMoment(path: string, value: string, zone: string): number {
  const moment = parseMoment(value)
  if (!moment) throw invalid({ path, message: momentFault })
  return resolve(moment, zone)
}

/** Where they are on the customer's calendar. Refuses an end that does not come after the start. */
export function resolveDates(
  dates: Dates,
  zone: string,
  nowMs: number,
): { startedAt: number; endsAt: number | null } {
  if (!isTimeZone(zone)) throw new Error(`${zone} is not a time zone`)
  const startedAt = dates.start ? resolve(dates.start, zone) : nowMs
  const endsAt = dates.end ? resolve(dates.end, zone) : null
  if (endsAt !== null && endsAt <= startedAt)
    throw invalid({ path: 'endDate', message: 'must be after the start' })
  return { startedAt, endsAt }
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
    const ms = Temporal.Instant.from(value).epochMilliseconds
    return ms >= earliestMs && ms < latestMs ? { ms } : undefined
  } catch {
    return undefined
  }
}

function resolve(moment: Moment, zone: string): number {
  if ('ms' in moment) return moment.ms
  const { year, month, day } = moment.day
  return startOfDay(zone, toEpochDay({ year, month, day }))
}
