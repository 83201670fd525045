import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type BillingInterval,
  type Schedule,
  addLocalDays,
  addMonths,
  daysInMonth,
  isTimeZone,
  localDay,
  localDays,
  nthBoundary,
  nthPeriod,
  periodAt,
  startOfDay,
  toCivil,
  toEpochDay,
} from '../src/calendar/index.ts'

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds
const iso = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString()
const intervals: readonly BillingInterval[] = ['HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY']
const zones = [
  'UTC',
  'Africa/Kampala',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]

function schedule(start: string, options: Partial<Schedule> = {}): Schedule {
  return {
    interval: 'MONTHLY',
    intervalCount: 1,
    anchor: 'ANNIVERSARY',
    zone: 'UTC',
    start: ms(start),
    ...options,
  }
}
/** Local days of the first boundaries. */
function days(of: Schedule, count: number): string[] {
  return Array.from({ length: count }, (_, n) =>
    Temporal.Instant.fromEpochMilliseconds(nthBoundary(of, n))
      .toZonedDateTimeISO(of.zone)
      .toPlainDate()
      .toString(),
  )
}

test('an anchor on the 31st never drifts, through leap and other years (B01)', () => {
  assert.deepEqual(days(schedule('2023-01-31T00:00:00Z'), 15), [
    '2023-01-31',
    '2023-02-28',
    '2023-03-31',
    '2023-04-30',
    '2023-05-31',
    '2023-06-30',
    '2023-07-31',
    '2023-08-31',
    '2023-09-30',
    '2023-10-31',
    '2023-11-30',
    '2023-12-31',
    '2024-01-31',
    '2024-02-29',
    '2024-03-31',
  ])
})

test('an anchor on 28 February stays on the 28th and is not "the last day" (B03)', () => {
  assert.deepEqual(days(schedule('2022-02-28T00:00:00Z'), 14).slice(11), [
    '2023-01-28',
    '2023-02-28',
    '2023-03-28',
  ])
})

test('an anchor on the 30th goes through a leap February and back (B05)', () => {
  assert.deepEqual(days(schedule('2024-01-30T00:00:00Z'), 5), [
    '2024-01-30',
    '2024-02-29',
    '2024-03-30',
    '2024-04-30',
    '2024-05-30',
  ])
})

test('the period that holds a day is found for an anchor on the 31st (B06)', () => {
  const monthly = schedule('2024-01-31T00:00:00Z')
  const holding = (day: string): string[] => {
    const period = periodAt(monthly, ms(`${day}T00:00:00Z`))
    return period ? [iso(period.from).slice(0, 10), iso(period.to).slice(0, 10)] : []
  }
  assert.deepEqual(holding('2024-02-15'), ['2024-01-31', '2024-02-29'])
  assert.deepEqual(holding('2024-02-29'), ['2024-02-29', '2024-03-31'])
  assert.deepEqual(holding('2024-03-31'), ['2024-03-31', '2024-04-30'])
  assert.deepEqual(holding('2024-01-30'), [])
})

test('a quarter of the calendar begins with a stub up to the next quarter (B08)', () => {
  const quarterly = schedule('2024-01-10T00:00:00Z', { interval: 'QUARTERLY', anchor: 'CALENDAR' })
  const [first, second] = [nthPeriod(quarterly, 0), nthPeriod(quarterly, 1)]
  assert.deepEqual([iso(first.from), iso(first.to)], ['2024-01-10T00:00:00Z', '2024-04-01T00:00:00Z'])
  assert.deepEqual([iso(second.from), iso(second.to)], ['2024-04-01T00:00:00Z', '2024-07-01T00:00:00Z'])
})

test('every two months from 31 December (B10)', () => {
  const every2 = (start: string): string | undefined => days(schedule(start, { intervalCount: 2 }), 2)[1]
  assert.equal(every2('2023-12-31T00:00:00Z'), '2024-02-29')
  assert.equal(every2('2024-12-31T00:00:00Z'), '2025-02-28')
  assert.equal(days(schedule('2024-02-29T00:00:00Z', { intervalCount: 2 }), 3)[2], '2024-06-29')
})

test('29 February yearly is the 28th in other years and the 29th again in the next leap year (B11)', () => {
  assert.deepEqual(days(schedule('2024-02-29T00:00:00Z', { interval: 'YEARLY' }), 5).slice(1), [
    '2025-02-28',
    '2026-02-28',
    '2027-02-28',
    '2028-02-29',
  ])
})

test('a customer is billed at the midnight of its own zone, in summer and winter time (C09)', () => {
  const month = (zone: string): string[] => {
    const start = Temporal.ZonedDateTime.from(`2024-03-01T00:00[${zone}]`).epochMilliseconds
    const { from, to } = nthPeriod(schedule('2024-03-01T00:00:00Z', { zone, start }), 0)
    return [iso(from), iso(to)]
  }
  assert.deepEqual(month('America/New_York'), ['2024-03-01T05:00:00Z', '2024-04-01T04:00:00Z'])
  assert.deepEqual(month('America/Los_Angeles'), ['2024-03-01T08:00:00Z', '2024-04-01T07:00:00Z'])
  assert.deepEqual(month('Asia/Kolkata'), ['2024-02-29T18:30:00Z', '2024-03-31T18:30:00Z'])
  assert.deepEqual(month('UTC'), ['2024-03-01T00:00:00Z', '2024-04-01T00:00:00Z'])
})

test('days of 23 and 25 hours count as one (C11)', () => {
  const zone = 'America/New_York'
  const at = (local: string): number =>
    Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds
  assert.equal(localDays(zone, at('2024-03-09T00:00'), at('2024-03-11T00:00')), 2)
  assert.equal(localDays(zone, at('2024-11-02T00:00'), at('2024-11-04T00:00')), 2)
  assert.equal(localDays(zone, at('2024-11-03T01:00'), at('2024-11-03T23:00')), 0)
})

test('a trial that crosses the summer time ends on the local day and clock time (B15)', () => {
  const zone = 'America/Los_Angeles'
  const start = Temporal.ZonedDateTime.from('2017-03-01T23:30[America/Los_Angeles]').epochMilliseconds
  const end = Temporal.Instant.fromEpochMilliseconds(addLocalDays(zone, start, 30)).toZonedDateTimeISO(zone)
  assert.equal(end.toPlainDateTime().toString(), '2017-03-31T23:30:00')
})

test('a clock time that summer time skips becomes the next instant that exists', () => {
  const zone = 'America/Los_Angeles'
  const start = Temporal.ZonedDateTime.from('2015-03-07T02:30[America/Los_Angeles]').epochMilliseconds
  assert.equal(iso(addLocalDays(zone, start, 1)), '2015-03-08T10:00:00Z')
})

test('a day whose midnight does not exist starts at its first instant', () => {
  const zone = 'Africa/Cairo'
  const day = toEpochDay({ year: 2024, month: 4, day: 26 })
  assert.equal(localDay(zone, startOfDay(zone, day)), day)
  assert.equal(localDay(zone, startOfDay(zone, day) - 1), day - 1)
})

test('an hourly period keeps its clock time over the change to winter time', () => {
  const hourly = schedule('2024-11-03T04:30:00Z', { interval: 'HOURLY', zone: 'America/New_York' })
  assert.equal(iso(nthBoundary(hourly, 3)), '2024-11-03T07:30:00Z')
})

test('a calendar hour begins at the top of the local hour', () => {
  const hourly = schedule('2024-03-01T10:10:00Z', {
    interval: 'HOURLY',
    anchor: 'CALENDAR',
    zone: 'Asia/Kolkata',
  })
  assert.equal(iso(nthBoundary(hourly, 1)), '2024-03-01T10:30:00Z')
})

test('only IANA names are time zones', () => {
  for (const zone of zones) assert.ok(isTimeZone(zone), zone)
  for (const zone of ['', 'Nairobi', '+03:00', 'Africa/Atlantis', 'UTC\0']) assert.ok(!isTimeZone(zone), zone)
})

const anySchedule = fc.record({
  interval: fc.constantFrom(...intervals),
  intervalCount: fc.integer({ min: 1, max: 24 }),
  anchor: fc.constantFrom('ANNIVERSARY' as const, 'CALENDAR' as const),
  zone: fc.constantFrom(...zones),
  start: fc.integer({ min: ms('2012-01-01T00:00:00Z'), max: ms('2035-01-01T00:00:00Z') }),
})

test('periods follow each other without a gap and without an overlap', () => {
  fc.assert(
    fc.property(anySchedule, fc.integer({ min: 0, max: 60 }), (of, index) => {
      const [one, next] = [nthPeriod(of, index), nthPeriod(of, index + 1)]
      assert.equal(one.to, next.from)
      assert.ok(one.from < one.to, 'a period is never empty')
      assert.ok(one.wholeFrom <= one.from)
    }),
    { numRuns: 2000 },
  )
})

test('the period found for an instant holds it', () => {
  fc.assert(
    fc.property(anySchedule, fc.integer({ min: 0, max: 400 * 86_400_000 }), (of, later) => {
      const period = periodAt(of, of.start + later)
      assert.ok(period && period.from <= of.start + later && of.start + later < period.to)
    }),
    { numRuns: 1000 },
  )
})

test('boundaries of days and months are what Temporal says, computed its slow way', () => {
  const units = {
    DAILY: 'days',
    WEEKLY: 'weeks',
    MONTHLY: 'months',
    QUARTERLY: 'months',
    YEARLY: 'years',
  } as const
  fc.assert(
    fc.property(anySchedule, fc.integer({ min: 0, max: 60 }), (of, n) => {
      if (of.interval === 'HOURLY' || of.anchor === 'CALENDAR') return
      const steps = n * of.intervalCount * (of.interval === 'QUARTERLY' ? 3 : 1)
      const origin = Temporal.Instant.fromEpochMilliseconds(of.start)
        .toZonedDateTimeISO(of.zone)
        .toPlainDate()
      const expected = origin.add({ [units[of.interval]]: steps }).toZonedDateTime(of.zone).epochMilliseconds
      assert.equal(nthBoundary(of, n), expected)
    }),
    { numRuns: 2000 },
  )
})

test('a day number and its date are each other’s inverse', () => {
  fc.assert(
    fc.property(fc.integer({ min: -200_000, max: 200_000 }), (day) => {
      const date = toCivil(day)
      assert.equal(toEpochDay(date), day)
      assert.equal(Temporal.PlainDate.from(date).since('1970-01-01').days, day)
    }),
    { numRuns: 3000 },
  )
})

test('months later is what Temporal says, through centuries that are no leap years', () => {
  assert.deepEqual(
    [1900, 2000, 2024, 2100].map((year) => daysInMonth(year, 2)),
    [28, 29, 29, 28],
  )
  fc.assert(
    fc.property(
      fc.integer({ min: -60_000, max: 100_000 }),
      fc.integer({ min: 0, max: 2400 }),
      (day, months) => {
        const { year, month, day: of } = toCivil(addMonths(day, months))
        const expected = Temporal.PlainDate.from(toCivil(day)).add({ months })
        assert.deepEqual([year, month, of], [expected.year, expected.month, expected.day])
      },
    ),
    { numRuns: 5000 },
  )
})

test('a boundary belongs to the period that it begins', () => {
  fc.assert(
    fc.property(anySchedule, fc.integer({ min: 1, max: 100 }), (of, index) => {
      assert.equal(periodAt(of, nthBoundary(of, index))?.index, index)
      assert.equal(periodAt(of, nthBoundary(of, index) - 1)?.index, index - 1)
    }),
    { numRuns: 1000 },
  )
})
