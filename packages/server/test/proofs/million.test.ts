import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { buildApp } from '../../src/app.ts'
import { boot } from '../../src/boot.ts'
import { createLog } from '../../src/log.ts'
import { collection } from '../../src/slices/collection/index.ts'
import { overdueLoop } from '../../src/slices/invoices/index.ts'
import { recognition } from '../../src/slices/recognition/index.ts'
import { tick } from '../../src/slices/billing-run/run.ts'
import { invoicesOf, newCustomer } from '../billing-story.ts'
import { type Caller, type TestServer, caller, newTenant, startServer } from '../harness.ts'
import { act, planOf } from '../life-story.ts'
import { get, newMethod, rows } from '../payment-story.ts'
import { copyTo, largeTables } from './million.ts'

const subscriptions = 1_000_000
/** Rows of a large table that one call, or one turn of the worker, may look at: far from an environment's 100,000. */
const most = 2000

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const { test: as, testKey, accessToken, testEnvironmentId } = await newTenant(server)
const planId = (await planOf(as, 3000)).id
const dearer = (await planOf(as, 4000)).id
const yearly = (await planOf(as, 40_000, { billingInterval: 'YEARLY' })).id

async function subscribe(body: object = {}): Promise<{ id: string; customerId: string }> {
  const { id: customerId } = await newCustomer(as, { currency: 'KES', timezone: 'UTC' })
  await newMethod(as, customerId)
  return act(as, '/subscriptions', { customerId, planId, ...body }, 201)
}

const original = await subscribe()
while (await collection.tick(server.deps));
while (await recognition.tick(server.deps));
// Copies fall due long after the test.
await rows(server, `update subscriptions set due_at = '2030-01-01' where environment_id = $1`, [
  testEnvironmentId,
])
await copyTo(server, subscriptions, { ...original, environmentId: testEnvironmentId })
const [all] = await rows(server, 'select count(*)::int as n from subscriptions')
assert.equal(all?.['n'], subscriptions + 1)
const mine = await Promise.all(Array.from({ length: 12 }, () => subscribe()))
while (await collection.tick(server.deps));

type Reads = { readonly table: string; readonly sequential: number; readonly byIndex: number }

const readSoFar = async (): Promise<Reads[]> =>
  (
    await rows(
      server,
      `select t.relname as table, t.seq_tup_read::float8 as sequential,
         (select sum(i.idx_tup_read)::float8 from pg_stat_user_indexes i where i.relid = t.relid) as by_index
       from pg_stat_user_tables t where t.relname = any ($1) order by 1`,
      [largeTables],
    )
  ).map(({ table, sequential, by_index }) => ({
    table: String(table),
    sequential: Number(sequential),
    byIndex: Number(by_index),
  }))

/** Does something in a process of its own, whose connections say what they have read when they end. */
async function reads(work: (as: Caller, own: TestServer) => Promise<unknown>): Promise<Reads[]> {
  const held = await connections()
  const before = await readSoFar()
  const config = { ...server.deps.config, DATABASE_URL: server.databaseUrl }
  const { deps, close } = await boot(config, { clock: server.clock, log: createLog('silent') })
  const app = await buildApp(deps)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const own = { ...server, deps, origin, api: `${origin}/api` }
  try {
    await work(caller(own, testKey), own)
  } finally {
    await app.close()
    await close()
  }
  while ((await connections()) > held) await server.deps.clock.sleep(20)
  return (await readSoFar()).map(({ table, sequential, byIndex }, place) => ({
    table,
    sequential: sequential - (before[place]?.sequential ?? 0),
    byIndex: byIndex - (before[place]?.byIndex ?? 0),
  }))
}

/** How many connections the program holds. A backend reports its last counts when it ends, a moment after its client. */
async function connections(): Promise<number> {
  const [found] = await rows(
    server,
    `select count(*)::int as n from pg_stat_activity
     where datname = current_database() and application_name like 'novabilling%'`,
  )
  return Number(found?.['n'])
}

const calls: Record<string, (as: Caller, own: TestServer) => Promise<unknown>> = {
  'a subscription is read, and those of a customer are listed': async (as) => {
    await get(as, `/subscriptions/${original.id}`)
    await get(as, `/subscriptions?customerId=${original.customerId}`)
    await get(as, `/customers/${original.customerId}`)
  },
  'the invoices, payments and credit notes of a subscription are listed': async (as) => {
    await get(as, `/invoices?subscriptionId=${original.id}`)
    await get(as, `/customers/${original.customerId}/invoices`)
    await get(as, `/payments?customerId=${original.customerId}`)
    await get(as, `/credit-notes?subscriptionId=${original.id}`)
  },
  'a customer subscribes': (as) =>
    newCustomer(as, { currency: 'KES', timezone: 'UTC' }).then(({ id: customerId }) =>
      act(as, '/subscriptions', { customerId, planId }, 201),
    ),
  'a plan is changed now, and at the end of the period, with another interval': async (as) => {
    await act(as, `/subscriptions/${mine[0]?.id}/change-plan`, { newPlanId: dearer })
    await act(as, `/subscriptions/${mine[0]?.id}/change-plan`, { newPlanId: planId })
    await act(as, `/subscriptions/${mine[1]?.id}/change-plan`, { newPlanId: yearly, effective: 'now' })
  },
  'a change is previewed': (as) =>
    act(as, `/subscriptions/${mine[2]?.id}/preview`, { changePlan: { newPlanId: dearer } }),
  'a quantity is raised and lowered': async (as) => {
    for (const quantity of [5, 2]) await as('PATCH', `/subscriptions/${mine[2]?.id}`, { quantity })
  },
  'a subscription is paused, resumed and canceled with a credit': async (as) => {
    await act(as, `/subscriptions/${mine[3]?.id}/pause`, { creditUnused: true })
    await act(as, `/subscriptions/${mine[3]?.id}/resume`, {})
    await act(as, `/subscriptions/${mine[3]?.id}/cancel`, { cancelAt: 'now' })
  },
  'an invoice is credited, another one is written by hand': async (as) => {
    const [invoice] = await invoicesOf(as, mine[4]?.id ?? '')
    await act(as, '/credit-notes', { invoiceId: invoice.id, amount: 10, reason: 'OTHER' }, 201)
    const items = [{ description: 'Advice', quantity: 1, unitAmount: 5 }]
    const { id } = await act(
      as,
      '/invoices',
      { customerId: mine[5]?.customerId, items, autoFinalize: true },
      201,
    )
    await act(as, `/invoices/${id}/void`, {})
  },
  'a test clock is moved three months': async (_as, own) => {
    const owner = caller(own, accessToken)
    const made = await owner('POST', '/tenants/me/environments', { name: 'moved' })
    const path = `/tenants/me/environments/${made.body.id}/clock`
    assert.equal((await owner('POST', path, { now: '2026-01-11T00:00:00Z' })).status, 200)
    const { body } = await owner('POST', '/tenants/me/api-keys', {
      name: 'moved',
      environment: made.body.id,
      scopes: ['customers:write', 'plans:write', 'subscriptions:write', 'payments:write'],
    })
    const moved = caller(own, body.key)
    const { id: ownPlan } = await planOf(moved, 3000)
    for (let count = 0; count < 5; count++) {
      const { id: customerId } = await newCustomer(moved, { currency: 'KES', timezone: 'UTC' })
      await newMethod(moved, customerId)
      await act(moved, '/subscriptions', { customerId, planId: ownPlan }, 201)
    }
    assert.equal((await owner('POST', path, { advance: { months: 3 } })).status, 200)
  },
  'a worker bills, collects, tells what is overdue and recognises what is due': async (_as, { deps }) => {
    server.clock.set('2026-02-10T09:00:00Z')
    for (const turn of [tick, collection.tick, overdueLoop.tick, recognition.tick])
      for (let again = true; again;) again = await turn(deps)
  },
}

for (const [name, work] of Object.entries(calls)) {
  test(`among a million subscriptions nothing is read but what is needed: ${name}`, async () => {
    for (const { table, sequential, byIndex } of await reads(work)) {
      assert.equal(sequential, 0, `${sequential} rows of ${table} were read one after the other`)
      assert.ok(byIndex <= most, `${byIndex} entries of the indexes of ${table} were read`)
    }
  })
}

test('what reads a whole environment is seen', async () => {
  const found = await reads((_as, { deps }) =>
    deps.workerDb.query({
      statement: {
        name: 'test.whole_environment',
        text: 'select count(*)::text as n from invoices where environment_id = $1::uuid and paid_minor > 1',
        columns: {},
      },
      values: [testEnvironmentId],
    }),
  )
  const invoices = found.find(({ table }) => table === 'invoices')
  assert.ok((invoices?.sequential ?? 0) + (invoices?.byIndex ?? 0) > most, JSON.stringify(invoices))
})
