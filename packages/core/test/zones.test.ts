import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Schedule,
  addLocalDays,
  dayMs,
  isTimeZone,
  localDay,
  nthPeriod,
  offsetMs,
  periodAt,
  startOfDay,
  toCivil,
} from '../src/calendar/index.ts'
import { planDue } from '../src/subscription/index.ts'

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds
const iso = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString()
const zoned = (at: number, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)

const everyZone = Intl.supportedValuesOf('timeZone')
// Before and after the years of the tables too: 1940 has offsets of seconds, 2150 has none of them tabled.
const anyInstant = fc.integer({ min: ms('1940-01-01T00:00:00Z'), max: ms('2150-01-01T00:00:00Z') })
const anyZone = fc.constantFrom(...everyZone)

/** Within three days of a change of the zone's offset: where it can go wrong. */
const nearAChange = fc
  .record({ zone: anyZone, at: anyInstant, off: fc.integer({ min: -3 * dayMs, max: 3 * dayMs }) })
  .map(({ zone, at, off }) => {
    const change = zoned(at, zone).getTimeZoneTransition('next')
    return { zone, at: (change?.epochMilliseconds ?? at) + off }
  })
const anyMoment = fc.oneof(fc.record({ zone: anyZone, at: anyInstant }), nearAChange)

test('offset and local day are those of Temporal, in every zone, far from and close to changes', () => {
  fc.assert(
    fc.property(anyMoment, ({ zone, at }) => {
      const expected = zoned(at, zone)
      assert.equal(offsetMs(zone, at), expected.offsetNanoseconds / 1e6)
      const date = expected.toPlainDate()
      assert.deepEqual(toCivil(localDay(zone, at)), { year: date.year, month: date.month, day: date.day })
    }),
    { numRuns: 6000 },
  )
})

test('the start of a day is that of Temporal, in every zone, far from and close to changes', () => {
  fc.assert(
    fc.property(anyMoment, ({ zone, at }) => {
      const day = localDay(zone, at)
      const expected = Temporal.PlainDate.from(toCivil(day)).toZonedDateTime(zone)
      assert.equal(startOfDay(zone, day), expected.epochMilliseconds)
    }),
    { numRuns: 6000 },
  )
})

test('so many days later has the same clock time, or the next that exists', () => {
  fc.assert(
    fc.property(anyMoment, fc.integer({ min: 0, max: 400 }), ({ zone, at }, days) => {
      const clock = zoned(at, zone).toPlainDateTime().add({ days })
      const end = addLocalDays(zone, at, days)
      const [before, after] = [zoned(end - 1, zone).toPlainDateTime(), zoned(end, zone).toPlainDateTime()]
      assert.ok(Temporal.PlainDateTime.compare(after, clock) >= 0)
      if (after.equals(clock)) {
        // Of a time that comes twice, the first.
        assert.equal(
          end,
          clock.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds,
          clock.toString(),
        )
      } else {
        assert.ok(Temporal.PlainDateTime.compare(before, clock) < 0, 'a time in a gap becomes its end')
      }
    }),
    { numRuns: 3000 },
  )
})

test('a time that comes twice is taken the first time', () => {
  const start = ms('2024-11-02T05:30:00Z') // 01:30 in New York; on the next day that comes at 05:30Z and 06:30Z
  assert.equal(iso(addLocalDays('America/New_York', start, 1)), '2024-11-03T05:30:00Z')
})

test('what is no name of a zone is refused, whole dates in disguise too', () => {
  for (const zone of [
    'T12[UTC]',
    'T1200Z',
    'Z',
    '[UTC]',
    'GMT+3',
    '-08',
    'Etc',
    'Africa/',
    'UTC ',
    'x'.repeat(5000),
  ])
    assert.ok(!isTimeZone(zone), zone.slice(0, 20))
  for (const zone of everyZone) assert.ok(isTimeZone(zone), zone)
  for (const zone of ['UTC', 'Etc/GMT+3', 'US/Pacific', 'Africa/Asmera']) assert.ok(isTimeZone(zone), zone)
})

test('a day that a zone skipped over the date line is never billed', () => {
  // Samoa had no 30 December 2011.
  const schedule: Schedule = {
    interval: 'DAILY',
    intervalCount: 1,
    anchor: 'ANNIVERSARY',
    zone: 'Pacific/Apia',
    start: Temporal.ZonedDateTime.from('2011-12-28T00:00[Pacific/Apia]').epochMilliseconds,
  }
  const billed: string[] = []
  let [periodIndex, dueAt] = [-1, schedule.start]
  for (let run = 0; run < 4; run++) {
    const plan = planDue({ status: 'ACTIVE', schedule, periodIndex, dueAt, cancelAt: null, endsAt: null })
    assert.ok(plan.kind === 'bill' && plan.period.from < plan.period.to)
    billed.push(zoned(plan.period.from, schedule.zone).toPlainDate().toString())
    ;[periodIndex, dueAt] = [plan.period.index, plan.nextDueAt]
  }
  assert.deepEqual(billed, ['2011-12-28', '2011-12-29', '2011-12-31', '2012-01-01'])
})

const monthly = (zone: string, start: string): Schedule => ({
  interval: 'MONTHLY',
  intervalCount: 1,
  anchor: 'ANNIVERSARY',
  zone,
  start: ms(start),
})
const localDate = (at: number, zone: string): string => zoned(at, zone).toPlainDate().toString()

test('a month of the calendar is due at local midnight, not before (C03, C05)', () => {
  const india = nthPeriod({ ...monthly('Asia/Kolkata', '2023-02-01T00:00:00Z'), anchor: 'CALENDAR' }, 0)
  assert.equal(iso(india.to), '2023-02-28T18:30:00Z')
  const colombia = nthPeriod({ ...monthly('America/Bogota', '2023-02-02T19:00:00Z'), anchor: 'CALENDAR' }, 0)
  assert.equal(iso(colombia.to), '2023-03-01T05:00:00Z')
})

test('twenty months from the 1st to the 1st through three changes of the clock, after a trial (C06)', () => {
  const zone = 'America/Juneau'
  const trialEnd = addLocalDays(zone, ms('2015-09-01T08:01:01Z'), 30)
  const schedule = { ...monthly(zone, '2015-09-01T00:00:00Z'), start: trialEnd }
  for (let index = 0; index < 20; index++) {
    const { from, to } = nthPeriod(schedule, index)
    assert.match(localDate(from, zone), /-01$/)
    assert.match(localDate(to, zone), /-01$/)
  }
})

test('a start at a clock time that summer time skips is billed on its day, month after month (C08)', () => {
  const zone = 'America/Los_Angeles'
  const start = addLocalDays(zone, ms('2015-03-07T10:00:00Z'), 1) // 02:00 on 8 March does not exist
  assert.equal(iso(start), '2015-03-08T10:00:00Z')
  for (let index = 1; index <= 25; index++)
    assert.match(localDate(nthPeriod({ ...monthly(zone, iso(start)) }, index).from, zone), /-08$/)
})

test('an anchor is the local day: late on 28 February in New York is not 1 March (B16)', () => {
  const schedule = monthly('America/New_York', '2023-03-01T03:47:56Z')
  // Ours is the midnight of 28 May, where the case keeps the clock time: one day has no stub either way.
  assert.equal(iso(nthPeriod(schedule, 3).from), '2023-05-28T04:00:00Z')
})

test('a trial that ends late on the 31st anchors on the 31st (B15)', () => {
  const zone = 'America/Los_Angeles'
  const end = addLocalDays(zone, ms('2017-03-02T07:30:00Z'), 30)
  assert.equal(localDate(nthPeriod({ ...monthly(zone, iso(end)) }, 2).from, zone), '2017-05-31')
})

test('a week begins on Monday at midnight; ours has no anchor at another day and hour (B13)', () => {
  const start = { ...monthly('UTC', '2024-03-06T14:00:00Z'), interval: 'WEEKLY' as const }
  assert.equal(iso(nthPeriod(start, 0).to), '2024-03-13T00:00:00Z')
  assert.equal(iso(nthPeriod({ ...start, anchor: 'CALENDAR' }, 0).to), '2024-03-11T00:00:00Z')
})

test('usage falls in the month of the customer’s own zone (C12)', () => {
  const event = ms('2024-02-29T20:00:00Z')
  const march = (zone: string): string => {
    const start = Temporal.ZonedDateTime.from(`2024-02-01T00:00[${zone}]`).epochMilliseconds
    const period = periodAt({ ...monthly(zone, iso(start)) }, event)
    return period ? localDate(period.from, zone) : ''
  }
  assert.equal(march('Asia/Kolkata'), '2024-03-01')
  assert.equal(march('UTC'), '2024-02-01')
})

test('February of a leap year ends with its 29th (J08)', () => {
  const february = nthPeriod({ ...monthly('UTC', '2024-01-01T00:00:00Z'), anchor: 'CALENDAR' }, 1)
  assert.deepEqual([iso(february.from), iso(february.to)], ['2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z'])
})

test('the period of no instant, or of no interval, is an error and not an endless search', () => {
  assert.throws(() => periodAt(monthly('UTC', '2024-01-01T00:00:00Z'), Infinity), RangeError)
  assert.throws(() => periodAt(monthly('UTC', '2024-01-01T00:00:00Z'), Number.NaN), RangeError)
  assert.throws(
    () =>
      periodAt({ ...monthly('UTC', '2024-01-01T00:00:00Z'), intervalCount: 0 }, ms('2025-01-01T00:00:00Z')),
    RangeError,
  )
})
