import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { publicId } from '../../src/ids.ts'
import { billingRun } from '../../src/slices/billing-run/index.ts'
import { collection } from '../../src/slices/collection/index.ts'
import { dunningLoop } from '../../src/slices/dunning/index.ts'
import { overdueLoop } from '../../src/slices/invoices/index.ts'
import { heldInvoicesLoop, trialEndingLoop } from '../../src/slices/subscriptions/index.ts'
import { recognition } from '../../src/slices/recognition/index.ts'
import { newCustomer } from '../billing-story.ts'
import { everythingHolds } from '../credit-story.ts'
import { type TestTenant, newTenant, standingClock, startServer } from '../harness.ts'
import { act, planOf } from '../life-story.ts'
import { newMethod, rows } from '../payment-story.ts'

const start = '2026-01-31T10:00:00Z'
const end = '2027-02-01T10:00:00Z'
const clock = standingClock(start)
const server = await startServer({ clock })

/**
 * Lives of many kinds; what is done to them at the start takes effect on the way. None of them pays by a token whose answer
 * gets lost: such a payment is asked about at once on a test clock, and a second later on real time.
 */
const lives: readonly {
  plan: object
  minor: number
  zone?: string
  pays?: string
  terms?: number
  body?: object
  asks?: readonly [string, object]
  changesTo?: { minor: number; plan: object }
}[] = [
  { plan: {}, minor: 4999, pays: 'sandbox_succeeds' },
  { plan: { billingInterval: 'WEEKLY' }, minor: 777, zone: 'Africa/Nairobi', pays: 'sandbox_pending' },
  {
    plan: { billingInterval: 'QUARTERLY' },
    minor: 30_001,
    zone: 'America/New_York',
    pays: 'sandbox_succeeds',
  },
  { plan: { billingInterval: 'YEARLY' }, minor: 99_999, zone: 'Asia/Kolkata', terms: 7 },
  {
    plan: {},
    minor: 3100,
    zone: 'America/New_York',
    body: { billingAnchor: 'CALENDAR' },
    pays: 'sandbox_declined',
  },
  { plan: {}, minor: 1500, body: { trialDays: 14 }, pays: 'sandbox_pending' },
  { plan: { trialDays: 10 }, minor: 2500, zone: 'Africa/Cairo', terms: 0, body: { quantity: 3 } },
  { plan: {}, minor: 1001, body: { endDate: '2026-07-15' }, pays: 'sandbox_succeeds' },
  { plan: {}, minor: 1002, pays: 'sandbox_succeeds', asks: ['cancel', { cancelAt: 'period_end' }] },
  {
    plan: {},
    minor: 1003,
    asks: ['pause', { creditUnused: true, resumeAt: '2026-02-14T12:00:00Z' }],
    terms: 3,
  },
  { plan: {}, minor: 1004, asks: ['pause', { resumeAt: '2026-05-20' }], pays: 'sandbox_succeeds' },
  {
    plan: { billingInterval: 'DAILY', intervalCount: 9 },
    minor: 1005,
    pays: 'sandbox_pending',
    zone: 'America/New_York',
  },
  {
    plan: {},
    minor: 5000,
    pays: 'sandbox_succeeds',
    changesTo: { minor: 4000, plan: { billingInterval: 'WEEKLY', intervalCount: 2 } },
  },
  { plan: {}, minor: 6000, changesTo: { minor: 2000, plan: {} }, terms: 45 },
  { plan: {}, minor: 900, body: { startDate: '2026-03-03T07:30:00Z' }, pays: 'sandbox_declined' },
]

async function begin(): Promise<TestTenant> {
  const tenant = await newTenant(server, { timezone: 'Africa/Nairobi' })
  const as = tenant.test
  for (const [place, { plan, minor, zone = 'UTC', pays, terms, body, asks, changesTo }] of lives.entries()) {
    const { id: planId } = await planOf(as, minor, { code: `plan-${place}`, ...plan })
    const { id: customerId } = await newCustomer(as, {
      email: `life${place}@example.com`,
      currency: 'KES',
      timezone: zone,
      ...(terms === undefined ? {} : { netPaymentTerms: terms }),
    })
    if (pays !== undefined) await newMethod(as, customerId, pays)
    const { id } = await act(
      as,
      '/subscriptions',
      { customerId, planId, externalId: `life-${place}`, ...body },
      201,
    )
    if (asks) await act(as, `/subscriptions/${id}/${asks[0]}`, asks[1])
    if (changesTo) {
      const { id: newPlanId } = await planOf(as, changesTo.minor, {
        code: `next-${place}`,
        ...changesTo.plan,
      })
      await act(as, `/subscriptions/${id}/change-plan`, { newPlanId, effective: 'period_end' })
    }
  }
  return tenant
}

const loops = [
  trialEndingLoop,
  billingRun,
  heldInvoicesLoop,
  dunningLoop,
  collection,
  overdueLoop,
  recognition,
]

const owner = new pg.Client({ connectionString: server.databaseUrl })
await owner.connect()
after(() => owner.end())

/** A worker that never sleeps: whatever falls due is done at its very instant, and every day is seen. */
async function live(environmentId: string): Promise<void> {
  const until = Temporal.Instant.from(end)
  let day = Temporal.Instant.from(start)
  for (;;) {
    for (let found = true; found;) {
      found = false
      for (const loop of loops) while (await loop.tick(server.deps)) found = true
    }
    if (Temporal.Instant.compare(clock.now(), until) >= 0) return
    const {
      rows: [due],
    } = await owner.query(
      `select min(at) as at from (
         select due_at as at from subscriptions where environment_id = $1
         union all select due_at from payments where environment_id = $1
         union all select due_at from refunds where environment_id = $1
         union all select due_at from dunnings where environment_id = $1
         union all select trial_notice_at from subscriptions where environment_id = $1
         union all select finalize_at from invoices where environment_id = $1 and status = 'DRAFT'
         union all select overdue_at from invoices where environment_id = $1 and status in ('PENDING', 'FAILED')
       ) due where at > $2`,
      [environmentId, clock.now().toString()],
    )
    while (Temporal.Instant.compare(day, clock.now()) <= 0) day = day.add({ hours: 24 })
    const next =
      due?.['at'] instanceof Date ? Temporal.Instant.fromEpochMilliseconds(due['at'].getTime()) : until
    clock.set([next, day, until].reduce((a, b) => (Temporal.Instant.compare(b, a) < 0 ? b : a)).toString())
  }
}

/** All that has become of the lives, in words that do not depend on ids. */
async function become(environmentId: string) {
  const ask = async (query: string) =>
    (await rows(server, query, [environmentId])).map((row) => JSON.stringify(row))
  const name = `c.email, coalesce(s.external_id, '') as life`
  const joined = `left join subscriptions s on s.environment_id = x.environment_id and s.id = x.subscription_id
    join customers c on c.environment_id = x.environment_id and c.id = x.customer_id where x.environment_id = $1`
  return {
    subscriptions: await ask(
      `select external_id, status, quantity, period_index, anchored_at, current_period_start, current_period_end,
         trial_end, cancel_at, canceled_at, paused_at, due_at, created_at, updated_at
       from subscriptions where environment_id = $1 order by 1`,
    ),
    invoices: await ask(
      `select ${name}, x.number, x.kind, x.status, x.total_minor, x.paid_minor, x.credited_minor, x.period_start,
         x.period_end, x.issued_at, x.due_date, x.paid_at, x.voided_at, x.created_at, x.updated_at
       from invoices x ${joined} order by number`,
    ),
    lines: await ask(
      `select i.number, l.description, l.quantity, l.unit_amount, l.amount_minor, l.period_start, l.period_end, l.derivation
       from invoice_lines l join invoices i on i.environment_id = l.environment_id and i.id = l.invoice_id
       where l.environment_id = $1 order by i.number, l.position`,
    ),
    creditNotes: await ask(
      `select ${name}, x.number, x.total_minor, x.settled_minor, x.balance_minor, x.created_at from credit_notes x ${joined}
       order by number`,
    ),
    payments: await ask(
      `select i.number, p.status, p.amount_minor, p.failure_code, p.created_at, p.updated_at
       from payments p join invoices i on i.environment_id = p.environment_id and i.id = p.invoice_id
       where p.environment_id = $1 order by i.number, p.created_at`,
    ),
    ledger: await ask(
      `select account, amount_minor, document_kind, occurred_at, count(*)::int from ledger_entries
       where environment_id = $1 group by 1, 2, 3, 4 order by 4, 3, 1, 2`,
    ),
    events: await ask(
      `select type, occurred_at, coalesce(body->>'externalId', body->>'number', body->>'email', body->>'amount') as what,
         body->>'status' as status
       from events where environment_id = $1 order by occurred_at, type, what, status`,
    ),
    /** What a subscriber of one resource hears, in the order it hears it. */
    told: await ask(
      `select coalesce(s.external_id, i.number) as what, string_agg(e.type || ' ' || e.occurred_at, ', ' order by e.transaction, e.id) as types
       from events e
       left join subscriptions s on s.environment_id = e.environment_id and s.id = e.resource_id
       left join invoices i on i.environment_id = e.environment_id and i.id = e.resource_id
       where e.environment_id = $1 and (s.id is not null or i.id is not null) group by 1 order by 1`,
    ),
  }
}

/** Where two accounts part, in both their words. */
function firstDifference(a: readonly string[], b: readonly string[]): string | undefined {
  const place = Array.from({ length: Math.max(a.length, b.length) }, (_, index) => index).find(
    (index) => a[index] !== b[index],
  )
  return place === undefined ? undefined : `${a[place]}\n${b[place]}`
}

test('a clock that is moved a year gives exactly what a year gives: documents, amounts, instants, payments, books, and the order of it all', async () => {
  const moved = await begin()
  const path = `/tenants/me/environments/${publicId('environment', moved.testEnvironmentId)}/clock`
  assert.equal((await moved.session('POST', path, { now: start })).status, 200)
  const { status, body, text } = await moved.session('POST', path, { now: end })
  assert.equal(status, 200, text)
  assert.equal(body.clock.status, 'IDLE')

  const lived = await begin()
  await live(lived.testEnvironmentId)
  assert.equal(clock.now().toString(), end)

  const [byClock, byTime] = [await become(moved.testEnvironmentId), await become(lived.testEnvironmentId)]
  for (const part of [
    'subscriptions',
    'invoices',
    'lines',
    'creditNotes',
    'payments',
    'ledger',
    'events',
    'told',
  ] as const)
    assert.equal(firstDifference(byClock[part], byTime[part]), undefined, part)

  const { invoices, payments, events } = byClock
  assert.ok(invoices.length > 200 && payments.length > 100 && events.length > 1000)
  await everythingHolds(server)
})

test('what happens on the way of a clock is told in the order in which it fell due', async () => {
  const found = await rows(
    server,
    `select type, occurred_at from events e
     where environment_id in (select id from environments where clock_now is not null)
     order by transaction, id`,
  )
  const instants = found.map(({ occurred_at: at }) => Number(at))
  assert.ok(instants.length > 1000)
  const late = found.filter((_, index) => (instants[index] ?? 0) < (instants[index - 1] ?? 0))
  assert.deepEqual(late, [])
})
