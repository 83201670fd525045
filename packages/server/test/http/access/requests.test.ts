import assert from 'node:assert/strict'
import { test } from 'node:test'
import { housekeeping } from '../../../src/slices/housekeeping/index.ts'
import { call, caller, newKey, newTenant, startServer } from '../../harness.ts'
import { rows } from '../../payment-story.ts'

const server = await startServer()

type Request = { id: string; method: string; path: string; operation: string; status: number; code: string }

test('each request of a key is in the log by its X-Request-Id, with how it ended and why', async () => {
  const tenant = await newTenant(server)
  const made = await tenant.test('POST', '/customers', { email: 'kept@example.com' })
  const refused = await tenant.test('GET', '/customers/nobody?')
  const reader = caller(server, await newKey(tenant.session, ['customers:read'], 'test'))
  const forbidden = await reader('POST', '/customers', { email: 'x@example.com' })
  const wrongKind = await reader('GET', '/tenants/me')
  const { body } = await tenant.session('GET', '/tenants/me/requests')
  assert.deepEqual(
    body.data.map(({ method, path, operation, status, code }: Request) => [
      method,
      path,
      operation,
      status,
      code,
    ]),
    [
      ['GET', '/api/tenants/me', 'tenants.me', 403, null],
      ['POST', '/api/customers', 'customers.create', 403, null],
      ['GET', '/api/customers/nobody', 'customers.get', 404, 'customer_not_found'],
      ['POST', '/api/customers', 'customers.create', 201, null],
    ],
  )
  for (const [index, answer] of [wrongKind, forbidden, refused, made].entries())
    assert.equal(body.data[index].id, answer.headers.get('x-request-id'))
  const found = await tenant.session('GET', `/tenants/me/requests?requestId=${body.data[2].id}`)
  assert.deepEqual(found.body.data, [body.data[2]])
  const failed = await tenant.session('GET', `/tenants/me/requests?outcome=REFUSED&limit=2`)
  assert.deepEqual(failed.body.data, body.data.slice(0, 2))
  assert.equal(failed.body.meta.total, 3)
  const own = await tenant.session('GET', `/tenants/me/requests?apiKeyId=${body.data[0].apiKeyId}`)
  assert.equal(own.body.meta.total, 2)
})

test('no secret, no query and nothing of a body is in the log', async () => {
  const tenant = await newTenant(server)
  await tenant.test('GET', '/customers?search=secret-of-ours')
  await tenant.test('POST', '/customers', { email: 'private@example.com' })
  await tenant.session('GET', '/tenants/me/requests')
  const kept = JSON.stringify(await rows(server, `select t::text from request_log t`, []))
  assert.match(kept, /customers/)
  assert.doesNotMatch(kept, /secret-of-ours|private@example|sk_test|Bearer/)
})

test('nobody sees the requests and the usage of another tenant', async () => {
  const [one, other] = [await newTenant(server), await newTenant(server)]
  await one.test('GET', '/customers')
  await other.test('GET', '/customers')
  const { body } = await one.session('GET', '/tenants/me/requests')
  assert.equal(body.meta.total, 1)
  const { apiKeyId, environmentId } = body.data[0]
  for (const query of [
    `apiKeyId=${apiKeyId}`,
    `environment=${environmentId}`,
    `requestId=${body.data[0].id}`,
  ])
    assert.equal((await other.session('GET', `/tenants/me/requests?${query}`)).body.meta.total, 0, query)
  const { status, body: answer } = await other.session('GET', `/tenants/me/api-keys/${apiKeyId}/usage`)
  assert.deepEqual([status, answer.code], [404, 'api_key_not_found'])
  assert.equal((await call(server, 'GET', '/tenants/me/requests')).status, 401)
  assert.equal((await one.test('GET', '/tenants/me/requests')).status, 403)
})

test('what a key asked for is counted by day, route and status, each request once, however many are kept', async () => {
  const tenant = await newTenant(server)
  const key = await newKey(tenant.session, ['customers:read'], 'test')
  const as = caller(server, key)
  for (let count = 0; count < 130; count++) await as('GET', count < 120 ? '/customers' : '/customers/nobody')
  await as('POST', '/customers', {})
  const { body: list } = await tenant.session('GET', '/tenants/me/requests')
  const { apiKeyId } = list.data[0]
  const { body } = await tenant.session('GET', `/tenants/me/api-keys/${apiKeyId}/usage`)
  assert.deepEqual(
    body.days.map(({ requests, refused, failed }: Record<string, number>) => [requests, refused, failed]),
    [[131, 11, 0]],
  )
  assert.deepEqual(body.routes, [
    {
      operation: 'customers.list',
      requests: 120,
      refused: 0,
      failed: 0,
      statuses: [{ status: 200, requests: 120 }],
    },
    {
      operation: 'customers.get',
      requests: 10,
      refused: 10,
      failed: 0,
      statuses: [{ status: 404, requests: 10 }],
    },
    {
      operation: 'customers.create',
      requests: 1,
      refused: 1,
      failed: 0,
      statuses: [{ status: 403, requests: 1 }],
    },
  ])
  // Fifty of those that went well, and every refusal: there was room for them.
  assert.equal(list.meta.total, 50 + 11)
})

test('requests are shown for seven days, and gone from the database soon after', async () => {
  const tenant = await newTenant(server)
  await tenant.test('GET', '/customers')
  const shown = async (): Promise<number> =>
    (await tenant.session('GET', '/tenants/me/requests')).body.meta.total
  const stored = async (): Promise<number> =>
    (await rows(server, `select id from request_log where tenant_id = $1`, [tenant.tenantId])).length
  assert.equal(await shown(), 1)
  await housekeeping.tick(server.deps)
  assert.equal(await stored(), 1)
  for (let day = 1; day <= 9; day++) {
    server.clock.advance({ hours: 24 })
    await housekeeping.tick(server.deps)
    if (day === 6) assert.equal(await stored(), 1)
  }
  assert.equal(await stored(), 0)
})
