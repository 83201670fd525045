import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import type { Deps } from '../../../src/deps.ts'
import { Dispatcher } from '../../../src/slices/webhooks/dispatcher.ts'
import { housekeeping } from '../../../src/slices/housekeeping/index.ts'
import { invariants } from '../../../src/verify.ts'
import { mail } from '../../../src/slices/mail/index.ts'
import { newCustomer } from '../../billing-story.ts'
import { call, caller, newTenant, startServer } from '../../harness.ts'
import { releaseEndpoints } from '../../../src/slices/webhooks/dispatch-sql.ts'
import { rows, stored } from '../../payment-story.ts'
import { deliver, deliveriesOf, newEndpoint, startReceiver } from '../../webhook-story.ts'

const server = await startServer({ settings: { WEBHOOK_TARGETS: 'any' } })

/** The server's parts with a time-out that runs out when it is told to. */
function impatient(): { deps: Deps; runOut: () => void } {
  const waiting: (() => void)[] = []
  const clock = {
    ...server.deps.clock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === 30_000
        ? new Promise<void>((resolve) => {
            waiting.push(resolve)
            signal?.addEventListener('abort', () => resolve())
          })
        : server.deps.clock.sleep(ms, signal),
  }
  const runOut = (): void => waiting.splice(0).forEach((resolve) => resolve())
  return { deps: { ...server.deps, clock }, runOut }
}

async function until(what: () => boolean | Promise<boolean>, act: () => unknown = () => {}): Promise<void> {
  for (const startedMs = performance.now(); performance.now() - startedMs < 20_000;) {
    if (await what()) return
    await act()
    await rows(server, 'select 1')
  }
  throw new Error('it never came to that')
}

test('endpoints that never answer delay no other, however many they are and however much is waiting for them', async () => {
  const { test: as } = await newTenant(server)
  const dead = await startReceiver(() => {})
  const alive = await startReceiver()
  for (let count = 0; count < 20; count++) await newEndpoint(as, dead.url)
  await newEndpoint(as, alive.url)
  const dispatcher = new Dispatcher(server.deps)
  for (let count = 0; count < 60; count++) await newCustomer(as)
  const startedMs = performance.now()
  await until(
    () => alive.received.length === 60,
    () => dispatcher.tick(),
  )
  // Not one of the dead has been given up by now: their thirty seconds have not run out.
  assert.ok(performance.now() - startedMs < 10_000)
  const [waiting] = await rows(
    server,
    `select count(*)::int as n from webhook_deliveries where status = 'PENDING'`,
  )
  assert.equal(waiting?.['n'], 20 * 60)
  assert.ok(dead.received.length >= 20)
  // Each holds its first few and no more.
  assert.ok(dead.received.length <= 20 * 4, String(dead.received.length))
  await newCustomer(as, { name: 'later' })
  await until(
    () => alive.received.length === 61,
    () => dispatcher.tick(),
  )
  dead.close()
  await dispatcher.stop()
  await rows(server, 'update webhook_endpoints set is_active = false, due_at = null')
})

test('an answer that does not come within its time is a failure, and a late one changes nothing', async () => {
  const { test: as } = await newTenant(server)
  let answerLate = (): void => {}
  const receiver = await startReceiver((_request, response) => {
    answerLate = () => response.writeHead(200).end()
  })
  const endpoint = await newEndpoint(as, receiver.url)
  await newCustomer(as)
  const { deps, runOut } = impatient()
  const dispatcher = new Dispatcher(deps)
  await until(
    () => receiver.received.length === 1,
    () => dispatcher.tick(),
  )
  runOut()
  await dispatcher.settle()
  answerLate()
  const [delivery] = await deliveriesOf(as, endpoint)
  assert.equal(delivery.status, 'PENDING')
  assert.deepEqual(
    [delivery.attempts[0].responseStatus, delivery.attempts[0].error],
    [null, 'There was no answer in time.'],
  )
  assert.ok((await as('GET', `/webhook-endpoints/${endpoint.id}`)).body.failingSince)
  receiver.answer = 200
  server.clock.advance({ minutes: 6 })
  await deliver(server)
  assert.equal((await as('GET', `/webhook-endpoints/${endpoint.id}`)).body.failingSince, null)
})

test('a server that stops leaves what is still open to be sent again at once, and takes no attempt for it', async () => {
  const { test: as } = await newTenant(server)
  const receiver = await startReceiver(() => {})
  const endpoint = await newEndpoint(as, receiver.url)
  await newCustomer(as)
  const clock = {
    ...server.deps.clock,
    sleep: (ms: number, signal?: AbortSignal) =>
      ms === 5000 ? Promise.resolve() : server.deps.clock.sleep(ms, signal),
  }
  const dispatcher = new Dispatcher({ ...server.deps, clock })
  await until(
    () => receiver.received.length === 1,
    () => dispatcher.tick(),
  )
  await dispatcher.stop()
  const [waiting] = await rows(
    server,
    `select d.attempt, d.last_attempt, d.status, w.lease_until
     from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id where w.url = $1`,
    [receiver.url],
  )
  assert.deepEqual(waiting, { attempt: 1, last_attempt: 6, status: 'PENDING', lease_until: null })
  receiver.answer = 200
  await deliver(server)
  assert.equal(receiver.received.length, 2)
  assert.equal((await as('GET', `/webhook-endpoints/${endpoint.id}`)).body.failingSince, null)
})

test('an endpoint that nothing got through to for three days is switched off, and the administrators are told', async () => {
  const tenant = await newTenant(server)
  const { test: as } = tenant
  const [receiver, other] = [await startReceiver(500), await startReceiver()]
  const endpoint = await newEndpoint(as, receiver.url)
  await newEndpoint(as, other.url, { events: ['webhook_endpoint.*'] })
  await newCustomer(as)
  await deliver(server)
  server.clock.advance({ hours: 71 })
  await deliver(server)
  assert.equal((await as('GET', `/webhook-endpoints/${endpoint.id}`)).body.isActive, true)
  server.clock.advance({ hours: 2 })
  await newCustomer(as)
  await deliver(server)
  await deliver(server)
  const shown = (await as('GET', `/webhook-endpoints/${endpoint.id}`)).body
  assert.equal(shown.isActive, false)
  assert.ok(shown.disabledAt)
  assert.equal(shown.disabledReason, 'Nothing got through to it for 3 days. The last time: It answered 500.')
  assert.deepEqual(
    other.received.map(({ body }) => [body.event, body.data.id, body.data.isActive]),
    [['webhook_endpoint.disabled', endpoint.id, false]],
  )
  const { email, password } = tenant
  const { body: tokens } = await call(server, 'POST', '/auth/login', { body: { email, password } })
  const session = caller(server, tokens.accessToken)
  const { data } = (await session('GET', '/tenants/me/audit-log?action=webhook_endpoint.disabled')).body
  assert.equal(data.length, 1)
  assert.deepEqual([data[0].target, data[0].actor, data[0].ip], [endpoint.id, null, null])
  while (await mail.tick(server.deps));
  assert.match(server.logged(), /A webhook endpoint was switched off/)
  const told = await rows(
    server,
    `select recipient, sent_at is not null as sent from mails where kind = 'webhook_disabled'`,
  )
  assert.deepEqual(told, [{ recipient: tenant.email, sent: true }])

  // Nothing more is sent to it, what waits stays, and goes on when it is switched on again.
  const before = receiver.received.length
  server.clock.advance({ hours: 24 })
  await newCustomer(as)
  await deliver(server)
  assert.equal(receiver.received.length, before)
  receiver.answer = 200
  const on = (await as('PATCH', `/webhook-endpoints/${endpoint.id}`, { isActive: true })).body
  assert.deepEqual([on.isActive, on.disabledAt, on.failingSince], [true, null, null])
  await deliver(server)
  const statuses = (await deliveriesOf(as, endpoint)).map(({ status }: { status: string }) => status)
  assert.deepEqual(statuses, ['SUCCEEDED', 'SUCCEEDED'])
})

test('410 Gone switches an endpoint off at once, and its mail says why in the language of the tenant', async () => {
  const tenant = await newTenant(server)
  const { test: as, email, password } = tenant
  const { body: tokens } = await call(server, 'POST', '/auth/login', { body: { email, password } })
  const settings = { emails: { language: 'fr' } }
  const set = await caller(server, tokens.accessToken)('PATCH', '/tenants/me', { settings })
  assert.equal(set.status, 200, set.text)
  const receiver = await startReceiver(410)
  const endpoint = await newEndpoint(as, receiver.url)
  for (let count = 0; count < 5; count++) await newCustomer(as)
  await deliver(server)
  const shown = (await as('GET', `/webhook-endpoints/${endpoint.id}`)).body
  assert.deepEqual([shown.isActive, shown.disabledReason], [false, 'It answered 410 Gone.'])
  assert.ok(receiver.received.length <= 4)
  while (await mail.tick(server.deps));
  assert.match(server.logged(), /Il a répondu 410 Gone/)
})

test('what becomes due while an endpoint is being given back is not forgotten', async () => {
  const { test: as, testEnvironmentId } = await newTenant(server)
  const receiver = await startReceiver()
  const endpoint = await newEndpoint(as, receiver.url)
  const id = stored(endpoint.id)
  const now = server.clock.now().toString()
  await rows(server, 'update webhook_endpoints set attempt = 7, lease_until = $2 where id = $1', [id, now])
  const other = new pg.Client({ connectionString: server.databaseUrl })
  await other.connect()
  await other.query('begin')
  await other.query(
    `insert into webhook_deliveries (environment_id, id, endpoint_id, event_id, transaction, status, last_attempt, due_at, created_at)
     values ($1, $2, $3, $2, pg_current_xact_id(), 'PENDING', 1, $4, $4)`,
    [testEnvironmentId, server.deps.ids.next(), id, now],
  )
  await other.query('update webhook_endpoints set due_at = $2 where id = $1', [id, now])
  const releasing = server.deps.workerDb.query(releaseEndpoints([testEnvironmentId], [id], [7]))
  await until(async () => {
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    return (await rows(server, waiting)).length > 0
  })
  await other.query('commit')
  await other.end()
  await releasing
  const [left] = await rows(
    server,
    'select due_at is not null as due, lease_until from webhook_endpoints where id = $1',
    [id],
  )
  assert.deepEqual(left, { due: true, lease_until: null })
  await rows(server, 'update webhook_endpoints set is_active = false where id = $1', [id])
})

test('two processes share the endpoints: each event arrives once', async () => {
  const { test: as } = await newTenant(server)
  const receivers = await Promise.all(Array.from({ length: 6 }, () => startReceiver()))
  for (const { url } of receivers) await newEndpoint(as, url)
  const dispatchers = [new Dispatcher({ ...server.deps }), new Dispatcher({ ...server.deps })]
  const over = new AbortController()
  const working = dispatchers.map(async (dispatcher) => {
    while (!over.signal.aborted) await dispatcher.tick()
  })
  for (let count = 0; count < 80; count++) await newCustomer(as)
  await until(() => receivers.every(({ received }) => received.length >= 80))
  over.abort()
  await Promise.all(working)
  for (const dispatcher of dispatchers) await dispatcher.stop()
  for (const { received } of receivers) {
    assert.equal(received.length, 80)
    assert.equal(new Set(received.map(({ headers }) => headers['webhook-id'])).size, 80)
  }
})

test('deliveries are forgotten after thirty days, deleted endpoints with all that is theirs', async () => {
  const { test: as } = await newTenant(server)
  const receiver = await startReceiver()
  const endpoint = await newEndpoint(as, receiver.url)
  await newCustomer(as)
  await deliver(server)
  server.clock.advance({ hours: 24 * 20 })
  await newCustomer(as)
  await deliver(server)
  server.clock.advance({ hours: 24 * 11 })
  await housekeeping.tick(server.deps)
  assert.equal((await deliveriesOf(as, endpoint)).length, 1)
  for (const { name, find } of invariants.filter(
    ({ name }) => name.includes('webhook') || name.includes('hears'),
  ))
    assert.deepEqual(await server.deps.workerDb.query(find()), [], name)
  assert.equal((await as('DELETE', `/webhook-endpoints/${endpoint.id}`)).status, 204)
  server.clock.advance({ hours: 24 * 31 })
  await housekeeping.tick(server.deps)
  const [left] = await rows(server, 'select count(*)::int as n from webhook_endpoints where url = $1', [
    receiver.url,
  ])
  assert.equal(left?.['n'], 0)
})
