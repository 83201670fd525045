import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { boot } from '../../../src/boot.ts'
import type { Deps } from '../../../src/deps.ts'
import { billEnvironment } from '../../../src/slices/billing-run/index.ts'
import { tick } from '../../../src/slices/billing-run/run.ts'
import { newTenant, startServer } from '../../harness.ts'
import {
  asOwner,
  eventsOf,
  invoicesOf,
  newCustomer,
  newPlan,
  runBilling,
  subscribe,
} from '../../billing-story.ts'
import { parseId } from '../../../src/ids.ts'

const server = await startServer({ start: '2026-01-31T09:00:00Z' })
const at = (instant: string): void => server.clock.set(instant)

test('a subscription that cannot be billed never stops the others, is tried again, and at last set aside', async () => {
  at('2026-03-01T00:00:00Z')
  const { live } = await newTenant(server)
  const good = await Promise.all(Array.from({ length: 7 }, () => subscribe(live)))
  const bad = await subscribe(live)
  // A zone that no longer exists cannot be computed with.
  await asOwner(server, `update subscriptions set timezone = 'Mars/Olympus' where id = $1`, [
    parseId('subscription', bad.id),
  ])
  at('2026-04-01T00:00:00Z')
  await runBilling(server)
  for (const { id } of good) assert.equal((await invoicesOf(live, id)).length, 2)
  assert.equal((await invoicesOf(live, bad.id)).length, 1)
  const state = () =>
    asOwner<{ attempt: number; parked_reason: string | null }>(
      server,
      'select attempt, parked_reason from subscriptions where id = $1',
      [parseId('subscription', bad.id)],
    )
  assert.deepEqual(
    (await state()).map(({ attempt, parked_reason }) => [attempt, parked_reason]),
    [[1, null]],
  )
  for (const moment of [
    '2026-04-01T00:02:00Z',
    '2026-04-01T00:10:00Z',
    '2026-04-01T01:00:00Z',
    '2026-04-01T06:00:00Z',
    '2026-04-02T06:00:00Z',
  ]) {
    at(moment)
    await runBilling(server)
  }
  const [parked] = await state()
  assert.equal(parked?.attempt, 5)
  assert.match(parked?.parked_reason ?? '', /time zone/)
  // A new process tries it again, and counts on.
  await tick({ ...server.deps })
  assert.deepEqual(
    (await state()).map(({ attempt, parked_reason }) => [attempt, parked_reason]),
    [[2, null]],
  )
  assert.equal(
    (await live('POST', `/subscriptions/${bad.id}/cancel`, { cancelAt: 'now' })).body.status,
    'CANCELED',
  )
})

test('one that failed and can be billed again gets every period it missed, with its own dates', async () => {
  at('2026-05-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await subscribe(live, {}, { plan: { billingInterval: 'DAILY' } })
  const uuid = parseId('subscription', id)
  await asOwner(server, `update subscriptions set timezone = 'Mars/Olympus' where id = $1`, [uuid])
  at('2026-05-02T00:00:00Z')
  await runBilling(server)
  await asOwner(server, `update subscriptions set timezone = 'UTC' where id = $1`, [uuid])
  at('2026-05-04T00:00:00Z')
  await runBilling(server)
  assert.deepEqual(
    (await invoicesOf(live, id)).slice(1).map(({ issuedAt }) => issuedAt),
    ['02', '03', '04'].map((day) => `2026-05-${day}T00:00:00.000Z`),
  )
  const [row] = await asOwner<{ attempt: number }>(
    server,
    'select attempt from subscriptions where id = $1',
    [uuid],
  )
  assert.equal(row?.attempt, 0)
})

test('a batch whose process died counts as an attempt of its subscriptions, and they are billed once', async () => {
  at('2026-06-01T00:00:00Z')
  const { live, liveEnvironmentId } = await newTenant(server)
  const { id } = await subscribe(live)
  const uuid = parseId('subscription', id)
  at('2026-07-01T00:00:00Z')
  await asOwner(server, 'insert into billing_batches values ($1, $2, $3, $4)', [
    liveEnvironmentId,
    server.deps.ids.next(),
    [uuid],
    '2026-06-30T23:59:00Z',
  ])
  await tick(server.deps)
  assert.deepEqual(await asOwner(server, 'select 1 from billing_batches'), [])
  await runBilling(server)
  assert.equal((await invoicesOf(live, id)).length, 2)
  const [row] = await asOwner<{ attempt: number }>(
    server,
    'select attempt from subscriptions where id = $1',
    [uuid],
  )
  assert.equal(row?.attempt, 0)
})

test('what is due on a test clock waits for that clock, and is billed in the order it falls due', async () => {
  at('2026-08-01T00:00:00Z')
  const { test: key, testEnvironmentId } = await newTenant(server)
  await asOwner(server, `update environments set clock_now = '2030-01-31T00:00:00Z' where id = $1`, [
    testEnvironmentId,
  ])
  const a = await subscribe(key)
  const b = await subscribe(key, {}, { plan: { billingInterval: 'WEEKLY' } })
  assert.equal(a.createdAt, '2030-01-31T00:00:00.000Z')
  at('2026-12-01T00:00:00Z')
  await runBilling(server)
  assert.equal((await invoicesOf(key, a.id)).length, 1)
  const issued = await billEnvironment(
    server.deps,
    testEnvironmentId,
    Temporal.Instant.from('2030-03-31T00:00:00Z'),
  )
  assert.equal(issued, 2 + 8)
  assert.deepEqual(
    (await invoicesOf(key, a.id)).map(({ issuedAt }) => issuedAt.slice(0, 10)),
    ['2030-01-31', '2030-02-28', '2030-03-31'],
  )
  assert.equal((await invoicesOf(key, b.id)).length, 9)
})

/** What another process of this installation would have: pools of its own, on the same database and time. */
async function anotherProcess(): Promise<Deps> {
  const { deps, close } = await boot({ ...server.deps.config, DATABASE_URL: server.databaseUrl }, server.deps)
  after(close)
  return deps
}

test('billing runs in parallel, at any moments over three days, invoice each period exactly once', async () => {
  at('2026-01-31T09:00:00Z')
  const tenants = await Promise.all([newTenant(server), newTenant(server), newTenant(server)])
  const processes = [server.deps, await anotherProcess(), await anotherProcess()]
  const subscriptions: { tenant: (typeof tenants)[number]; id: string }[] = []
  for (const tenant of tenants) {
    const plan = await newPlan(tenant.live, { billingInterval: 'HOURLY' })
    for (let count = 0; count < 12; count++) {
      const customer = await newCustomer(tenant.live, { currency: 'KES' })
      const { id } = await subscribe(tenant.live, {
        planId: plan.id,
        customerId: customer.id,
        startDate: '2026-01-31T09:00:00Z',
      })
      subscriptions.push({ tenant, id })
    }
  }
  for (const moment of [
    '2026-01-31T10:20:00Z',
    '2026-02-01T03:00:00Z',
    '2026-02-01T03:00:01Z',
    '2026-02-03T09:30:00Z',
  ]) {
    at(moment)
    await Promise.all([...processes, ...processes].map((deps) => runBilling({ deps })))
  }
  for (const { tenant, id } of subscriptions) {
    const starts = (await invoicesOf(tenant.live, id)).map(({ items }) => items[0].periodStart)
    assert.equal(starts.length, 73)
    assert.equal(new Set(starts).size, 73)
    assert.equal((await eventsOf(server, id)).filter((type) => type === 'subscription.renewed').length, 72)
  }
  for (const { liveEnvironmentId } of tenants) {
    const numbers = await asOwner<{ number: string }>(
      server,
      'select number from invoices where environment_id = $1 order by number',
      [liveEnvironmentId],
    )
    assert.deepEqual(
      numbers.map(({ number }) => number),
      numbers.map((_, index) => `INV-2026-${String(index + 1).padStart(6, '0')}`),
    )
    assert.equal(numbers.length, 12 * 73)
  }
  assert.deepEqual(await asOwner(server, 'select 1 from billing_batches'), [])
})
