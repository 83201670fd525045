import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'
import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import { webhooks as sdk } from '../../../../sdk-typescript/src/generated/index.ts'
import { preparePython, python, run } from '../../../../sdk-python/test/environment.ts'
import { testSecrets } from '../../cluster.ts'
import { newCustomer, subscribe } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { webhooks } from '../../../src/slices/webhooks/index.ts'
import { rows, stored } from '../../payment-story.ts'
import {
  type Received,
  type Receiver,
  deliver,
  deliveriesOf,
  newEndpoint,
  startReceiver,
} from '../../webhook-story.ts'

const server = await startServer({ settings: { WEBHOOK_TARGETS: 'any' } })

function lastOf({ received }: Receiver): Received {
  const last = received.at(-1)
  assert.ok(last, 'nothing was received')
  return last
}

test('each event is sent once to each endpoint that hears it, and to no other', async () => {
  const { test: as, live } = await newTenant(server)
  const [all, some, others, elsewhere, stranger] = [
    await startReceiver(),
    await startReceiver(),
    await startReceiver(),
    await startReceiver(),
    await startReceiver(),
  ]
  await newCustomer(as)
  await newEndpoint(as, all.url)
  await newEndpoint(as, some.url, { events: ['invoice.*', 'customer.updated'] })
  await newEndpoint(as, others.url, { events: ['payment.*'] })
  await newEndpoint(live, elsewhere.url)
  await newEndpoint((await newTenant(server)).test, stranger.url)
  const customer = await newCustomer(as, { name: 'Wanjiku', currency: 'KES' })
  await subscribe(as, { customerId: customer.id })
  await as('PATCH', `/customers/${customer.id}`, { name: 'Njeri' })
  await deliver(server)
  await deliver(server)

  const kinds = [
    'customer.created',
    'customer.updated',
    'invoice.created',
    'invoice.finalized',
    'subscription.created',
  ]
  assert.deepEqual(all.received.map(({ body }) => body.event).toSorted(), kinds)
  assert.deepEqual(some.received.map(({ body }) => body.event).toSorted(), kinds.slice(1, 4))
  assert.deepEqual(
    [others, elsewhere, stranger].map(({ received }) => received.length),
    [0, 0, 0],
  )
  const updated = all.received.find(({ body }) => body.event === 'customer.updated')
  assert.deepEqual(Object.keys(updated?.body), ['id', 'event', 'timestamp', 'environment', 'data'])
  assert.equal(updated?.body.environment, 'test')
  const { body: shown } = await as('GET', `/customers/${customer.id}`)
  assert.deepEqual({ ...updated?.body.data, activeSubscriptions: 1 }, shown)
})

test('an event that commits behind later ones is sent too', async () => {
  const { test: as, testEnvironmentId } = await newTenant(server)
  const receiver = await startReceiver()
  await newEndpoint(as, receiver.url)
  const early = new pg.Client({ connectionString: server.databaseUrl })
  await early.connect()
  await early.query('begin')
  const id = server.deps.ids.next()
  await early.query(
    `insert into events (environment_id, id, type, resource_id, body, occurred_at)
     values ($1, $2, 'customer.updated', $2, '{"name":"early"}', $3)`,
    [testEnvironmentId, id, server.clock.now().toString()],
  )
  await newCustomer(as, { name: 'late' })
  while (await webhooks.tick(server.deps));
  await webhooks.settle(server.deps)
  await early.query('commit')
  await early.end()
  await deliver(server)
  assert.deepEqual(receiver.received.map(({ body }) => body.data.name).toSorted(), ['early', 'late'])
})

test('a signature verifies with the public libraries and with both SDKs, and a changed byte does not', async () => {
  const { test: as } = await newTenant(server)
  const receiver = await startReceiver()
  const { secret } = await newEndpoint(as, receiver.url)
  await newCustomer(as, { name: 'Ọlá Ünïcode 😀' })
  await deliver(server)
  const { headers, raw } = lastOf(receiver)

  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  assert.equal((new Webhook(secret).verify(raw, headers) as { event: string }).event, 'customer.created')
  assert.throws(() => new Webhook(secret).verify(raw.replace('created', 'creatdd'), headers))
  assert.equal((await sdk.verify(raw, headers, secret)).event, 'customer.created')
  assert.equal(headers['x-webhook-signature'], createHmac('sha256', secret).update(raw).digest('hex'))
  assert.equal(headers['webhook-id'], JSON.parse(raw).id)

  preparePython()
  const program = `
import json, sys
from standardwebhooks.webhooks import Webhook
from novabilling import webhooks
given = json.loads(sys.stdin.read() if len(sys.argv) < 2 else sys.argv[1])
Webhook(given["secret"]).verify(given["raw"], given["headers"])
print(webhooks.verify(given["raw"], given["headers"], given["secret"]).event)
try:
    Webhook(given["secret"]).verify(given["raw"] + " ", given["headers"])
except Exception:
    print("refused")`
  const out = run(python, ['-c', program, JSON.stringify({ secret, raw, headers })])
  assert.deepEqual(out.trim().split('\n'), ['customer.created', 'refused'])
})

test('after a rotation both secrets sign until the overlap is over, then the new one alone', async () => {
  const { test: as } = await newTenant(server)
  const receiver = await startReceiver()
  const endpoint = await newEndpoint(as, receiver.url)
  const rotated = (
    await as('POST', `/webhook-endpoints/${endpoint.id}/rotate-secret`, { overlapSeconds: 3600 })
  ).body
  assert.notEqual(rotated.secret, endpoint.secret)
  const receive = async () => {
    await newCustomer(as)
    await deliver(server)
    const { headers, raw } = lastOf(receiver)
    const now = Number(headers['webhook-timestamp']) * 1000
    const verifies = (secret: string) =>
      sdk.verify(raw, headers, secret, { now }).then(
        () => true,
        () => false,
      )
    const plain = [endpoint.secret, rotated.secret].findIndex(
      (secret) => createHmac('sha256', secret).update(raw).digest('hex') === headers['x-webhook-signature'],
    )
    return [await verifies(endpoint.secret), await verifies(rotated.secret), plain]
  }
  assert.deepEqual(await receive(), [true, true, 0])
  server.clock.advance({ seconds: 3601 })
  assert.deepEqual(await receive(), [false, true, 1])
})

test('an address and a secret that change while much is on its way count for the next that is sent', async () => {
  const { test: as } = await newTenant(server)
  const [before, after] = [await startReceiver(), await startReceiver()]
  const endpoint = await newEndpoint(as, before.url)
  for (let made = 0; made < 12; made++) await newCustomer(as)
  const change = async (): Promise<string> => {
    await as('PATCH', `/webhook-endpoints/${endpoint.id}`, { url: after.url })
    const path = `/webhook-endpoints/${endpoint.id}/rotate-secret`
    return (await as('POST', path, { overlapSeconds: 0 })).body.secret
  }
  let changed: Promise<string> | undefined
  before.answer = (_request, response) => {
    changed ??= change()
    void changed.then(() => response.writeHead(200).end())
  }
  await deliver(server)
  const secret = (await changed) ?? ''
  assert.deepEqual([before.received.length, after.received.length], [4, 8])
  for (const { raw, headers } of after.received)
    await sdk.verify(raw, headers, secret, { now: Number(headers['webhook-timestamp']) * 1000 })
})

test('what is not taken is sent again after 5 min, 30 min, 2 h and 24 h, the same in every byte, and then given up', async () => {
  const { test: as } = await newTenant(server)
  const receiver = await startReceiver(500)
  const endpoint = await newEndpoint(as, receiver.url)
  await newCustomer(as)
  await deliver(server)
  assert.equal(receiver.received.length, 1)
  for (const [count, minutes] of [5, 30, 120, 1440].entries()) {
    server.clock.advance({ seconds: minutes * 60 - 30 })
    await deliver(server)
    assert.equal(receiver.received.length, count + 1, `too early before ${minutes} min`)
    server.clock.advance({ seconds: 30 + minutes * 6 + 1 })
    await deliver(server)
    assert.equal(receiver.received.length, count + 2, `too late after ${minutes} min`)
  }
  server.clock.advance({ hours: 60 })
  await deliver(server)
  assert.equal(receiver.received.length, 5)
  assert.equal(new Set(receiver.received.map(({ raw }) => raw)).size, 1)
  assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1)
  assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size, 5)
  const [delivery] = await deliveriesOf(as, endpoint)
  assert.equal(delivery.status, 'FAILED')
  assert.equal(delivery.nextAttemptAt, null)
  assert.deepEqual(
    delivery.attempts.map(({ attempt, responseStatus, responseBody, error }: Record<string, unknown>) => [
      attempt,
      responseStatus,
      responseBody,
      error,
    ]),
    [1, 2, 3, 4, 5].map((attempt) => [attempt, 500, 'thank you', 'It answered 500.']),
  )

  receiver.answer = 204
  const { status, body } = await as('POST', `/webhook-endpoints/deliveries/${delivery.id}/retry`)
  assert.deepEqual([status, body.status], [200, 'PENDING'])
  await deliver(server)
  assert.equal(receiver.received.length, 6)
  const [again] = await deliveriesOf(as, endpoint)
  assert.deepEqual(
    [again.status, again.attempts.length, again.attempts[5].responseStatus],
    ['SUCCEEDED', 6, 204],
  )
})

test('a redirect is not followed, and only a 2xx counts', async () => {
  const { test: as } = await newTenant(server)
  const target = await startReceiver()
  const receiver = await startReceiver((_request, response) => {
    response.writeHead(307, { location: target.url }).end()
  })
  const endpoint = await newEndpoint(as, receiver.url)
  await newCustomer(as)
  await deliver(server)
  const [delivery] = await deliveriesOf(as, endpoint)
  assert.equal(delivery.attempts[0].error, 'It answered 307; redirects are not followed.')
  assert.equal(delivery.status, 'PENDING')
  assert.equal(target.received.length, 0)
})

test('of an answer 64 kB are read, and its beginning is kept', async () => {
  const { test: as } = await newTenant(server)
  let sent = 0
  const receiver = await startReceiver((_request, response) => {
    response.writeHead(200)
    const write = (): void => {
      while (!response.destroyed && sent < 50_000_000) {
        sent += 16_384
        if (!response.write('x'.repeat(16_384))) return void response.once('drain', write)
      }
      response.end()
    }
    write()
  })
  const endpoint = await newEndpoint(as, receiver.url)
  await newCustomer(as)
  await deliver(server)
  const [delivery] = await deliveriesOf(as, endpoint)
  assert.deepEqual([delivery.status, delivery.attempts[0].responseBody.length], ['SUCCEEDED', 1000])
  assert.ok(sent < 20_000_000, String(sent))
})

test('a test event goes to its endpoint alone, whatever that hears', async () => {
  const { test: as } = await newTenant(server)
  const [one, other] = [await startReceiver(), await startReceiver()]
  const endpoint = await newEndpoint(as, one.url, { events: ['payment.failed'] })
  await newEndpoint(as, other.url)
  const { status, body } = await as('POST', `/webhook-endpoints/${endpoint.id}/test`)
  assert.deepEqual([status, body.status, body.event], [201, 'PENDING', 'webhook_endpoint.test'])
  await deliver(server)
  assert.deepEqual(
    one.received.map((got) => got.body.event),
    ['webhook_endpoint.test'],
  )
  assert.equal(one.received[0]?.body.data.id, endpoint.id)
  assert.equal(other.received.length, 0)
})

test('an endpoint that is off hears nothing; switched on again it hears what happens from then on', async () => {
  const { test: as } = await newTenant(server)
  const receiver = await startReceiver()
  const endpoint = await newEndpoint(as, receiver.url, { isActive: false })
  await newCustomer(as, { name: 'before' })
  assert.equal(
    (await as('POST', `/webhook-endpoints/${endpoint.id}/test`)).body.code,
    'webhook_endpoint_inactive',
  )
  await deliver(server)
  assert.equal(
    (await as('PATCH', `/webhook-endpoints/${endpoint.id}`, { isActive: true })).body.isActive,
    true,
  )
  await newCustomer(as, { name: 'after' })
  await deliver(server)
  assert.deepEqual(
    receiver.received.map(({ body }) => body.data.name),
    ['after'],
  )
})

test('the account’s webhookUrl hears of every environment, also of one that is made later, and of nothing when it is gone', async () => {
  const { test: as, live, session } = await newTenant(server)
  const receiver = await startReceiver()
  assert.equal((await session('PATCH', '/tenants/me', { webhookUrl: receiver.url })).status, 200)
  await newCustomer(as, { name: 'test' })
  await newCustomer(live, { name: 'live' })
  await deliver(server)
  assert.deepEqual(receiver.received.map(({ body }) => [body.environment, body.data.name]).toSorted(), [
    ['live', 'live'],
    ['test', 'test'],
  ])
  const added = (await session('POST', '/tenants/me/environments', { name: 'staging' })).body
  const found = await rows(
    server,
    'select is_default, url from webhook_endpoints where environment_id = $1',
    [stored(added.id)],
  )
  assert.deepEqual(found, [{ is_default: true, url: receiver.url }])
  assert.equal((await session('DELETE', `/tenants/me/environments/${added.id}`)).status, 204)

  const [endpoint] = (await as('GET', '/webhook-endpoints')).body.data
  assert.deepEqual([endpoint.isDefault, endpoint.url, endpoint.events], [true, receiver.url, ['*']])
  assert.equal(
    (await as('PATCH', `/webhook-endpoints/${endpoint.id}`, { url: 'http://127.0.0.1:1/x' })).body.code,
    'webhook_endpoint_is_default',
  )
  assert.equal(
    (await as('DELETE', `/webhook-endpoints/${endpoint.id}`)).body.code,
    'webhook_endpoint_is_default',
  )
  const { secret } = (
    await as('POST', `/webhook-endpoints/${endpoint.id}/rotate-secret`, { overlapSeconds: 0 })
  ).body
  await session('PATCH', '/tenants/me', { webhookUrl: null })
  await newCustomer(as, { name: 'unheard' })
  await deliver(server)
  assert.deepEqual((await as('GET', '/webhook-endpoints')).body.data, [])
  await session('PATCH', '/tenants/me', { webhookUrl: receiver.url })
  await newCustomer(as, { name: 'back' })
  await deliver(server)
  const last = receiver.received.at(-1)
  assert.equal(receiver.received.length, 3)
  // Its secret has stayed.
  const now = Number(last?.headers['webhook-timestamp']) * 1000
  assert.equal(
    (await sdk.verify<{ name: string }>(last?.raw ?? '', last?.headers ?? {}, secret, { now })).data.name,
    'back',
  )
})

test('an environment on a test clock: events carry its time, and are sent and repeated in real time', async () => {
  const { test: as, session } = await newTenant(server)
  const [environment] = (await session('GET', '/tenants/me/environments')).body.data.filter(
    (one: { kind: string }) => one.kind === 'TEST',
  )
  await session('POST', `/tenants/me/environments/${environment.id}/clock`, {
    now: '2031-05-06T07:08:09.000Z',
  })
  const receiver = await startReceiver(503)
  await newEndpoint(as, receiver.url)
  await newCustomer(as)
  await deliver(server)
  receiver.answer = 200
  server.clock.advance({ minutes: 6 })
  await deliver(server)
  assert.equal(receiver.received.length, 2)
  assert.equal(receiver.received[1]?.body.timestamp, '2031-05-06T07:08:09.000Z')
  const sentAt = Number(receiver.received[1]?.headers['webhook-timestamp']) * 1000
  assert.ok(Math.abs(sentAt - server.clock.nowMs()) < 10_000)
})

const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

function startWorkerProcess(): ChildProcess {
  return spawn(process.execPath, [main, 'serve', 'worker'], {
    env: {
      ...process.env,
      ...testSecrets,
      DATABASE_URL: server.databaseUrl,
      LOG_LEVEL: 'error',
      WEBHOOK_TARGETS: 'any',
    },
    stdio: 'ignore',
  })
}

test('a worker that is killed in the middle of its deliveries: every event arrives, each under one id', async () => {
  const { test: as } = await newTenant(server)
  const receiver = await startReceiver(() => {})
  const endpoint = await newEndpoint(as, receiver.url)
  for (let count = 0; count < 30; count++) await newCustomer(as)
  const worker = startWorkerProcess()
  for (
    const startedMs = performance.now();
    receiver.received.length < 2 && performance.now() - startedMs < 20_000;
  )
    await rows(server, 'select 1')
  worker.kill('SIGKILL')
  await once(worker, 'exit')
  const before = receiver.received.length
  assert.ok(before >= 2)
  receiver.answer = 200
  server.clock.advance({ seconds: 200 })
  await deliver(server)
  const ids = receiver.received.map(({ headers }) => headers['webhook-id'])
  assert.equal(new Set(ids).size, 30)
  assert.equal(ids.length, 30 + before)
  assert.ok(
    (await deliveriesOf(as, endpoint)).every(({ status }: { status: string }) => status === 'SUCCEEDED'),
  )
})
