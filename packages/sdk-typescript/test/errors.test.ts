import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BadRequestError,
  ConflictError,
  ForbiddenError,
  NotFoundError,
  NovaBillingClient,
  NovaBillingError,
  RateLimitError,
  UnauthorizedError,
} from '../src/generated/index.ts'
import { fakeServer } from './fake-server.ts'

const classes = [
  [400, BadRequestError],
  [401, UnauthorizedError],
  [403, ForbiddenError],
  [404, NotFoundError],
  [409, ConflictError],
  [429, RateLimitError],
  [422, NovaBillingError],
  [500, NovaBillingError],
] as const

for (const [status, errorClass] of classes) {
  test(`a ${status} is a ${errorClass.name} with its status, code, message and request id`, async () => {
    await using server = await fakeServer(() => ({
      status,
      json: { statusCode: status, code: 'some_code', message: 'A sentence.' },
    }))
    const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1', maxRetries: 0 })
    await assert.rejects(client.customers.get('cust_1'), (error) => {
      assert.ok(error instanceof NovaBillingError)
      assert.equal(error.constructor, errorClass)
      assert.equal(error.name, errorClass.name)
      assert.equal(error.statusCode, status)
      assert.equal(error.code, 'some_code')
      assert.equal(error.message, 'A sentence.')
      assert.equal(error.requestId, 'req_1')
      return true
    })
  })
}

test('a 400 names each fault', async () => {
  const errors = [
    { path: 'email', message: 'is required' },
    { path: 'name', message: 'is too long' },
  ]
  await using server = await fakeServer(() => ({
    status: 400,
    json: { statusCode: 400, code: 'invalid', message: 'No', errors },
  }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  await assert.rejects(client.customers.create({ email: '' }), (error) => {
    assert.ok(error instanceof BadRequestError)
    assert.deepEqual(error.errors, errors)
    return true
  })
})

test("a proxy's error page is told by its status", async () => {
  await using server = await fakeServer(() => ({ status: 500, json: undefined }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1', maxRetries: 0 })
  await assert.rejects(client.customers.get('cust_1'), { message: 'HTTP 500', statusCode: 500 })
})

test('an answer that is not JSON points to the base URL', async () => {
  await using server = await fakeServer(() => ({
    bytes: new TextEncoder().encode('<html>'),
    media: 'text/html',
  }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  await assert.rejects(client.customers.get('cust_1'), /does baseUrl point to NovaBilling/)
})

test('options that cannot be meant are refused when the client is made', () => {
  assert.throws(() => new NovaBillingClient({ baseUrl: 'localhost:3000' }), /baseUrl/)
  assert.throws(() => new NovaBillingClient({ timeoutInSeconds: 0 }), /timeoutInSeconds/)
  assert.throws(() => new NovaBillingClient({ timeoutInSeconds: Number.NaN }), /timeoutInSeconds/)
  assert.throws(() => new NovaBillingClient({ maxRetries: -1 }), /maxRetries/)
  assert.throws(() => new NovaBillingClient({ maxRetries: 1.5 }), /maxRetries/)
})
