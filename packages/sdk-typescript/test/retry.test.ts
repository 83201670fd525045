import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import {
  ConflictError,
  NovaBillingClient,
  NovaBillingConnectionError,
  NovaBillingError,
  NovaBillingTimeoutError,
  RateLimitError,
} from '../src/generated/index.ts'
import { delayMs } from '../src/retry.ts'
import { fakeServer, type Reply } from './fake-server.ts'

const customer = { id: 'cust_1', email: 'jane@example.com' }
const busy = (status: number): Reply => ({
  status,
  json: { statusCode: status, message: 'Later' },
  headers: { 'retry-after': '0' },
})

for (const status of [429, 502, 503, 504]) {
  test(`a ${status} is tried again, under one idempotency key`, async () => {
    await using server = await fakeServer((_, index) =>
      index < 2 ? busy(status) : { status: 201, json: customer },
    )
    const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })

    assert.equal((await client.customers.create({ email: 'jane@example.com' })).id, 'cust_1')

    const keys = server.seen.map((seen) => seen.headers['idempotency-key'])
    assert.equal(keys.length, 3)
    assert.equal(new Set(keys).size, 1)
    assert.match(String(keys[0]), /^[0-9a-f]{32}$/)
    assert.deepEqual(new Set(server.seen.map((seen) => JSON.stringify(seen.body))).size, 1)
  })
}

test('a broken connection is tried again', async () => {
  await using server = await fakeServer((_, index) => (index === 0 ? 'drop' : { json: customer }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  assert.equal((await client.customers.get('cust_1')).id, 'cust_1')
  assert.equal(server.seen.length, 2)
})

test('an attempt of ours that is still running is waited for; another 409 is not', async () => {
  await using server = await fakeServer((seen, index): Reply => {
    if (index === 0) return busy(409)
    if (index === 1) return { status: 201, json: customer }
    return { status: 409, json: { statusCode: 409, code: 'email_taken', message: 'Known' } }
  })
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  await client.customers.create({ email: 'jane@example.com' })
  await assert.rejects(client.customers.create({ email: 'jane@example.com' }), (error) => {
    assert.ok(error instanceof ConflictError)
    assert.equal(error.code, 'email_taken')
    return true
  })
  assert.equal(server.seen.length, 3)
})

test('two calls have two idempotency keys, one given by the caller is used, and a GET has none', async () => {
  await using server = await fakeServer(() => ({ status: 201, json: customer }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  await client.customers.create({ email: 'a@example.com' })
  await client.customers.create({ email: 'b@example.com' })
  await client.customers.create({ email: 'c@example.com' }, { idempotencyKey: 'order-7' })
  await client.customers.get('cust_1')

  const [a, b, c, d] = server.seen.map((seen) => seen.headers['idempotency-key'])
  assert.notEqual(a, b)
  assert.equal(c, 'order-7')
  assert.equal(d, undefined)
})

for (const status of [400, 403, 404, 422, 500]) {
  test(`a ${status} is not tried again`, async () => {
    await using server = await fakeServer(() => busy(status))
    const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
    await assert.rejects(client.customers.create({ email: 'jane@example.com' }), NovaBillingError)
    assert.equal(server.seen.length, 1)
  })
}

test('maxRetries is the limit, for the client and for one call', async () => {
  await using server = await fakeServer(() => busy(503))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1', maxRetries: 3 })
  await assert.rejects(client.customers.get('cust_1'), { statusCode: 503 })
  assert.equal(server.seen.length, 4)
  await assert.rejects(client.customers.get('cust_1', { maxRetries: 0 }), { statusCode: 503 })
  assert.equal(server.seen.length, 5)
})

test('a wait that would pass the time limit is not begun: the refusal comes at once', async () => {
  await using server = await fakeServer(() => ({
    status: 429,
    json: { statusCode: 429, message: 'Rate limit exceeded. Try again in 30 seconds', retryAfter: 30 },
  }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1', timeoutInSeconds: 20 })
  await assert.rejects(client.customers.get('cust_1'), (error) => {
    assert.ok(error instanceof RateLimitError)
    assert.equal(error.retryAfter, 30)
    return true
  })
  assert.equal(server.seen.length, 1)
})

test('a server that does not answer in time is a NovaBillingTimeoutError', async () => {
  await using server = await fakeServer(() => 'hang')
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1', timeoutInSeconds: 0.1 })
  await assert.rejects(client.customers.get('cust_1'), NovaBillingTimeoutError)
  await assert.rejects(client.customers.get('cust_1', { timeoutInSeconds: 0.05 }), /within 0.05 s/)
})

test("the caller's signal ends the call with its own reason", async () => {
  await using server = await fakeServer(() => 'hang')
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  const controller = new AbortController()
  const call = client.customers.get('cust_1', { signal: controller.signal })
  const reason = new Error('closed by the user')
  controller.abort(reason)
  await assert.rejects(call, reason)
})

test('a server that is not there is a NovaBillingConnectionError that keeps its cause', async () => {
  const { baseUrl, [Symbol.asyncDispose]: close } = await fakeServer(() => 'hang')
  await close()
  const client = new NovaBillingClient({ baseUrl, token: 'sk_test_1', maxRetries: 0 })
  await assert.rejects(client.customers.get('cust_1'), (error) => {
    assert.ok(error instanceof NovaBillingConnectionError)
    assert.ok(error.cause instanceof Error)
    assert.ok(!error.message.includes('sk_test_1'))
    return true
  })
})

test('a redirect is an error, so that a key never travels to another host', async () => {
  await using other = await fakeServer(() => ({ json: customer }))
  await using server = await fakeServer(() => ({
    status: 302,
    headers: { location: `${other.baseUrl}/api/customers/x` },
  }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  await assert.rejects(client.customers.get('cust_1'), { statusCode: 302 })
  assert.equal(other.seen.length, 0)
})

test('without a word from the server waits double up to eight seconds and are spread over their upper half', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.stringMatching(/^[0-9a-f]{32}$/), (attempt, key) => {
      const ceiling = Math.min(500 * 2 ** attempt, 8000)
      const wait = delayMs(attempt, undefined, key)
      assert.ok(wait >= ceiling / 2 && wait <= ceiling)
    }),
  )
})
