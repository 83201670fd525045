import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Period, type Schedule, nthPeriod } from '../src/calendar/index.ts'
import { roundLines } from '../src/invoice/index.ts'
import {
  type Ratio,
  add,
  compare,
  fromDecimal,
  multiply,
  ratio,
  roundHalfUp,
  subtract,
} from '../src/money/index.ts'
import {
  billedAfterCancellation,
  billedAfterChange,
  changeAmounts,
  creditWithin,
  quantityChange,
  unusedAfterCancellation,
  unusedAfterChange,
  usedUntilEnd,
  wholeShare,
} from '../src/prorate/index.ts'
import { planStart } from '../src/subscription/index.ts'
import { taxOn } from '../src/tax/index.ts'

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds
const day = (date: string): number => ms(`${date}T00:00:00Z`)
const unit = { interval: 'MONTHLY', zone: 'UTC' } as const
const schedule = (start: number, options: Partial<Schedule> = {}): Schedule => ({
  interval: 'MONTHLY',
  intervalCount: 1,
  anchor: 'ANNIVERSARY',
  zone: 'UTC',
  start,
  ...options,
})
const month = (from: string): Period => nthPeriod(schedule(day(from)), 0)
const of = (minor: bigint, share: Ratio): bigint => roundHalfUp(multiply(ratio(minor), share))
/** A change, each document rounded on its own: the credit note and the invoice. */
function change(
  from: string,
  at: string,
  oldMinor: bigint,
  newMinor: bigint,
): [credit: bigint, charge: bigint] {
  const { credit, charge } = changeAmounts(unit, month(from), {
    at: at.includes('T') ? ms(at) : day(at),
    oldAmount: ratio(oldMinor),
    newAmount: ratio(newMinor),
  })
  return [roundHalfUp(credit), roundHalfUp(charge)]
}

test('a change credits the old rest and charges the new one, by days (A01, A10, A12, A13)', () => {
  assert.deepEqual(change('2025-06-01', '2025-06-16', 1000n, 2000n), [500n, 1000n])
  assert.deepEqual(change('2025-02-01', '2025-02-15', 1000n, 2000n), [500n, 1000n])
  assert.deepEqual(change('2025-06-01', '2025-06-11', 10_000n, 30_000n), [6667n, 20_000n])
  assert.deepEqual(change('2024-02-18', '2024-02-25', 10_000n, 30_000n), [7586n, 22_759n])
})

test('two upgrades on one day: the plan between lives no day (A03, A04)', () => {
  const vat = fromDecimal('0.25')
  const gross = (net: bigint): bigint => net + taxOn(net, vat)
  const [first, middle] = change('2024-03-01', '2024-03-12T12:12:00Z', 1000n, 1500n)
  assert.deepEqual([middle, gross(first)], [968n, 806n])
  const [back, last] = change('2024-03-01', '2024-03-12T13:12:00Z', 1500n, 1900n)
  assert.deepEqual([last, gross(creditWithin(back, middle))], [1226n, 1210n])
})

test('there and back at the same instant is nothing (A07)', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 9n })
  fc.assert(
    fc.property(amount, amount, fc.integer({ min: 0, max: 31 * 86_400 - 1 }), (low, high, seconds) => {
      const [period, at] = [month('2024-01-01'), day('2024-01-01') + seconds * 1000]
      const up = changeAmounts(unit, period, { at, oldAmount: ratio(low), newAmount: ratio(high) })
      const down = changeAmounts(unit, period, { at, oldAmount: ratio(high), newAmount: ratio(low) })
      assert.equal(compare(subtract(add(up.charge, down.charge), add(up.credit, down.credit)), ratio(0n)), 0)
    }),
  )
})

test('seats and rates in one change, rounded once (A08, A09)', () => {
  const rest = unusedAfterChange(unit, month('2024-01-01'), day('2024-01-16'))
  const lines = (amounts: bigint[]): { lineMinor: readonly bigint[]; subtotalMinor: bigint } =>
    roundLines(amounts.map((amount) => ({ amount: multiply(ratio(amount), rest) })))
  assert.deepEqual(lines([-2900n, -5000n, 9900n, 12_500n]), {
    lineMinor: [-1497n, -2581n, 5110n, 6452n],
    subtotalMinor: 7484n,
  })
  // The case sums rounded lines (-1806 + 1497 + 2581 = 2272); ours rounds the exact 2270.97 once.
  assert.deepEqual(lines([-3500n, 2900n, 5000n]), {
    lineMinor: [-1807n, 1497n, 2581n],
    subtotalMinor: 2271n,
  })
})

test('a change of interval credits the rest and starts a whole period (A16, A22)', () => {
  assert.equal(change('2025-06-01', '2025-06-16', 10_000n, 0n)[0], 5000n)
  const yearly = schedule(day('2025-06-16'), { interval: 'YEARLY' })
  assert.equal(of(100_000n, wholeShare(yearly, nthPeriod(yearly, 0))), 100_000n)
  // A22 keeps the old anchor and charges 243/366 of the year; ours starts a new year of its own, whole.
  const moved = schedule(day('2023-11-19'), { interval: 'YEARLY' })
  assert.equal(of(118_800n, wholeShare(moved, nthPeriod(moved, 0))), 118_800n)
})

test('each side of a change is net of its own discount (A18)', () => {
  assert.deepEqual(change('2025-06-01', '2025-06-16', 7500n, 50_000n), [3750n, 25_000n])
})

test('a change of seats prorates their difference and nothing else (A21, A34, E04)', () => {
  const seats = (at: string, from: string, oldMinor: bigint, newMinor: bigint): bigint[] => {
    const input = { at: day(at), oldAmount: ratio(oldMinor), newAmount: ratio(newMinor) }
    const { credit, charge } = quantityChange(unit, month(from), input)
    return [roundHalfUp(credit), roundHalfUp(charge)]
  }
  assert.deepEqual(seats('2024-01-16', '2024-01-01', 199_900n, 275_150n), [0n, 38_839n])
  assert.deepEqual(seats('2025-03-15', '2025-03-01', 5000n, 10_000n), [0n, 2742n])
  assert.deepEqual(seats('2025-03-15', '2025-03-01', 10_000n, 5000n), [2742n, 0n])
  const added = ['11', '12', '13', '14', '15'].map(
    (date) => seats(`2024-06-${date}`, '2024-06-01', 0n, 3000n)[1],
  )
  assert.deepEqual(added, [2000n, 1900n, 1800n, 1700n, 1600n])
})

test('what has been paid of a prepaid item comes off its new charge (A23)', () => {
  const [paid, due] = change('2023-08-01', '2023-08-21', 1500n, 10_000n)
  assert.deepEqual([due, paid, due - paid], [3548n, 532n, 3016n])
  assert.equal(change('2023-08-01', '2023-08-21', 0n, 2000n)[1], 710n)
})

test('a credit is never more than is left of its line, and never below zero (A28, A35)', () => {
  const [credit, charge] = change('2012-05-01', '2012-05-02', 24_995n, 995n)
  assert.deepEqual([credit, creditWithin(credit, 24_995n - 1000n), charge], [24_189n, 23_995n, 963n])
  const left = [50n, 180n, 200n].map((credited) => creditWithin(500n, 200n - credited))
  assert.deepEqual(left, [150n, 20n, 0n])
  assert.deepEqual([creditWithin(500n, 0n), creditWithin(500n, -1n), creditWithin(-5n, 10n)], [0n, 0n, 0n])
})

test('changes one after the other (A29), and from a free plan (A30)', () => {
  assert.deepEqual(change('2012-05-01', '2012-05-07', 59_995n, 995n), [48_383n, 802n])
  assert.deepEqual(change('2012-05-01', '2012-05-08', 995n, 2995n), [770n, 2319n])
  assert.deepEqual(change('2017-02-01', '2017-02-15', 0n, 2995n), [0n, 1498n])
})

test('half a month there and back is -5.48 and 10.97, and 5.48 on one invoice (A33)', () => {
  assert.deepEqual(change('2025-03-01', '2025-03-15', 1000n, 2000n), [548n, 1097n])
  // The case sums the rounded lines to 5.49; the exact net is 5.4839.
  const rest = unusedAfterChange(unit, month('2025-03-01'), day('2025-03-15'))
  const net = roundLines([
    { amount: multiply(ratio(-1000n), rest) },
    { amount: multiply(ratio(2000n), rest) },
  ])
  assert.equal(net.subtotalMinor, 548n)
})

test('a leading part counts its days over the whole period that it lies in (A31, A32, B14)', () => {
  const part = (from: string, whole: [string, string]): Ratio =>
    wholeShare(unit, {
      index: 0,
      from: day(from),
      to: day(whole[1]),
      wholeFrom: day(whole[0]),
      wholeTo: day(whole[1]),
    })
  const equals = (share: Ratio, days: bigint, all: bigint): void =>
    assert.equal(compare(share, ratio(days, all)), 0)
  equals(part('2023-05-23', ['2023-05-15', '2023-06-15']), 23n, 31n)
  equals(part('2023-06-23', ['2023-06-15', '2023-07-15']), 22n, 30n)
  equals(part('2023-02-23', ['2023-02-15', '2023-03-15']), 20n, 28n)
  equals(part('2024-02-23', ['2024-02-15', '2024-03-15']), 21n, 29n)
  equals(part('2011-02-01', ['2011-01-13', '2011-02-13']), 12n, 31n)
  // A32 wants 14.63 by months of 30 days; ours are the days there are.
  assert.equal(of(1995n, part('2023-05-23', ['2023-05-15', '2023-06-15'])), 1480n)
})

test('a start and a cancellation on one day leave that day billed (A26, G07, G09)', () => {
  const vat = (net: bigint, rate: string): bigint[] => [net, taxOn(net, fromDecimal(rate))]
  const calendar = nthPeriod(schedule(day('2023-02-08'), { anchor: 'CALENDAR' }), 0)
  assert.deepEqual(vat(of(5000n, wholeShare(unit, calendar)), '0.2'), [3750n, 750n])
  assert.deepEqual(vat(of(5000n, unusedAfterCancellation(unit, calendar, day('2023-02-08'))), '0.2'), [
    3571n,
    714n,
  ])
  const rest = unusedAfterCancellation(unit, month('2025-09-18'), day('2025-09-18'))
  assert.deepEqual(vat(of(20_000n, rest), '0.25'), [19_333n, 4833n])
  const weekly = schedule(day('2025-10-06'), { interval: 'WEEKLY' })
  const week = unusedAfterCancellation(weekly, nthPeriod(weekly, 0), day('2025-10-06'))
  assert.deepEqual(vat(of(2999n, week), '0.2333'), [2571n, 600n])
})

test('stubs of a week, a quarter and a year (I01, I03)', () => {
  const stub = (start: string, interval: Schedule['interval'], minor: bigint): bigint => {
    const own = schedule(day(start), { interval, anchor: 'CALENDAR' })
    return of(minor, wholeShare(own, nthPeriod(own, 0)))
  }
  assert.equal(stub('2023-02-01', 'WEEKLY', 1_000_000n) - stub('2023-02-01', 'WEEKLY', 100_000n), 642_857n)
  assert.equal(stub('2023-02-04', 'QUARTERLY', 900_000n), 560_000n)
  assert.equal(stub('2022-02-01', 'YEARLY', 1_000_000n) - stub('2022-02-01', 'YEARLY', 100_000n), 823_561n)
})

test('a trial in a calendar month bills the days after it, counted from the first start (J01, J02)', () => {
  const first = (trialDays: number, minor: bigint): [bigint, number] => {
    const { trialEnd, anchoredAt, dueAt } = planStart({
      startedAt: ms('2024-03-05T12:12:00Z'),
      trialDays,
      zone: 'UTC',
      endsAt: null,
    })
    assert.equal(trialEnd, dueAt)
    const own = schedule(anchoredAt, { anchor: 'CALENDAR' })
    return [of(minor, wholeShare(own, nthPeriod(own, 0))), dueAt]
  }
  assert.deepEqual(first(10, 5_000_000n), [2_741_935n, ms('2024-03-15T12:12:00Z')])
  assert.deepEqual(first(13, 10_000_000n), [4_516_129n, ms('2024-03-18T12:12:00Z')])
})

test('HOURLY and DAILY are counted in seconds, the second of a change in what comes after it', () => {
  const own = schedule(day('2025-03-01'), { interval: 'DAILY' })
  const period = nthPeriod(own, 0)
  const at = ms('2025-03-01T06:00:00.999Z')
  assert.equal(compare(unusedAfterChange(own, period, at), ratio(18n, 24n)), 0)
  assert.equal(compare(unusedAfterCancellation(own, period, at), ratio(18n * 3600n - 1n, 86_400n)), 0)
  // A day of 23 hours is a whole day.
  const short = schedule(ms('2024-03-10T05:00:00Z'), { interval: 'DAILY', zone: 'America/New_York' })
  assert.equal(compare(wholeShare(short, nthPeriod(short, 0)), ratio(1n)), 0)
  assert.equal(
    compare(unusedAfterChange(short, nthPeriod(short, 0), ms('2024-03-10T17:00:00Z')), ratio(11n, 23n)),
    0,
  )
})

test('an end at midnight leaves its day out, a later one bills it', () => {
  const february = month('2026-02-01')
  const days = (end: string): Ratio => usedUntilEnd(unit, february, ms(end))
  assert.equal(compare(days('2026-02-15T00:00:00Z'), ratio(14n, 28n)), 0)
  assert.equal(compare(days('2026-02-15T12:00:00Z'), ratio(15n, 28n)), 0)
  assert.equal(compare(days('2026-02-01T00:00:01Z'), ratio(1n, 28n)), 0)
  assert.equal(compare(days('2026-03-01T00:00:00Z'), ratio(1n)), 0)
  assert.equal(compare(days('2026-04-01T00:00:00Z'), ratio(1n)), 0)
})

test('a rest that an end date cuts is billed up to and with the day it ends on', () => {
  const october = month('2026-10-01')
  const rest = (at: string, end: string | null): bigint =>
    billedAfterChange(unit, october, { at: ms(at), end: end === null ? null : ms(end) }).numerator
  assert.equal(rest('2026-10-10T09:00:00Z', null), 22n)
  assert.equal(rest('2026-10-10T09:00:00Z', '2026-12-01T00:00:00Z'), 22n)
  assert.equal(rest('2026-10-10T09:00:00Z', '2026-10-16T12:00:00Z'), 7n)
  assert.equal(rest('2026-10-10T09:00:00Z', '2026-10-16T00:00:00Z'), 6n)
  const left = billedAfterCancellation(unit, october, {
    at: ms('2026-10-10T09:00:00Z'),
    end: ms('2026-10-16T12:00:00Z'),
  })
  assert.equal(compare(left, ratio(6n, 31n)), 0)
  const none = billedAfterCancellation(unit, october, {
    at: ms('2026-10-16T09:00:00Z'),
    end: ms('2026-10-16T12:00:00Z'),
  })
  assert.equal(compare(none, ratio(0n)), 0)
})

test('used and unused sum to the whole, shares stay within it, and time only takes away', () => {
  const anyPeriod = fc.record({
    interval: fc.constantFrom('HOURLY' as const, 'DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const),
    zone: fc.constantFrom('UTC', 'Africa/Cairo', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
    anchor: fc.constantFrom('CALENDAR' as const, 'ANNIVERSARY' as const),
    start: fc.integer({ min: day('2020-01-01'), max: day('2030-01-01') }),
    index: fc.integer({ min: 0, max: 40 }),
    one: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
    two: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
  })
  fc.assert(
    fc.property(anyPeriod, ({ one, two, index, ...options }) => {
      const own = schedule(options.start, options)
      const period = nthPeriod(own, index)
      const length = period.to - period.from
      const [early, late] = [one, two]
        .toSorted((a, b) => a - b)
        .map((part) => Math.min(period.to - 1, Math.floor(period.from + length * part)))
      assert.ok(early !== undefined && late !== undefined)
      const whole = wholeShare(own, period)
      for (const unused of [unusedAfterChange, unusedAfterCancellation]) {
        assert.ok(compare(unused(own, period, late), unused(own, period, early)) <= 0)
        assert.ok(compare(unused(own, period, early), whole) <= 0)
        assert.ok(compare(unused(own, period, late), ratio(0n)) >= 0)
        assert.equal(compare(unused(own, period, period.to), ratio(0n)), 0)
      }
      const used = usedUntilEnd(own, period, late + 1)
      assert.equal(compare(add(used, unusedAfterCancellation(own, period, late)), whole), 0)
      assert.ok(compare(whole, ratio(1n)) <= 0 && compare(whole, ratio(0n)) > 0)
    }),
    { numRuns: 5000 },
  )
})

test('a change before a stub began leaves the stub and no more', () => {
  const stub = nthPeriod(schedule(day('2023-02-08'), { anchor: 'CALENDAR' }), 0)
  assert.equal(compare(unusedAfterChange(unit, stub, day('2023-02-01')), ratio(21n, 28n)), 0)
  assert.equal(compare(unusedAfterCancellation(unit, stub, day('2023-02-01')), ratio(20n, 28n)), 0)
})

test('what is granted for a period to one that comes within it is its days (A36, which counts seconds: 38.71, 50, 100, 0 and nothing)', () => {
  const january = nthPeriod(schedule(day('2025-01-01')), 0)
  const granted = (at: number): string =>
    (Number(roundHalfUp(multiply(ratio(10_000n), unusedAfterChange(unit, january, at)))) / 100).toFixed(2)
  assert.equal(granted(day('2025-01-20')), '38.71')
  assert.equal(granted(ms('2025-01-16T12:00:00Z')), '51.61', 'the day it comes counts whole')
  assert.equal(granted(day('2025-01-01')), '100.00')
  assert.equal(granted(day('2025-02-01')), '0.00')
  assert.equal(granted(ms('2025-01-31T23:59:30Z')), '3.23', 'the last day')
})
