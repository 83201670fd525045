import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Period, type Schedule, localDay, nthPeriod, periodAt } from '../src/calendar/index.ts'
import { canMoveInvoice, dueDate, formatInvoiceNumber, roundLines } from '../src/invoice/index.ts'
import {
  creditApplied,
  creditsForfeited,
  creditsGranted,
  invoiceIssued,
  invoiceVoided,
  paymentReceived,
  paymentRefunded,
  recognisedBy,
  revenueRecognised,
  walletSpent,
  writtenOff,
} from '../src/ledger/index.ts'
import {
  type Ratio,
  compare,
  fromDecimal,
  multiply,
  ratio,
  roundHalfUp,
  subtract,
} from '../src/money/index.ts'
import { unusedAfterCancellation, unusedAfterChange, wholeShare } from '../src/prorate/index.ts'
import { canMoveSubscription, planCancellation, planDue, planStart } from '../src/subscription/index.ts'
import { taxOn, taxWithin } from '../src/tax/index.ts'

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds
const day = (date: string): number => ms(`${date}T00:00:00Z`)
const schedule = (start: number, options: Partial<Schedule> = {}): Schedule => ({
  interval: 'MONTHLY',
  intervalCount: 1,
  anchor: 'ANNIVERSARY',
  zone: 'UTC',
  start,
  ...options,
})
const of = (minor: bigint, share: Ratio): bigint => roundHalfUp(multiply(ratio(minor), share))
const month = (from: string): Period => nthPeriod(schedule(day(from)), 0)
const unit = { interval: 'MONTHLY', zone: 'UTC' } as const

test('a change half way through a month credits and charges its days (A12)', () => {
  const june = month('2025-06-01')
  assert.equal(of(10_000n, unusedAfterChange(unit, june, day('2025-06-16'))), 5000n)
  assert.equal(of(30_000n, unusedAfterChange(unit, june, day('2025-06-16'))), 15_000n)
  assert.equal(of(10_000n, unusedAfterChange(unit, june, day('2025-06-11'))), 6667n)
  assert.equal(of(30_000n, unusedAfterChange(unit, june, day('2025-06-11'))), 20_000n)
})

test('a change in a period of 29 days counts 29 (A13)', () => {
  const period = month('2024-02-18')
  assert.equal(of(10_000n, unusedAfterChange(unit, period, day('2024-02-25'))), 7586n)
  assert.equal(of(30_000n, unusedAfterChange(unit, period, day('2024-02-25'))), 22_759n)
})

test('the day of a change belongs to the new plan (A03, A33, A34)', () => {
  assert.equal(of(1500n, unusedAfterChange(unit, month('2024-03-01'), ms('2024-03-12T12:12:00Z'))), 968n)
  const march = month('2025-03-01')
  assert.equal(of(1000n, unusedAfterChange(unit, march, day('2025-03-15'))), 548n)
  assert.equal(of(2000n, unusedAfterChange(unit, march, day('2025-03-15'))), 1097n)
  assert.equal(of(5000n, unusedAfterChange(unit, march, day('2025-03-15'))), 2742n)
})

test('the day of a cancellation stays billed (A25)', () => {
  const february = month('2024-02-01')
  assert.equal(of(2900n, unusedAfterCancellation(unit, february, ms('2024-02-01T18:00:00Z'))), 2800n)
})

test('a stub counts its days over the whole calendar period (A26, A31, B14)', () => {
  const stub = (start: string): Ratio =>
    wholeShare(unit, nthPeriod(schedule(day(start), { anchor: 'CALENDAR' }), 0))
  assert.equal(of(5000n, stub('2023-02-08')), 3750n)
  assert.equal(compare(stub('2024-02-08'), ratio(22n, 29n)), 0)
})

test('a calendar week is billed for the local days that are left of it (C01)', () => {
  const created = ms('2023-06-16T05:00:00Z')
  const fee = (zone: string): bigint => {
    const week = schedule(created, { interval: 'WEEKLY', anchor: 'CALENDAR', zone })
    return of(700n, wholeShare(week, nthPeriod(week, 0)))
  }
  assert.equal(fee('America/Denver'), 400n)
  assert.equal(fee('America/Halifax'), 300n)
})

test('a quarter is prorated over all its days, whichever day it was entered on (A24)', () => {
  const quarter = nthPeriod(schedule(day('2024-01-15'), { interval: 'QUARTERLY' }), 1)
  const used = subtract(
    ratio(1n),
    unusedAfterCancellation({ interval: 'QUARTERLY', zone: 'UTC' }, quarter, ms('2024-06-20T10:00:00Z')),
  )
  // Entered on 20 May: 32 of the 91 days up to and with 20 June.
  const entered = subtract(
    ratio(1n),
    unusedAfterChange({ interval: 'QUARTERLY', zone: 'UTC' }, quarter, day('2024-05-20')),
  )
  assert.equal(of(91_000n, subtract(used, entered)), 32_000n)
})

test('prorating a whole period is its price, and a split of it sums to the price', () => {
  const anyPeriod = fc.record({
    interval: fc.constantFrom(
      'HOURLY' as const,
      'DAILY' as const,
      'WEEKLY' as const,
      'MONTHLY' as const,
      'QUARTERLY' as const,
      'YEARLY' as const,
    ),
    zone: fc.constantFrom('UTC', 'Africa/Cairo', 'America/New_York', 'Asia/Kolkata'),
    start: fc.integer({ min: day('2020-01-01'), max: day('2030-01-01') }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(anyPeriod, ({ interval, zone, start, at }) => {
      const period = nthPeriod(schedule(start, { interval, zone, anchor: 'CALENDAR' }), 1)
      const own = { interval, zone }
      assert.equal(compare(wholeShare(own, period), ratio(1n)), 0)
      const moment = Math.floor(period.from + (period.to - period.from) * at)
      const unused = unusedAfterChange(own, period, moment)
      const used = wholeShare(own, { ...period, to: moment })
      assert.equal(compare(subtract(ratio(1n), used), unused), 0)
    }),
    { numRuns: 2000 },
  )
})

test('the lines of an invoice sum to its once rounded subtotal, each within a unit of its exact amount', () => {
  const exact = fc.tuple(fc.bigInt({ min: -1_000_000n, max: 1_000_000n }), fc.bigInt({ min: 1n, max: 997n }))
  fc.assert(
    fc.property(fc.array(exact, { minLength: 1, maxLength: 30 }), (amounts) => {
      const lines = amounts.map(([a, b]) => ({ amount: ratio(a, b) }))
      const { lineMinor, subtotalMinor } = roundLines(lines)
      assert.equal(
        lineMinor.reduce((sum, minor) => sum + minor, 0n),
        subtotalMinor,
      )
      for (const [index, { amount }] of lines.entries()) {
        const off = subtract(ratio(lineMinor[index] ?? 0n), amount)
        assert.ok(compare(off, ratio(1n)) <= 0 && compare(off, ratio(-1n)) >= 0)
      }
    }),
    { numRuns: 2000 },
  )
})

test('tax is rounded once on its base', () => {
  assert.equal(taxOn(3571n, fromDecimal('0.2')), 714n) // A26
  assert.equal(taxWithin(11_600n, fromDecimal('0.16')), 1600n)
})

test('a number carries its prefix, year and count', () => {
  assert.equal(formatInvoiceNumber('INV', 2026, 1n), 'INV-2026-000001')
  assert.equal(formatInvoiceNumber('ACME', 2026, 1_234_567n), 'ACME-2026-1234567')
})

test('an invoice is due so many local days after its issue', () => {
  assert.equal(dueDate('Africa/Kampala', ms('2026-01-31T22:00:00Z'), 30), '2026-03-03')
  assert.equal(dueDate('UTC', ms('2026-01-31T22:00:00Z'), 0), '2026-01-31')
})

test('every posting sums to zero', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n })
  fc.assert(
    fc.property(amount, amount, amount, amount, (deferredMinor, revenueMinor, vat, levy) => {
      const taxes = [
        { code: 'vat', minor: vat },
        { code: 'levy', minor: levy },
      ]
      const charged = { deferredMinor, revenueMinor, taxes }
      const postings = [
        invoiceIssued(charged),
        invoiceVoided(charged),
        paymentReceived({ provider: 'SANDBOX', minor: deferredMinor, owedMinor: vat }),
        paymentRefunded({ provider: 'SANDBOX', minor: deferredMinor, was: 'KEPT' }),
        writtenOff(deferredMinor),
        creditApplied(deferredMinor),
        revenueRecognised(deferredMinor),
        walletSpent(deferredMinor),
        creditsGranted(deferredMinor),
        creditsForfeited({ minor: deferredMinor, isPaid: true }),
        creditsForfeited({ minor: deferredMinor, isPaid: false }),
        invoiceIssued({ ...charged, prepaidMinor: vat }),
        invoiceVoided({ ...charged, prepaidMinor: vat, walletMinor: levy / 2n }),
        invoiceVoided({ ...charged, paidMinor: deferredMinor / 2n }),
      ]
      for (const entries of postings) {
        assert.equal(
          entries.reduce((sum, { minor }) => sum + minor, 0n),
          0n,
        )
        assert.ok(entries.every(({ minor }) => minor !== 0n))
      }
    }),
  )
})

test('a charge in advance is recognised day by day, never too early and all of it in the end', () => {
  const line = fc.record({
    minor: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    zone: fc.constantFrom('UTC', 'Africa/Cairo', 'America/New_York'),
    from: fc.integer({ min: day('2024-01-01'), max: day('2026-01-01') }),
    length: fc.integer({ min: 3_600_000, max: 400 * 86_400_000 }),
  })
  fc.assert(
    fc.property(line, ({ minor, zone, from, length }) => {
      const to = from + length
      const [first, last] = [localDay(zone, from), localDay(zone, to - 1)]
      let before = recognisedBy({ minor, zone, from, to }, first - 1)
      assert.equal(before, 0n)
      assert.equal(recognisedBy({ minor, zone, from, to }, first - 40), 0n)
      for (let today = first; today <= last; today += Math.max(1, Math.floor((last - first) / 7))) {
        const now = recognisedBy({ minor, zone, from, to }, today)
        assert.ok(now >= before)
        before = now
      }
      assert.equal(recognisedBy({ minor, zone, from, to }, last), minor)
    }),
  )
})

test('only the moves of the state machines are possible', () => {
  assert.ok(canMoveInvoice('FAILED', 'PAID') && canMoveInvoice('PENDING', 'VOID'))
  assert.ok(
    !canMoveInvoice('VOID', 'PAID') && !canMoveInvoice('PAID', 'VOID') && !canMoveInvoice('DRAFT', 'VOID'),
  )
  assert.ok(canMoveSubscription('PAST_DUE', 'ACTIVE') && canMoveSubscription('TRIALING', 'ACTIVE'))
  assert.ok(!canMoveSubscription('CANCELED', 'ACTIVE') && !canMoveSubscription('TRIALING', 'PAUSED'))
})

test('a trial bills nothing before its end, and its end anchors the periods', () => {
  const start = planStart({ startedAt: ms('2026-01-17T09:30:00Z'), trialDays: 14, zone: 'UTC', endsAt: null })
  assert.equal(start.status, 'TRIALING')
  assert.equal(start.dueAt, ms('2026-01-31T09:30:00Z'))
  const due = {
    status: start.status,
    schedule: schedule(start.anchoredAt),
    periodIndex: -1,
    dueAt: start.dueAt,
    cancelAt: null,
    endsAt: null,
  }
  const first = planDue(due)
  assert.ok(first.kind === 'bill' && first.activates && first.status === 'ACTIVE')
  assert.deepEqual([first.period.from, first.period.to], [ms('2026-01-31T09:30:00Z'), day('2026-02-28')])
  assert.equal(compare(first.share, ratio(1n)), 0)
})

test('a canceled trial ends without a bill', () => {
  const end = ms('2026-01-31T09:30:00Z')
  const plan = planCancellation(
    { status: 'TRIALING', currentPeriodEnd: null, trialEnd: end },
    { cancelAt: 'period_end', now: day('2026-01-20') },
  )
  assert.deepEqual(plan, { kind: 'scheduled', at: end })
  const due = planDue({
    status: 'TRIALING',
    schedule: schedule(end),
    periodIndex: -1,
    dueAt: end,
    cancelAt: end,
    endsAt: null,
  })
  assert.deepEqual(due, { kind: 'end', at: end })
})

test('an end date cuts the last period and bills its days only', () => {
  const own = schedule(day('2026-01-01'))
  const plan = planDue({
    status: 'ACTIVE',
    schedule: own,
    periodIndex: 0,
    dueAt: day('2026-02-01'),
    cancelAt: null,
    endsAt: day('2026-02-15'),
  })
  assert.ok(plan.kind === 'bill')
  assert.equal(compare(plan.share, ratio(14n, 28n)), 0)
  assert.deepEqual([plan.period.to, plan.nextDueAt], [day('2026-02-15'), day('2026-02-15')])
})

test('run after run, each period is billed once and none is missed, however late the run', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const),
      fc.integer({ min: day('2024-01-01'), max: day('2024-12-31') }),
      fc.integer({ min: 1, max: 40 }),
      (interval, start, periods) => {
        const own = schedule(start, { interval, zone: 'Africa/Kampala' })
        let state = { periodIndex: -1, dueAt: start }
        let end = start
        for (let count = 0; count < periods; count++) {
          const plan = planDue({ status: 'ACTIVE', schedule: own, ...state, cancelAt: null, endsAt: null })
          assert.ok(plan.kind === 'bill')
          assert.equal(plan.period.from, end)
          end = plan.period.to
          state = { periodIndex: plan.period.index, dueAt: plan.nextDueAt }
        }
        assert.equal(periodAt(own, end - 1)?.index, periods - 1)
      },
    ),
  )
})

test('credit pays for an invoice, and what was paid of a voided one becomes credit', () => {
  assert.deepEqual(creditApplied(500n), [
    { account: 'customer_credit', minor: 500n },
    { account: 'receivable', minor: -500n },
  ])
  const taxes = [{ code: 'vat', minor: 160n }]
  assert.deepEqual(invoiceVoided({ deferredMinor: 1000n, revenueMinor: 0n, taxes, paidMinor: 300n }), [
    { account: 'receivable', minor: -860n },
    { account: 'deferred_revenue', minor: 1000n },
    { account: 'tax_payable:vat', minor: 160n },
    { account: 'customer_credit', minor: -300n },
  ])
})

test('a charge in advance that has been recognised to its end leaves nothing deferred, whatever the order of the days', () => {
  const { netMinor, from, to } = { netMinor: 4999n, from: day('2026-01-31'), to: day('2026-02-28') }
  let [deferred, revenue, before] = [-netMinor, 0n, 0n]
  for (const today of [localDay('UTC', from), localDay('UTC', from) + 11, localDay('UTC', to - 1)]) {
    const recognised = recognisedBy({ minor: netMinor, zone: 'UTC', from, to }, today)
    for (const { account, minor } of revenueRecognised(recognised - before)) {
      if (account === 'deferred_revenue') deferred += minor
      if (account === 'revenue') revenue += minor
    }
    before = recognised
  }
  assert.deepEqual([deferred, revenue], [0n, -netMinor])
})

test('a payment above what was owed leaves its rest as credit', () => {
  assert.deepEqual(paymentReceived({ provider: 'MPESA', minor: 30_000n, owedMinor: 24_995n }), [
    { account: 'cash:MPESA', minor: 30_000n },
    { account: 'receivable', minor: -24_995n },
    { account: 'customer_credit', minor: -5005n },
  ])
})

test('an issued, paid, credited or written off invoice leaves nothing to receive', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 12n })
  fc.assert(
    fc.property(amount, amount, amount, amount, (netMinor, taxMinor, paid, credit) => {
      const total = netMinor + taxMinor
      const settled = paid < total ? paid : total
      const fromCredit = credit < total - settled ? credit : total - settled
      const books = new Map<string, bigint>()
      for (const posting of [
        invoiceIssued({
          deferredMinor: 0n,
          revenueMinor: netMinor,
          taxes: [{ code: 'vat', minor: taxMinor }],
        }),
        paymentReceived({ provider: 'STRIPE', minor: paid, owedMinor: total }),
        creditApplied(fromCredit),
        writtenOff(total - settled - fromCredit),
      ])
        for (const { account, minor } of posting) books.set(account, (books.get(account) ?? 0n) + minor)
      assert.equal(books.get('receivable') ?? 0n, 0n)
      assert.equal(
        [...books.values()].reduce((sum, minor) => sum + minor, 0n),
        0n,
      )
      assert.equal(books.get('cash:STRIPE') ?? 0n, paid)
      assert.equal(books.get('revenue') ?? 0n, -netMinor)
    }),
  )
})
