import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { NovaBillingClient, Page } from '../src/generated/index.ts'
import { fakeServer, type Seen } from './fake-server.ts'

/** A list of `total` customers whose cursor is the number of the next one. */
function listOf(total: number) {
  return ({ path }: Seen) => {
    const query = new URL(path, 'http://localhost').searchParams
    const limit = Number(query.get('limit') ?? 20)
    const cursor = query.get('cursor')
    const from = cursor === null ? (Number(query.get('page') ?? 1) - 1) * limit : Number(cursor)
    const ids = Array.from({ length: Math.max(0, Math.min(limit, total - from)) }, (_, index) => ({
      id: `cust_${from + index}`,
    }))
    const nextCursor = from + limit < total ? String(from + limit) : null
    return {
      json: { data: ids, meta: { ...(cursor === null ? { total, page: 1 } : {}), limit, nextCursor } },
    }
  }
}

test('for await goes over every item of every page, each once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 25 }), async (total, limit) => {
      await using server = await fakeServer(listOf(total))
      const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
      const ids: string[] = []
      for await (const customer of client.customers.list({ limit })) ids.push(customer.id)
      assert.deepEqual(
        ids,
        Array.from({ length: total }, (_, index) => `cust_${index}`),
      )
      assert.equal(server.seen.length, Math.max(1, Math.ceil(total / limit)))
    }),
    { numRuns: 15 },
  )
})

test('awaiting a list gives its first page, which iterates over itself', async () => {
  await using server = await fakeServer(listOf(5))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  const page = await client.customers.list({ limit: 2 })

  assert.ok(page instanceof Page)
  assert.deepEqual(
    [...page].map(({ id }) => id),
    ['cust_0', 'cust_1'],
  )
  assert.equal(page.meta.total, 5)
  assert.equal(page.hasNextPage, true)
  const next = await page.nextPage()
  assert.deepEqual(
    next?.data.map(({ id }) => id),
    ['cust_2', 'cust_3'],
  )
  const last = await next?.nextPage()
  assert.equal(last?.hasNextPage, false)
  assert.equal(await last?.nextPage(), undefined)
})

test('the pages that follow keep the filters and leave the page number behind', async () => {
  await using server = await fakeServer(listOf(4))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  for await (const _ of client.customers.list({ page: 1, limit: 2, search: 'Jané & co', status: undefined }))
    void _

  assert.deepEqual(
    server.seen.map(({ path }) => path),
    [
      '/api/customers?page=1&limit=2&search=Jan%C3%A9+%26+co',
      '/api/customers?limit=2&search=Jan%C3%A9+%26+co&cursor=2',
    ],
  )
})

test('a list call sends nothing before it is used, and its first page once', async () => {
  await using server = await fakeServer(listOf(1))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  const call = client.customers.list()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(server.seen.length, 0)
  await call
  await call.then((page) => page.data)
  await call.finally(() => undefined)
  assert.equal(server.seen.length, 1)
})

test('a list call that is refused rejects like a promise', async () => {
  await using server = await fakeServer(() => ({ status: 403, json: { statusCode: 403, message: 'No' } }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  assert.equal(await client.customers.list().catch((error: unknown) => String(error)), 'ForbiddenError: No')
  await assert.rejects(async () => {
    for await (const _ of client.customers.list()) void _
  }, /ForbiddenError: No/)
})
