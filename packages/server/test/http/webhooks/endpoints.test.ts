import assert from 'node:assert/strict'
import type { lookup } from 'node:dns'
import { test } from 'node:test'
import { createSender } from '../../../src/slices/webhooks/send.ts'
import { type Caller, caller, newKey, newTenant, startServer } from '../../harness.ts'
import { rows } from '../../payment-story.ts'
import { newEndpoint, startReceiver } from '../../webhook-story.ts'

const server = await startServer()
const url = 'https://93.184.215.14/hook'

test('an endpoint is made, shown, changed and deleted; its secret is in one answer only', async () => {
  const { test: as } = await newTenant(server)
  const created = await as('POST', '/webhook-endpoints', {
    url,
    events: ['invoice.paid', 'customer.*'],
    description: 'Books',
  })
  assert.equal(created.status, 201)
  assert.equal(created.headers.get('cache-control'), 'no-store')
  const { secret, ...endpoint } = created.body
  assert.deepEqual((await as('GET', `/webhook-endpoints/${endpoint.id}`)).body, endpoint)
  assert.deepEqual((await as('GET', '/webhook-endpoints')).body.data, [endpoint])
  const changed = (
    await as('PATCH', `/webhook-endpoints/${endpoint.id}`, {
      events: ['*'],
      description: null,
      isActive: false,
    })
  ).body
  assert.deepEqual(
    { ...changed, updatedAt: endpoint.updatedAt },
    { ...endpoint, events: ['*'], description: null, isActive: false },
  )
  assert.deepEqual((await as('GET', `/webhook-endpoints/${endpoint.id}`)).body, changed)
  assert.equal((await as('DELETE', `/webhook-endpoints/${endpoint.id}`)).status, 204)
  assert.equal((await as('GET', `/webhook-endpoints/${endpoint.id}`)).body.code, 'webhook_endpoint_not_found')
  assert.equal((await as('GET', `/webhook-endpoints/${endpoint.id}/deliveries`)).status, 404)
  assert.ok(secret.startsWith('whsec_'))
})

test('a repeated creation gives the same secret, and a dump of the database does not', async () => {
  const { test: as } = await newTenant(server)
  const headers = { 'idempotency-key': 'endpoint-1' }
  const first = await as('POST', '/webhook-endpoints', { url }, headers)
  const again = await as('POST', '/webhook-endpoints', { url }, headers)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  assert.equal(again.text, first.text)
  assert.equal((await as('GET', '/webhook-endpoints')).body.meta.total, 1)
  const { secret } = first.body
  for (const table of ['webhook_endpoints', 'idempotency_keys', 'events', 'audit_log']) {
    const [found] = await rows(
      server,
      `select count(*)::int as n from ${table} t where t::text like '%' || $1 || '%'`,
      [secret.slice(6)],
    )
    assert.equal(found?.['n'], 0, table)
  }
  assert.doesNotMatch(server.logged(), new RegExp(secret.slice(6, 30)))
})

test('a key sets up and sees an endpoint for what it may write and read', async () => {
  const tenant = await newTenant(server)
  const key = async (...scopes: Parameters<typeof newKey>[1]): Promise<Caller> =>
    caller(server, await newKey(tenant.session, scopes))
  const billing = await key('invoices:write', 'invoices:read')
  const mine = await newEndpoint(billing, url)
  assert.deepEqual(mine.events, ['invoice.*', 'credit_note.*'])
  assert.deepEqual((await newEndpoint(tenant.test, url)).events, ['*'])
  for (const [events, scope] of [
    [['invoice.paid', 'payment.succeeded'], 'payments:write'],
    [['customer.*'], 'customers:write'],
    [['*'], 'customers:write'],
  ] as const) {
    const refused = await billing('POST', '/webhook-endpoints', { url, events })
    assert.deepEqual(refused.body, {
      statusCode: 403,
      message: `Insufficient permissions. Required: ${scope}`,
    })
    assert.equal((await billing('PATCH', `/webhook-endpoints/${mine.id}`, { events })).status, 403)
  }
  assert.deepEqual(
    (await billing('GET', '/webhook-endpoints')).body.data.map(({ id }: { id: string }) => id),
    [mine.id],
  )
  const customers = await key('customers:write', 'customers:read')
  assert.equal((await customers('GET', `/webhook-endpoints/${mine.id}`)).status, 404)
  for (const [method, path] of [
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/rotate-secret'],
    ['POST', '/test'],
  ] as const) {
    const { status } = await customers(
      method,
      `/webhook-endpoints/${mine.id}${path}`,
      method === 'DELETE' ? undefined : {},
    )
    assert.equal(status, 403, `${method} ${path}`)
  }
})

test('an environment has at most fifty endpoints', async () => {
  const { test: as } = await newTenant(server)
  for (let count = 0; count < 50; count++) await newEndpoint(as, url)
  assert.equal((await as('POST', '/webhook-endpoints', { url })).body.code, 'webhook_endpoint_limit')
})

test('an address that is not on the public network is refused when it is given', async () => {
  const { test: as, session } = await newTenant(server)
  const endpoint = await newEndpoint(as, url)
  const inside = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '①②⑦.⓪.⓪.①',
    '0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[fd00::1]',
    '[fe80::1]',
    '[fe90::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[::127.0.0.1]',
    'localhost',
    'localhost.',
    'metadata.google.internal',
    'db.internal',
    'printer.local',
    'intranet',
  ]
  const bad = [
    ...inside.map((host) => `https://${host}/hook`),
    'http://93.184.215.14/',
    'ftp://93.184.215.14/',
    'file:///etc/passwd',
    'gopher://93.184.215.14/',
    'https://user:pw@93.184.215.14/',
    'https://93.184.215.14:22/',
    'https://93.184.215.14:5432/',
    'https://93.184.215.14:80/',
    `https://93.184.215.14/${'a'.repeat(8000)}`,
    'not a url',
    '',
  ]
  for (const address of bad) {
    const made = await as('POST', '/webhook-endpoints', { url: address })
    assert.equal(made.status, 400, address)
    assert.equal(made.body.errors[0].path, 'url', address)
    assert.equal(
      (await as('PATCH', `/webhook-endpoints/${endpoint.id}`, { url: address })).status,
      400,
      address,
    )
    assert.equal((await session('PATCH', '/tenants/me', { webhookUrl: address })).status, 400, address)
  }
  assert.equal((await as('GET', '/webhook-endpoints')).body.meta.total, 1)
})

test('what a name leads to is checked when it is connected to: all its addresses, and nothing reaches the inside', async () => {
  const receiver = await startReceiver()
  const { port } = new URL(receiver.url)
  const signal = new AbortController().signal
  const message = { headers: {}, body: '{}' }
  const leadingTo = (...addresses: string[]): typeof lookup =>
    ((_host: string, _options: object, callback: (error: null, found: object[]) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as unknown as typeof lookup
  for (const addresses of [
    ['127.0.0.1'],
    ['93.184.215.14', '127.0.0.1'],
    ['::ffff:127.0.0.1'],
    ['10.0.0.1'],
    [],
  ]) {
    const sender = createSender('public', leadingTo(...addresses))
    const reply = await sender.post({ ...message, url: 'https://rebound.example:8443/hook' }, signal)
    assert.deepEqual(reply, { status: null, error: 'rebound.example leads into a private network.' })
    sender.close()
  }
  // The check of what was stored is made again too.
  const sender = createSender('public')
  for (const address of [
    `http://127.0.0.1:${port}/`,
    'https://127.0.0.1/',
    'https://[::1]:8443/',
    `https://93.184.215.14:${port}/`,
  ]) {
    const reply = await sender.post({ ...message, url: address }, signal)
    assert.equal(reply.status, null, address)
  }
  sender.close()
  // The same way with nothing to hold to does reach it: the test can fail.
  const open = createSender('any')
  assert.equal((await open.post({ ...message, url: receiver.url }, signal)).status, 200)
  open.close()
  assert.equal(receiver.received.length, 1)
})
