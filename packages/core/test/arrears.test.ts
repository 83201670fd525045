import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type BillingInterval, type Schedule, nthPeriod } from '../src/calendar/index.ts'
import { type Ratio, add, compare, ratio, subtract, zero } from '../src/money/index.ts'
import { billedAfterCancellation, billedAfterChange } from '../src/prorate/index.ts'
import { shareOfPeriod, shareUsed } from '../src/subscription/index.ts'

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds
const hourMs = 3_600_000

const anySchedule = fc.record({
  interval: fc.constantFrom<BillingInterval>('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'),
  intervalCount: fc.integer({ min: 1, max: 3 }),
  anchor: fc.constantFrom('ANNIVERSARY' as const, 'CALENDAR' as const),
  zone: fc.constantFrom(
    'UTC',
    'Africa/Nairobi',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Apia',
    'Europe/Berlin',
  ),
  start: fc
    .integer({ min: ms('2024-01-01T00:00:00Z') / 1000, max: ms('2027-01-01T00:00:00Z') / 1000 })
    .map((s) => s * 1000),
})

/** A period, with instants in it in their order, and an end that may cut it. */
const anyPeriod = fc
  .record({
    schedule: anySchedule,
    index: fc.nat(5),
    places: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 6 }),
    cutAt: fc.option(fc.double({ min: 0.01, max: 0.99, noNaN: true })),
  })
  .map(({ schedule, index, places, cutAt }) => {
    const period = nthPeriod(schedule, index)
    const at = (place: number): number =>
      Math.floor((period.from + (period.to - period.from) * place) / 1000) * 1000
    const endsAt = cutAt === null ? null : Math.max(at(cutAt), period.from + 1000)
    const to = endsAt === null ? period.to : Math.min(period.to, endsAt)
    const cuts = places.map(at).filter((cut) => cut > period.from && cut < to)
    return { schedule, period, endsAt, to, cuts: cuts.toSorted((a, b) => a - b) }
  })
  .filter(({ period }) => period.to > period.from)

const same = (a: Ratio, b: Ratio): boolean => compare(a, b) === 0

test('however changes cut a period, the stretches of it come to what the whole of it would', () => {
  fc.assert(
    fc.property(anyPeriod, ({ schedule, period, endsAt, cuts }) => {
      let sum = zero
      let from = period.from
      for (const at of cuts) {
        sum = add(sum, shareUsed(schedule, period, { from, cut: { by: 'change', at }, endsAt }))
        from = at
      }
      sum = add(sum, shareUsed(schedule, period, { from, cut: { by: 'period' }, endsAt }))
      assert.ok(same(sum, shareOfPeriod(schedule, period, endsAt)))
    }),
    { numRuns: 3000 },
  )
})

test('in arrears a stretch costs what it would have in advance, less what would have been credited', () => {
  fc.assert(
    fc.property(anyPeriod, fc.boolean(), ({ schedule, period, endsAt, cuts }, isEnd) => {
      const at = cuts.at(-1)
      fc.pre(at !== undefined)
      const left = isEnd
        ? billedAfterCancellation(schedule, period, { at, end: endsAt })
        : billedAfterChange(schedule, period, { at, end: endsAt })
      const charged = shareOfPeriod(schedule, period, endsAt)
      const cut = { by: isEnd ? 'cancellation' : 'change', at } as const
      const used = shareUsed(schedule, period, { from: period.from, cut, endsAt })
      assert.ok(same(used, subtract(charged, left)))
      assert.ok(compare(used, zero) >= 0 && compare(used, ratio(1n)) <= 0)
    }),
    { numRuns: 3000 },
  )
})

test('the day of a change belongs to what comes after it, and the day of an end is used', () => {
  const schedule: Schedule = {
    interval: 'MONTHLY',
    intervalCount: 1,
    anchor: 'ANNIVERSARY',
    zone: 'UTC',
    start: ms('2026-01-01T09:00:00Z'),
  }
  const period = nthPeriod(schedule, 0)
  const at = ms('2026-01-11T15:00:00Z')
  const used = (by: 'change' | 'cancellation') =>
    shareUsed(schedule, period, { from: period.from, cut: { by, at }, endsAt: null })
  assert.deepEqual(used('change'), ratio(10n, 31n))
  assert.deepEqual(used('cancellation'), ratio(11n, 31n))
  const later = shareUsed(schedule, period, {
    from: at,
    cut: { by: 'change', at: at + 2 * hourMs },
    endsAt: null,
  })
  assert.ok(same(later, zero), 'two changes on one day leave nothing between them')
})
