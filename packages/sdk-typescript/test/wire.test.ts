import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { Caller } from '../src/caller.ts'
import { NovaBillingClient } from '../src/generated/index.ts'
import { settingsFrom } from '../src/options.ts'
import { segment } from '../src/url.ts'
import { fakeServer } from './fake-server.ts'

test('an id is always one segment of the path, and the server reads it back unchanged', () => {
  fc.assert(
    fc.property(
      fc
        .string({ unit: 'grapheme', minLength: 1 })
        .filter((id) => !/[\uD800-\uDFFF]/.test(id) && id !== '.' && id !== '..'),
      (id) => {
        const { pathname } = new URL(`http://localhost/api/customers/${segment(id)}/invoices`)
        const [, api, resource, encoded = '', nested, ...more] = pathname.split('/')
        assert.deepEqual([api, resource, nested, more], ['api', 'customers', 'invoices', []])
        assert.equal(decodeURIComponent(encoded), id)
      },
    ),
  )
})

test('an empty id and a path out of the resource are refused before anything is sent', async () => {
  await using server = await fakeServer(() => ({ json: {} }))
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  for (const id of ['', '.', '..']) assert.throws(() => client.customers.get(id), /not an id/)
  assert.equal(server.seen.length, 0)
})

test('path, query and body each arrive where they belong', async () => {
  await using server = await fakeServer(({ method }) =>
    method === 'DELETE'
      ? { status: 204 }
      : { json: { id: 'cust_1', data: [], meta: { limit: 20, nextCursor: null } } },
  )
  const client = new NovaBillingClient({ baseUrl: `${server.baseUrl}/`, token: 'sk_test_1' })
  await client.customers.update('externalId:a/b', { name: null, metadata: { someKey: 1 }, email: undefined })
  await client.customers.list({ search: 'Jane', status: undefined })
  assert.equal(await client.apiKeys.revoke('key_1'), undefined)

  const [update, list, revoke] = server.seen
  assert.equal(update?.method, 'PATCH')
  assert.equal(update?.path, '/api/customers/externalId%3Aa%2Fb')
  assert.deepEqual(update?.body, { name: null, metadata: { someKey: 1 } })
  assert.equal(list?.path, '/api/customers?search=Jane')
  assert.equal(revoke?.path, '/api/tenants/me/api-keys/key_1')
  assert.equal(revoke?.body, undefined)
  assert.equal(revoke?.headers['content-type'], undefined)
})

test('a PDF comes as its bytes and an XML as its text', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  await using server = await fakeServer(({ path }) =>
    path === '/api/x/pdf'
      ? { bytes, media: 'application/pdf' }
      : { bytes: Buffer.from('<é/>'), media: 'application/xml' },
  )
  const caller = new Caller(settingsFrom({ baseUrl: server.baseUrl, token: 'sk_test_1' }))
  const call = { id: 'x.get', method: 'GET', auth: 'apiKey' } as const
  assert.deepEqual(await caller.bytes({ ...call, path: '/api/x/pdf', accept: 'application/pdf' }), bytes)
  assert.equal(await caller.text({ ...call, path: '/api/x/ubl', accept: 'application/xml' }), '<é/>')
  assert.deepEqual(
    server.seen.map((seen) => seen.headers.accept),
    ['application/pdf', 'application/xml'],
  )
})

test('an amount is sent as it is, and NaN is refused instead of clearing the field', async () => {
  await using server = await fakeServer(() => ({ status: 201, json: { id: 'pay_1' } }))
  const caller = new Caller(settingsFrom({ baseUrl: server.baseUrl, token: 'sk_test_1' }))
  const call = { id: 'x.make', method: 'POST', path: '/api/x', auth: 'apiKey' } as const
  await caller.json({ ...call, body: { amount: '49.990', fee: 0.1 } })
  assert.deepEqual(server.seen[0]?.body, { amount: '49.990', fee: 0.1 })
  for (const amount of [Number.NaN, Number.POSITIVE_INFINITY]) {
    await assert.rejects(
      caller.json({ ...call, body: { prices: [{ amount }] } }),
      /amount is (?:NaN|Infinity)/,
    )
  }
  assert.equal(server.seen.length, 1)
})

test('an own fetch takes the place of the global one', async () => {
  const urls: string[] = []
  const client = new NovaBillingClient({
    token: 'sk_test_1',
    fetch: (input) => {
      urls.push(input instanceof Request ? input.url : String(input))
      return Promise.resolve(Response.json({ id: 'cust_1' }))
    },
  })
  await client.customers.get('cust_1')
  assert.deepEqual(urls, ['http://localhost:3000/api/customers/cust_1'])
})
