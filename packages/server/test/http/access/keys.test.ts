import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { scopes } from '../../../src/http/scopes.ts'
import { slices } from '../../../src/slices/index.ts'
import { call, caller, newKey, newTenant, startServer } from '../../harness.ts'

const server = await startServer()
const owner = new pg.Client({ connectionString: server.databaseUrl })
before(() => owner.connect())
after(() => owner.end())

const unauthorized = { statusCode: 401, message: 'Invalid or missing authentication credentials' }
const dataRoutes = slices.flatMap(({ routes }) => routes).filter(({ access }) => access.kind === 'key')
const sessionRoutes = slices.flatMap(({ routes }) => routes).filter(({ access }) => access.kind === 'session')
const address = (url: string): string => url.replaceAll(/:\w+/g, 'none_00000000000000000000000000')

test('each route for keys × each single scope: the exact 403 without it, past the guard with it', async () => {
  const tenant = await newTenant(server)
  assert.ok(dataRoutes.length >= 4)
  for (const scope of scopes) {
    const ask = caller(server, await newKey(tenant.session, [scope]))
    for (const route of dataRoutes) {
      const anyOf = route.access.kind === 'key' ? route.access.anyOf : []
      const { status, body } = await ask(
        route.method,
        address(route.url),
        route.method === 'GET' || route.method === 'DELETE' ? undefined : {},
      )
      if (anyOf.includes(scope))
        assert.ok(
          status !== 403 && status !== 401 && status < 500,
          `${route.operation} with ${scope}: ${status}`,
        )
      else
        assert.deepEqual(
          body,
          { statusCode: 403, message: `Insufficient permissions. Required: ${anyOf.join(' or ')}` },
          `${route.operation} with ${scope}`,
        )
    }
  }
})

test('a session on a data route and a key on a tenant route get the exact 403', async () => {
  const tenant = await newTenant(server)
  for (const route of dataRoutes) {
    const { body } = await tenant.session(route.method, address(route.url))
    assert.deepEqual(body, {
      statusCode: 403,
      message: `Insufficient permissions. Required: ${route.access.kind === 'key' ? route.access.anyOf.join(' or ') : ''}`,
    })
  }
  for (const route of sessionRoutes) {
    const { body } = await tenant.live(route.method, address(route.url))
    assert.deepEqual(body, { statusCode: 403, message: 'Insufficient permissions. Required: tenant session' })
  }
})

test('without credentials, or with bad ones, every route answers the same 401', async () => {
  for (const route of [...dataRoutes, ...sessionRoutes]) {
    const { status, text } = await call(server, route.method, address(route.url))
    assert.equal(status, 401, route.operation)
    assert.equal(text, JSON.stringify(unauthorized))
  }
  const tenant = await newTenant(server)
  const bad = [
    tenant.liveKey.slice(0, -1) + (tenant.liveKey.endsWith('a') ? 'b' : 'a'),
    'sk_live_x',
    'sk_live_',
    tenant.liveKey.replace('live', 'test'),
  ]
  for (const credential of bad) {
    const { text } = await call(server, 'GET', '/customers', { credential })
    assert.equal(text, JSON.stringify(unauthorized), credential)
  }
  for (const path of [`/customers?api_key=${tenant.liveKey}`, `/customers?token=${tenant.liveKey}`]) {
    assert.equal((await call(server, 'GET', path)).status, 401)
  }
  assert.equal(
    (await call(server, 'GET', '/customers', { headers: { cookie: `key=${tenant.liveKey}` } })).status,
    401,
  )
})

test('a key is shown once, has its form, and is in no list, no log and no table', async () => {
  const tenant = await newTenant(server)
  const created = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'Production Key',
    scopes: ['customers:read'],
  })
  assert.equal(created.status, 201)
  assert.match(created.body.key, /^sk_live_[0-9A-Za-z]{38}$/)
  assert.match(created.body.id, /^key_[0-9a-z]{26}$/)
  assert.equal(created.headers.get('cache-control'), 'no-store')
  const listed = await tenant.session('GET', '/tenants/me/api-keys')
  assert.ok(Array.isArray(listed.body))
  const [entry] = listed.body.filter(({ id }: { id: string }) => id === created.body.id)
  assert.equal(entry.key, undefined)
  assert.equal(entry.last4, created.body.key.slice(-4))
  assert.equal((await call(server, 'GET', '/customers', { credential: created.body.key })).status, 200)

  const secrets = [created.body.key, tenant.password, tenant.accessToken, tenant.refreshToken]
  const { rows: tables } = await owner.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  )
  for (const { relname } of tables) {
    const { rows } = await owner.query(`select t::text as row from ${relname} t`)
    for (const { row } of rows) {
      for (const secret of secrets) assert.ok(!row.includes(secret), `${relname} holds a secret`)
    }
  }
  for (const secret of secrets) assert.ok(!server.logged().includes(secret), 'the log holds a secret')
})

test('an idempotent repeat of a key’s creation shows the same key, and the stored answer is sealed', async () => {
  const tenant = await newTenant(server)
  const body = { name: 'Once', scopes: ['plans:read'] }
  const first = await tenant.session('POST', '/tenants/me/api-keys', body, { 'idempotency-key': 'k1' })
  const second = await tenant.session('POST', '/tenants/me/api-keys', body, { 'idempotency-key': 'k1' })
  assert.equal(second.text, first.text)
  assert.equal(second.headers.get('idempotent-replayed'), 'true')
  const { rows } = await owner.query(`select t::text as row from account_idempotency_keys t`)
  const hex = Buffer.from(first.body.key).toString('hex')
  assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(first.body.key) && !row.includes(hex)))
})

test('a revoked key is dead with the answer of its revocation', async () => {
  const tenant = await newTenant(server)
  const { body } = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['customers:read'],
    environment: 'test',
  })
  const use = caller(server, body.key)
  assert.equal((await use('GET', '/customers')).status, 200)
  const running = Array.from({ length: 50 }, () => use('GET', '/customers'))
  assert.equal((await tenant.session('DELETE', `/tenants/me/api-keys/${body.id}`)).status, 204)
  await Promise.all(running)
  assert.equal((await use('GET', '/customers')).status, 401)
  assert.equal((await tenant.session('DELETE', `/tenants/me/api-keys/${body.id}`)).status, 404)
})

test('a rolled key works beside its successor until the overlap ends; rights are the same', async () => {
  const tenant = await newTenant(server)
  const { body: old } = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['customers:read', 'plans:read'],
  })
  const rolled = await tenant.session('POST', `/tenants/me/api-keys/${old.id}/roll`, { overlapSeconds: 60 })
  assert.equal(rolled.status, 201)
  assert.notEqual(rolled.body.key, old.key)
  assert.deepEqual(rolled.body.scopes, old.scopes)
  for (const key of [old.key, rolled.body.key])
    assert.equal((await call(server, 'GET', '/customers', { credential: key })).status, 200)
  server.clock.advance({ seconds: 61 })
  assert.equal((await call(server, 'GET', '/customers', { credential: old.key })).status, 401)
  assert.equal((await call(server, 'GET', '/customers', { credential: rolled.body.key })).status, 200)
  const again = await tenant.session('POST', `/tenants/me/api-keys/${old.id}/roll`, {})
  assert.equal(again.status, 404)
})

test('a key dies at its expiry, and works from its addresses only', async () => {
  const tenant = await newTenant(server)
  const expiresAt = server.clock.now().add({ minutes: 5 }).toString()
  const { body } = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['customers:read'],
    expiresAt,
    allowedIps: ['127.0.0.0/8'],
  })
  assert.equal((await call(server, 'GET', '/customers', { credential: body.key })).status, 200)
  server.clock.advance({ minutes: 6 })
  assert.equal((await call(server, 'GET', '/customers', { credential: body.key })).status, 401)
  const elsewhere = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['customers:read'],
    allowedIps: ['203.0.113.7'],
  })
  const { status } = await call(server, 'GET', '/customers', {
    credential: elsewhere.body.key,
    headers: { 'x-forwarded-for': '203.0.113.7' },
  })
  assert.equal(status, 401)
})

test('a key with faults is refused with all of them at once', async () => {
  const tenant = await newTenant(server)
  const { status, body } = await tenant.session('POST', '/tenants/me/api-keys', {
    name: ' ',
    scopes: ['customers:admin', 'plans:read'],
    environment: 3,
    expiresAt: '2026-02-30T00:00:00Z',
    allowedIps: ['10.0.0.0/33'],
    more: 1,
  })
  assert.equal(status, 400)
  assert.deepEqual(body.errors.map(({ path }: { path: string }) => path).toSorted(), [
    'allowedIps[0]',
    'environment',
    'expiresAt',
    'more',
    'name',
    'scopes[0]',
  ])
  for (const scopesGiven of [[], undefined, 'plans:read', ['*']]) {
    assert.equal(
      (await tenant.session('POST', '/tenants/me/api-keys', { name: 'k', scopes: scopesGiven })).status,
      400,
    )
  }
  const past = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['plans:read'],
    expiresAt: '2020-01-01T00:00:00Z',
  })
  assert.equal(past.body.errors[0].path, 'expiresAt')
})

test('the use of each key is counted by day', async () => {
  const tenant = await newTenant(server)
  const key = await newKey(tenant.session, ['customers:read'])
  for (let count = 0; count < 7; count++) await call(server, 'GET', '/customers', { credential: key })
  const { body } = await tenant.session('GET', '/tenants/me/usage')
  const used = body.apiKeys.find((one: { total: number }) => one.total === 7)
  assert.equal(used.days.length, 1)
  assert.equal(used.days[0].day, server.clock.now().toString().slice(0, 10))
  assert.ok(used.lastUsedAt)
})

test('a revocation reaches another node within a second', async () => {
  const tenant = await newTenant(server)
  const { body } = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['customers:read'],
  })
  const use = caller(server, body.key)
  assert.equal((await use('GET', '/customers')).status, 200)
  // As another node would: the row changes without this one being told in its own process.
  await owner.query('update api_keys set revoked_at = $2 where last4 = $1', [
    body.key.slice(-4),
    server.clock.now().toString(),
  ])
  await sleep(1100)
  assert.equal((await use('GET', '/customers')).status, 401)
})
