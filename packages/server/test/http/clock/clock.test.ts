import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock as clockLoop } from '../../../src/slices/clock/index.ts'
import { runClock } from '../../../src/slices/clock/run.ts'
import { publicId } from '../../../src/ids.ts'
import { invoicesOf, newPlan, subscribe } from '../../billing-story.ts'
import { type TestTenant, newTenant, startServer } from '../../harness.ts'
import { collect, eventsOf, get, payingCustomer, rows } from '../../payment-story.ts'

const server = await startServer()

async function setClock(tenant: TestTenant, body: object, headers?: Record<string, string>) {
  const id = publicId('environment', tenant.testEnvironmentId)
  return tenant.session('POST', `/tenants/me/environments/${id}/clock`, body, headers)
}

async function moved(tenant: TestTenant, body: object) {
  const { status, body: environment, text } = await setClock(tenant, body)
  assert.equal(status, 200, text)
  return environment.clock
}

/** A tenant whose test clock stands at an instant, with a monthly subscription that pays. */
async function standing(at: string, token = 'sandbox_succeeds', body: object = {}) {
  const tenant = await newTenant(server)
  await moved(tenant, { now: at })
  const { customer } = await payingCustomer(tenant.test, token, { timezone: 'UTC' })
  const subscription = await subscribe(tenant.test, { customerId: customer.id, ...body })
  return { tenant, as: tenant.test, customer, subscription }
}

test('a test environment follows real time until its clock is set, and then stands still', async () => {
  const tenant = await newTenant(server)
  const shown = async () =>
    (await get(tenant.session, '/tenants/me/environments')).data.find(
      (one: { kind: string }) => one.kind === 'TEST',
    ).clock
  assert.deepEqual([(await shown()).followsRealTime, (await shown()).status], [true, 'IDLE'])
  const clock = await moved(tenant, { now: '2026-01-31T10:00:00Z' })
  assert.deepEqual(clock, {
    now: '2026-01-31T10:00:00.000Z',
    followsRealTime: false,
    target: '2026-01-31T10:00:00.000Z',
    status: 'IDLE',
    progress: 1,
    error: null,
  })
  server.clock.advance({ minutes: 40 })
  assert.equal((await shown()).now, '2026-01-31T10:00:00.000Z')
})

test('a year goes by in one call: twelve months are billed and paid at their own instants, 31 January to 31 January', async () => {
  const { tenant, as, subscription } = await standing('2026-01-31T10:00:00Z')
  await collect(server)
  assert.equal((await moved(tenant, { advance: { years: 1 } })).now, '2027-01-31T10:00:00.000Z')
  const invoices = await invoicesOf(as, subscription.id)
  assert.deepEqual(
    invoices.map((one) => one.items[0].periodStart.slice(0, 10)),
    [
      '2026-01-31',
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
      '2026-07-31',
      '2026-08-31',
      '2026-09-30',
      '2026-10-31',
      '2026-11-30',
      '2026-12-31',
      '2027-01-31',
    ],
  )
  for (const invoice of invoices) {
    assert.equal(invoice.status, 'PAID')
    assert.equal(invoice.paidAt, invoice.issuedAt, 'paid when it was issued, as in real time')
    const [payment, ...more] = (await get(as, `/payments?invoiceId=${invoice.id}`)).data
    assert.deepEqual([payment.createdAt, more.length], [invoice.issuedAt, 0])
  }
})

test('thirty times a day is the same as thirty days', async () => {
  const outcome = async (moves: object[]) => {
    const { tenant, as, subscription } = await standing('2026-01-15T08:00:00Z', 'sandbox_pending', {
      planId: undefined,
    })
    const daily = await newPlan(as, { billingInterval: 'DAILY' })
    const { customer } = await payingCustomer(as, 'sandbox_timeout', { timezone: 'Africa/Nairobi' })
    const second = await subscribe(as, { customerId: customer.id, planId: daily.id, trialDays: 3 })
    for (const move of moves) await moved(tenant, move)
    const [one, two] = [await invoicesOf(as, subscription.id), await invoicesOf(as, second.id)]
    const plain = [...one, ...two].map(({ number, status, issuedAt, paidAt, total, items }) => ({
      number,
      status,
      issuedAt,
      paidAt,
      total,
      period: [items[0].periodStart, items[0].periodEnd],
    }))
    const payments = (await get(as, '/payments?limit=100')).data
    const plainPayments = payments
      .map(({ amount, status, createdAt }: Record<string, unknown>) =>
        JSON.stringify({ amount, status, createdAt }),
      )
      .toSorted()
    const types = await rows(
      server,
      'select type, occurred_at, count(*)::int from events where environment_id = $1 group by 1, 2 order by 2, 1',
      [tenant.testEnvironmentId],
    )
    return { plain, plainPayments, types }
  }
  const days = Array.from({ length: 30 }, () => ({ advance: { days: 1 } }))
  const [stepwise, atOnce] = [await outcome(days), await outcome([{ advance: { days: 30 } }])]
  assert.ok(atOnce.plain.length > 28)
  assert.deepEqual(stepwise, atOnce)
})

test('a payment that takes a minute succeeds a minute later by the clock', async () => {
  const { tenant, as, subscription } = await standing('2026-01-15T08:00:00Z', 'sandbox_pending')
  await collect(server)
  const [invoice] = await invoicesOf(as, subscription.id)
  const payment = async () => (await get(as, `/payments?invoiceId=${invoice.id}`)).data[0]
  assert.equal((await payment()).status, 'PROCESSING')
  server.clock.advance({ minutes: 40 })
  await collect(server)
  assert.equal((await payment()).status, 'PROCESSING', 'real time does not count')
  await moved(tenant, { advance: { hours: 1 } })
  assert.equal((await payment()).status, 'SUCCEEDED')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).paidAt, '2026-01-15T08:01:00.000Z')
})

test('what is due now in an environment that stands still is collected at once', async () => {
  const { as, subscription } = await standing('2026-01-15T08:00:00Z', 'sandbox_timeout_not_executed')
  await collect(server)
  const [invoice] = await invoicesOf(as, subscription.id)
  assert.equal(invoice.status, 'PAID')
})

test('a declined renewal makes the subscription PAST_DUE at its instant', async () => {
  const { tenant, as, subscription } = await standing('2026-01-15T08:00:00Z', 'sandbox_declined', {
    trialDays: 10,
  })
  await moved(tenant, { advance: { days: 12 } })
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'PAST_DUE')
  const [invoice] = await invoicesOf(as, subscription.id)
  assert.deepEqual([invoice.status, invoice.issuedAt], ['FAILED', '2026-01-25T08:00:00.000Z'])
  assert.deepEqual(await eventsOf(server, subscription), [
    'subscription.created',
    'subscription.trial_ending',
    'subscription.activated',
    'subscription.past_due',
  ])
})

test('the clock may be set anywhere while there is no subscription, and afterwards only goes forward', async () => {
  const tenant = await newTenant(server)
  await moved(tenant, { now: '2027-01-01T00:00:00Z' })
  assert.equal((await moved(tenant, { now: '2020-01-01T00:00:00Z' })).now, '2020-01-01T00:00:00.000Z')
  await subscribe(tenant.test)
  const back = await setClock(tenant, { now: '2019-12-31T23:59:59Z' })
  assert.deepEqual([back.status, back.body.code], [409, 'clock_backwards'])
  assert.equal((await moved(tenant, { now: '2020-01-01T00:00:00Z' })).now, '2020-01-01T00:00:00.000Z')
})

test('a clock that is set for the first time takes the subscriptions that are there along from real time', async () => {
  const tenant = await newTenant(server)
  const { customer } = await payingCustomer(tenant.test)
  const subscription = await subscribe(tenant.test, { customerId: customer.id })
  const back = await setClock(tenant, { now: '2026-01-01T00:00:00Z' })
  assert.equal(back.body.code, 'clock_backwards')
  await moved(tenant, { advance: { months: 2 } })
  const invoices = await invoicesOf(tenant.test, subscription.id)
  assert.deepEqual(
    invoices.map(({ status }) => status),
    ['PAID', 'PAID', 'PAID'],
  )
  const [left] = await rows(
    server,
    'select count(*)::int as n from subscriptions where environment_id = $1 and not on_test_clock',
    [tenant.testEnvironmentId],
  )
  assert.equal(left?.['n'], 0)
})

test('the clock of a live environment cannot be moved, nor that of another tenant', async () => {
  const tenant = await newTenant(server)
  const other = await newTenant(server)
  const live = await tenant.session(
    'POST',
    `/tenants/me/environments/${publicId('environment', tenant.liveEnvironmentId)}/clock`,
    {
      advance: { days: 1 },
    },
  )
  assert.deepEqual([live.status, live.body.code], [409, 'clock_is_live'])
  const foreign = await other.session(
    'POST',
    `/tenants/me/environments/${publicId('environment', tenant.testEnvironmentId)}/clock`,
    {
      advance: { days: 1 },
    },
  )
  assert.deepEqual([foreign.status, foreign.body.code], [404, 'environment_not_found'])
})

test('either an instant or a way to go is needed', async () => {
  const tenant = await newTenant(server)
  for (const body of [
    {},
    { now: '2026-01-01T00:00:00Z', advance: { days: 1 } },
    { advance: {} },
    { advance: { days: -1 } },
    { now: 'soon' },
  ]) {
    assert.equal((await setClock(tenant, body)).status, 400, JSON.stringify(body))
  }
})

test('a repeat with the same Idempotency-Key does not move the clock again', async () => {
  const tenant = await newTenant(server)
  await moved(tenant, { now: '2026-01-01T00:00:00Z' })
  const key = { 'Idempotency-Key': 'a-day' }
  const first = await setClock(tenant, { advance: { days: 1 } }, key)
  const again = await setClock(tenant, { advance: { days: 1 } }, key)
  assert.deepEqual([first.status, again.status, again.headers.get('idempotent-replayed')], [200, 200, 'true'])
  assert.equal(again.text, first.text)
  assert.equal(again.body.clock.now, '2026-01-02T00:00:00.000Z')
})

test('a clock whose process died is taken up again, once its lease is over', async () => {
  const { tenant, as, subscription } = await standing('2026-01-31T10:00:00Z')
  await rows(
    server,
    `update environments set clock_status = 'RUNNING', clock_target = '2026-04-30T10:00:00Z', clock_from = clock_now where id = $1`,
    [tenant.testEnvironmentId],
  )
  await rows(server, `update clock_runs set lease_until = $2 where environment_id = $1`, [
    tenant.testEnvironmentId,
    server.clock.now().add({ seconds: 30 }).toString(),
  ])
  const busy = await setClock(tenant, { advance: { days: 1 } })
  assert.deepEqual([busy.status, busy.body.code], [409, 'clock_running'])
  assert.equal(await clockLoop.tick(server.deps), false, 'somebody else has the lease')
  assert.equal(await runClock(server.deps, tenant.testEnvironmentId, server.clock.nowMs() + 1000), false)
  server.clock.advance({ seconds: 31 })
  while (await clockLoop.tick(server.deps));
  assert.equal((await invoicesOf(as, subscription.id)).length, 4)
  const [{ clock }] = (await get(tenant.session, '/tenants/me/environments')).data.filter(
    (one: { kind: string }) => one.kind === 'TEST',
  )
  assert.deepEqual([clock.status, clock.now], ['IDLE', '2026-04-30T10:00:00.000Z'])
})

test('two clocks of two tenants, and both loops, do not touch each other', async () => {
  const [one, two] = await Promise.all([standing('2026-01-31T10:00:00Z'), standing('2026-01-31T10:00:00Z')])
  await Promise.all([
    moved(one.tenant, { advance: { months: 3 } }),
    collect(server),
    clockLoop.tick(server.deps),
    moved(two.tenant, { advance: { months: 1 } }),
  ])
  assert.equal((await invoicesOf(one.as, one.subscription.id)).length, 4)
  assert.equal((await invoicesOf(two.as, two.subscription.id)).length, 2)
})

test('a long way is answered with 202 after 30 seconds, shows its progress, and is gone to its end by the loop', async () => {
  const tenant = await newTenant(server)
  await moved(tenant, { now: '2026-01-01T00:00:00Z' })
  const hourly = await newPlan(tenant.test, { billingInterval: 'HOURLY' })
  const subscription = await subscribe(tenant.test, { planId: hourly.id })
  const [answer] = await Promise.all([
    setClock(tenant, { advance: { days: 20 } }),
    server.deps.clock.sleep(700).then(() => server.clock.advance({ seconds: 31 })),
  ])
  assert.equal(answer.status, 202, answer.text)
  const { clock } = answer.body
  assert.deepEqual([clock.status, clock.target], ['RUNNING', '2026-01-21T00:00:00.000Z'])
  assert.ok(clock.progress > 0 && clock.progress < 1, String(clock.progress))
  while (await clockLoop.tick(server.deps));
  const shown = (await get(tenant.session, '/tenants/me/environments')).data.find(
    (one: { kind: string }) => one.kind === 'TEST',
  )
  assert.deepEqual(
    [shown.clock.status, shown.clock.now, shown.clock.progress],
    ['IDLE', '2026-01-21T00:00:00.000Z', 1],
  )
  const invoices = await invoicesOf(tenant.test, subscription.id)
  assert.equal(invoices.length, 20 * 24 + 1)
  assert.deepEqual(new Set(invoices.map((one) => one.items[0].periodStart)).size, invoices.length)
})

test('a subscription that cannot be billed stops the clock, which says which one it is', async () => {
  const { tenant, subscription } = await standing('2026-01-31T10:00:00Z')
  await rows(server, `update subscriptions set timezone = 'No/Where' where environment_id = $1`, [
    tenant.testEnvironmentId,
  ])
  const { status, body } = await setClock(tenant, { advance: { months: 2 } })
  assert.deepEqual([status, body.clock.status], [200, 'FAILED'])
  assert.ok(body.clock.error.includes(subscription.id), body.clock.error)
  assert.equal(body.clock.now, '2026-02-28T00:00:00.000Z')
})
