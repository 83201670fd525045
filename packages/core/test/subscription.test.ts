import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Period, type Schedule, dayMs, instantOfLocal, nthPeriod } from '../src/calendar/index.ts'
import { type Ratio, compare, ratio } from '../src/money/index.ts'
import {
  type DueSubscription,
  type SubscriptionStatus,
  canMoveSubscription,
  dueWhilePaused,
  isDowngrade,
  planCancellation,
  planDue,
  planResume,
  planStart,
  planTakeover,
  trialEndAfterChange,
  worthAYear,
} from '../src/subscription/index.ts'

const ms = (instant: string): number => Temporal.Instant.from(instant).epochMilliseconds
const day = (date: string): number => ms(`${date}T00:00:00Z`)
const monthly = (start: number): Schedule => ({
  interval: 'MONTHLY',
  intervalCount: 1,
  anchor: 'ANNIVERSARY',
  zone: 'UTC',
  start,
})
const due = (changes: Partial<DueSubscription> = {}): DueSubscription => ({
  status: 'ACTIVE',
  schedule: monthly(day('2026-01-31')),
  periodIndex: 0,
  dueAt: day('2026-02-28'),
  cancelAt: null,
  endsAt: null,
  ...changes,
})

test('the moves of a subscription are these and no other: a pause ends what cannot be collected, too', () => {
  const statuses: SubscriptionStatus[] = ['TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED']
  const allowed = statuses.flatMap((from) =>
    statuses.filter((to) => canMoveSubscription(from, to)).map((to) => `${from} ${to}`),
  )
  assert.deepEqual(allowed, [
    'TRIALING ACTIVE',
    'TRIALING CANCELED',
    'ACTIVE PAST_DUE',
    'ACTIVE PAUSED',
    'ACTIVE CANCELED',
    'PAST_DUE ACTIVE',
    'PAST_DUE PAUSED',
    'PAST_DUE CANCELED',
    'PAUSED ACTIVE',
    'PAUSED CANCELED',
  ])
})

test('a renewal bills the next period from its boundary, and is due again at its end', () => {
  const plan = planDue(due())
  assert.ok(plan.kind === 'bill')
  assert.deepEqual(
    [plan.period.index, plan.at, plan.period.from, plan.period.to, plan.nextDueAt, plan.activates],
    [1, day('2026-02-28'), day('2026-02-28'), day('2026-03-31'), day('2026-03-31'), false],
  )
  assert.equal(compare(plan.share, ratio(1n)), 0)
})

test('a subscription that owes goes on owing through its renewal', () => {
  const plan = planDue(due({ status: 'PAST_DUE' }))
  assert.ok(plan.kind === 'bill' && plan.status === 'PAST_DUE')
})

test('a cancellation at the period’s end takes effect at that instant and bills nothing past it', () => {
  const at = planCancellation(
    { status: 'ACTIVE', currentPeriodEnd: day('2026-02-28'), trialEnd: null },
    { cancelAt: 'period_end', now: day('2026-02-10') },
  )
  assert.deepEqual(at, { kind: 'scheduled', at: day('2026-02-28') })
  assert.deepEqual(planDue(due({ cancelAt: at.at })), { kind: 'end', at: day('2026-02-28') })
  // Found late, by a run a week after it: still at its own instant.
  assert.deepEqual(planDue(due({ cancelAt: at.at, dueAt: day('2026-03-07') })), { kind: 'end', at: at.at })
})

test('a cancellation now, or of what has never been billed, is now', () => {
  const now = day('2026-02-10')
  const active = { status: 'ACTIVE', currentPeriodEnd: day('2026-02-28'), trialEnd: null } as const
  assert.deepEqual(planCancellation(active, { cancelAt: 'now', now }), { kind: 'now', at: now })
  const future = { status: 'ACTIVE', currentPeriodEnd: null, trialEnd: null } as const
  assert.deepEqual(planCancellation(future, { cancelAt: 'period_end', now }), { kind: 'now', at: now })
  const trialing = { status: 'TRIALING', currentPeriodEnd: null, trialEnd: day('2026-02-20') } as const
  assert.deepEqual(planCancellation(trialing, { cancelAt: 'now', now }), { kind: 'now', at: now })
})

test('what is paused is never billed: it resumes, or ends before that', () => {
  const at = day('2026-02-28')
  assert.deepEqual(planDue(due({ status: 'PAUSED' })), { kind: 'resume', at })
  assert.deepEqual(planDue(due({ status: 'PAUSED', cancelAt: at })), { kind: 'end', at })
  assert.equal(dueWhilePaused({ resumeAt: null, cancelAt: null, endsAt: null }), null)
  assert.equal(dueWhilePaused({ resumeAt: 30, cancelAt: null, endsAt: 20 }), 20)
  assert.equal(dueWhilePaused({ resumeAt: 10, cancelAt: 30, endsAt: 20 }), 10)
})

test('a resume within the period goes on, one after it starts a new period', () => {
  const paused = {
    startAt: day('2026-01-31'),
    currentPeriodEnd: day('2026-02-28'),
    cancelAt: null,
    endsAt: null,
  }
  assert.deepEqual(planResume(paused, day('2026-02-27')), { kind: 'goes_on', dueAt: day('2026-02-28') })
  const [at, later] = [day('2026-02-28'), day('2026-05-05')]
  assert.deepEqual(planResume(paused, at), { kind: 'restarts', anchoredAt: at })
  assert.deepEqual(planResume(paused, later), { kind: 'restarts', anchoredAt: later })
  const ending = { ...paused, endsAt: day('2026-02-20') }
  assert.deepEqual(planResume(ending, day('2026-02-10')), { kind: 'goes_on', dueAt: day('2026-02-20') })
  const unborn = { ...paused, currentPeriodEnd: null }
  assert.deepEqual(planResume(unborn, day('2026-01-01')), { kind: 'goes_on', dueAt: day('2026-01-31') })
  assert.equal(planResume(unborn, day('2026-02-01')).kind, 'restarts')
})

test('a trial of another plan counts from the first start, and is over at once where that has passed (J02)', () => {
  const trial = { start: ms('2024-03-05T12:12:00Z'), end: ms('2024-03-15T12:12:00Z'), zone: 'UTC' }
  const now = day('2024-03-10')
  assert.equal(trialEndAfterChange(trial, { trialDays: 13, now }), ms('2024-03-18T12:12:00Z'))
  assert.equal(trialEndAfterChange(trial, { trialDays: 3, now }), now)
  assert.equal(trialEndAfterChange(trial, { trialDays: 0, now }), trial.end)
})

test('plans are compared by what they cost in the same time', () => {
  const pace = (periodMinor: bigint, interval: Schedule['interval'], intervalCount = 1) => ({
    periodMinor,
    interval,
    intervalCount,
  })
  const year = (periodMinor: bigint, interval: Schedule['interval'], intervalCount = 1): Ratio =>
    worthAYear(pace(periodMinor, interval, intervalCount))
  assert.equal(compare(year(12_900n, 'MONTHLY'), ratio(154_800n)), 0)
  assert.equal(compare(year(100n, 'WEEKLY', 2), ratio(2600n)), 0)
  // A22: 1188.00 a year is less than 129.00 a month.
  assert.ok(isDowngrade(pace(12_900n, 'MONTHLY'), pace(118_800n, 'YEARLY')))
  assert.ok(!isDowngrade(pace(1000n, 'MONTHLY'), pace(3000n, 'QUARTERLY')))
  assert.ok(!isDowngrade(pace(1000n, 'MONTHLY'), pace(1001n, 'MONTHLY')))
})

test('what is canceled is never billed, and a canceled one cannot be canceled: both are errors', () => {
  assert.throws(() => planDue(due({ status: 'CANCELED' })))
  assert.throws(() =>
    planCancellation(
      { status: 'CANCELED', currentPeriodEnd: null, trialEnd: null },
      { cancelAt: 'now', now: day('2026-02-10') },
    ),
  )
})

test('a start without a trial is due at its start, past or future; a trial that ends early is due then', () => {
  const startedAt = ms('2026-01-17T09:30:00Z')
  assert.deepEqual(planStart({ startedAt, trialDays: 0, zone: 'UTC', endsAt: null }), {
    status: 'ACTIVE',
    trialStart: null,
    trialEnd: null,
    anchoredAt: startedAt,
    dueAt: startedAt,
  })
  const endsAt = day('2026-01-20')
  assert.equal(planStart({ startedAt, trialDays: 14, zone: 'UTC', endsAt }).dueAt, endsAt)
})

test('an end date at noon bills the day it is on, one at midnight does not', () => {
  const shareAt = (end: string): Ratio => {
    const plan = planDue(due({ endsAt: ms(end) }))
    assert.ok(plan.kind === 'bill')
    assert.equal(plan.period.to, ms(end))
    return plan.share
  }
  // The second period is 28 February to 31 March: 31 days.
  assert.equal(compare(shareAt('2026-03-10T00:00:00Z'), ratio(10n, 31n)), 0)
  assert.equal(compare(shareAt('2026-03-10T12:00:00Z'), ratio(11n, 31n)), 0)
  assert.equal(compare(shareAt('2026-02-28T12:00:00Z'), ratio(1n, 31n)), 0)
})

/** Bills a subscription from its start until it ends or nothing is due before `until`. */
function live(input: {
  schedule: Schedule
  status: 'TRIALING' | 'ACTIVE'
  cancelAt: number | null
  endsAt: number | null
  dueAt: number
  until: number
}): { periods: Period[]; end: number | null } {
  const periods: Period[] = []
  let { status, dueAt }: { status: SubscriptionStatus; dueAt: number } = input
  let periodIndex = -1
  while (dueAt < input.until) {
    const plan = planDue({ ...input, status, periodIndex, dueAt })
    if (plan.kind === 'end') return { periods, end: plan.at }
    assert.ok(plan.kind === 'bill')
    assert.equal(plan.activates, periods.length === 0 && input.status === 'TRIALING')
    assert.equal(plan.at, plan.period.from)
    assert.ok(plan.nextDueAt > dueAt, 'a run always gets further')
    assert.ok(compare(plan.share, ratio(0n)) > 0 && compare(plan.share, ratio(1n)) <= 0)
    periods.push(plan.period)
    ;[status, dueAt, periodIndex] = [plan.status, plan.nextDueAt, plan.period.index]
  }
  return { periods, end: null }
}

test('every life is billed from its start, without a gap, once, and never past its end', () => {
  const anyLife = fc.record({
    interval: fc.constantFrom('DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const, 'QUARTERLY' as const),
    intervalCount: fc.integer({ min: 1, max: 3 }),
    anchor: fc.constantFrom('ANNIVERSARY' as const, 'CALENDAR' as const),
    zone: fc.constantFrom('UTC', 'Africa/Kampala', 'Africa/Cairo', 'America/New_York', 'Asia/Kolkata'),
    startedAt: fc.integer({ min: day('2023-01-01'), max: day('2026-01-01') }),
    trialDays: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 })),
    canceledAfter: fc.option(fc.integer({ min: 0, max: 5 })),
    endsAfterMs: fc.option(fc.integer({ min: 1, max: 200 * dayMs })),
  })
  fc.assert(
    fc.property(anyLife, ({ startedAt, trialDays, canceledAfter, endsAfterMs, ...terms }) => {
      const endsAt = endsAfterMs === null ? null : startedAt + endsAfterMs
      const start = planStart({ startedAt, trialDays, zone: terms.zone, endsAt })
      const schedule: Schedule = { ...terms, start: start.anchoredAt }
      const base = {
        schedule,
        status: start.status,
        endsAt,
        dueAt: start.dueAt,
        until: startedAt + 400 * dayMs,
      }
      const uncut = live({ ...base, endsAt: null, dueAt: start.anchoredAt, cancelAt: null })
      // A cancellation takes effect at the end of a period that has been billed, or of the trial.
      const cancelAt =
        canceledAfter === null
          ? null
          : canceledAfter === 0
            ? start.trialEnd
            : (uncut.periods[canceledAfter - 1]?.to ?? null)
      const { periods, end } = live({ ...base, cancelAt })

      const last = Math.min(cancelAt ?? Infinity, endsAt ?? Infinity)
      if (last < base.until) assert.equal(end, last)
      let before = start.anchoredAt
      for (const [index, { from, to }] of periods.entries()) {
        assert.equal(from, before)
        assert.ok(from < to && from < last && to <= (endsAt ?? Infinity))
        assert.equal(from, uncut.periods[index]?.from, 'what ends does not move what comes before it')
        before = to
      }
      if (end !== null && periods.length > 0) assert.equal(before, end)
      if (end !== null && end <= start.anchoredAt)
        assert.equal(periods.length, 0, 'a canceled trial bills nothing')
    }),
    { numRuns: 3000 },
  )
})

test('a day of an anniversary is a whole one, though it starts in the evening; of the calendar it is a stub', () => {
  const first = (anchor: Schedule['anchor']): Ratio => {
    const start = ms('2026-01-31T18:00:00Z')
    const schedule: Schedule = { ...monthly(start), interval: 'DAILY', anchor }
    const plan = planDue(due({ schedule, periodIndex: -1, dueAt: start }))
    assert.ok(plan.kind === 'bill' && plan.period.to === day('2026-02-01'))
    return plan.share
  }
  assert.equal(compare(first('ANNIVERSARY'), ratio(1n)), 0)
  assert.equal(compare(first('CALENDAR'), ratio(1n, 4n)), 0)
})

test('a cancellation set within a period never shortens what is billed, and is acted on when it comes', () => {
  const plan = planDue(due({ cancelAt: day('2026-03-10') }))
  assert.ok(plan.kind === 'bill')
  assert.deepEqual([plan.period.to, plan.nextDueAt], [day('2026-03-31'), day('2026-03-10')])
  assert.equal(compare(plan.share, ratio(1n)), 0)
  const end = planDue(due({ cancelAt: day('2026-03-10'), periodIndex: 1, dueAt: plan.nextDueAt }))
  assert.deepEqual(end, { kind: 'end', at: day('2026-03-10') })
})

test('the end of a period that has passed is no end to wait for', () => {
  const over = { status: 'ACTIVE', currentPeriodEnd: day('2026-02-28'), trialEnd: null } as const
  for (const now of [day('2026-02-28'), day('2026-03-05')])
    assert.deepEqual(planCancellation(over, { cancelAt: 'period_end', now }), { kind: 'now', at: now })
})

test('the period that one was in elsewhere is found by its days, whatever their hours, and nothing else is', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('DAILY' as const, 'WEEKLY' as const, 'MONTHLY' as const, 'YEARLY' as const),
      fc.constantFrom('ANNIVERSARY' as const, 'CALENDAR' as const),
      fc.constantFrom('UTC', 'Africa/Cairo', 'America/New_York'),
      fc.integer({ min: day('2024-01-01') / 60_000, max: day('2026-01-01') / 60_000 }),
      fc.nat(40),
      fc.integer({ min: 0, max: 22 * 60 }),
      (interval, anchor, zone, startMinutes, index, minutes) => {
        const schedule: Schedule = { interval, intervalCount: 1, anchor, zone, start: startMinutes * 60_000 }
        const period = nthPeriod(schedule, index)
        const within = (at: number): number =>
          index === 0 && at === period.from ? at : at + minutes * 60_000
        const found = planTakeover(schedule, { from: within(period.from), to: within(period.to) })
        assert.deepEqual(found, { kind: 'period', period })
        const late = planTakeover(schedule, { from: within(period.from), to: period.to + 2 * dayMs })
        assert.deepEqual(late, { kind: 'other_end', period })
        if (period.to - period.from < 3 * dayMs) return
        assert.deepEqual(planTakeover(schedule, { from: period.from + 2 * dayMs, to: null }), {
          kind: 'no_period',
          around: period,
        })
      },
    ),
    { numRuns: 2000 },
  )
  const hourly: Schedule = { ...monthly(ms('2026-01-01T00:30:00Z')), interval: 'HOURLY' }
  assert.equal(planTakeover(hourly, { from: ms('2026-01-01T05:30:00Z'), to: null }).kind, 'period')
  assert.equal(planTakeover(hourly, { from: ms('2026-01-01T05:31:00Z'), to: null }).kind, 'no_period')
  assert.deepEqual(planTakeover(hourly, { from: ms('2025-12-31T05:30:00Z'), to: null }), {
    kind: 'no_period',
    around: undefined,
  })
})

test('a clock time that summer time skips is the next instant, one that comes twice the first', () => {
  const at = (local: string): string =>
    Temporal.Instant.fromEpochMilliseconds(instantOfLocal('Europe/Berlin', ms(`${local}Z`))).toString()
  assert.equal(at('2026-03-29T02:30:00'), '2026-03-29T01:00:00Z')
  assert.equal(at('2026-03-29T03:00:00'), '2026-03-29T01:00:00Z')
  assert.equal(at('2026-10-25T02:30:00'), '2026-10-25T00:30:00Z')
})
