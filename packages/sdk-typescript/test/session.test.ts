import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NovaBillingClient, UnauthorizedError } from '../src/generated/index.ts'
import { fakeServer, type Reply, sessionServer, unauthorized } from './fake-server.ts'

const credentials = { email: 'admin@acmecorp.com', password: 'securepassword123' }

test('after a log-in the client uses the session for tenant routes and gives its tokens', async () => {
  await using server = await fakeServer(sessionServer().answer)
  const client = new NovaBillingClient({ baseUrl: server.baseUrl })

  const session = await client.auth.login(credentials)
  assert.deepEqual(await client.apiKeys.list(), [])

  assert.equal(session.accessToken, 'access-0')
  assert.equal(server.seen[0]?.headers.authorization, undefined)
  assert.deepEqual(server.seen[0]?.body, credentials)
  assert.equal(server.seen[1]?.headers.authorization, 'Bearer access-0')
})

test('an API key serves data routes and the session serves tenant routes', async () => {
  const session = sessionServer()
  await using server = await fakeServer((seen) =>
    seen.path.startsWith('/api/customers') ? { json: { id: 'cust_1' } } : session.answer(seen),
  )
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_1' })
  await client.auth.login(credentials)
  await client.customers.get('cust_1')
  await client.apiKeys.list()

  assert.deepEqual(
    server.seen.map((seen) => seen.headers.authorization),
    [undefined, 'Bearer sk_test_1', 'Bearer access-0'],
  )
})

test('without a token the API key comes from NOVABILLING_API_KEY', async (context) => {
  await using server = await fakeServer(() => ({ json: { id: 'cust_1' } }))
  const before = process.env['NOVABILLING_API_KEY']
  context.after(() => {
    if (before === undefined) delete process.env['NOVABILLING_API_KEY']
    else process.env['NOVABILLING_API_KEY'] = before
  })
  process.env['NOVABILLING_API_KEY'] = 'sk_live_env'
  await new NovaBillingClient({ baseUrl: server.baseUrl }).customers.get('cust_1')
  await new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_live_own' }).customers.get('cust_1')

  assert.deepEqual(
    server.seen.map((seen) => seen.headers.authorization),
    ['Bearer sk_live_env', 'Bearer sk_live_own'],
  )
})

test('a session that ran out is refreshed once, however many calls notice it at a time', async () => {
  const session = sessionServer()
  await using server = await fakeServer(session.answer)
  const client = new NovaBillingClient({ baseUrl: server.baseUrl })
  await client.auth.login(credentials)
  session.expire()

  await Promise.all(Array.from({ length: 20 }, () => client.apiKeys.list()))

  assert.equal(session.state.refreshes, 1)
  assert.equal(session.state.alive, true)
})

test('a refresh by hand joins the one under way and its tokens are taken up', async () => {
  const session = sessionServer()
  await using server = await fakeServer(session.answer)
  const client = new NovaBillingClient({ baseUrl: server.baseUrl })
  const first = await client.auth.login(credentials)
  const [one, two] = await Promise.all([
    client.auth.refresh({ refreshToken: first.refreshToken }),
    client.auth.refresh({ refreshToken: first.refreshToken }),
  ])
  await client.apiKeys.list()

  assert.equal(session.state.refreshes, 1)
  assert.deepEqual(one, two)
  assert.equal(server.seen.at(-1)?.headers.authorization, 'Bearer access-1')
})

test('a refresh whose answer was lost is repeated under the same idempotency key, also by a later call', async () => {
  let refreshes = 0
  await using server = await fakeServer((seen): Reply => {
    if (seen.path === '/api/auth/login') return { json: { accessToken: 'old', refreshToken: 'refresh' } }
    if (seen.path === '/api/auth/refresh') {
      refreshes += 1
      return refreshes < 3 ? 'drop' : { json: { accessToken: 'new', refreshToken: 'next' } }
    }
    return seen.headers.authorization === 'Bearer new' ? { json: [] } : unauthorized
  })
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, maxRetries: 1 })
  await client.auth.login(credentials)
  await assert.rejects(client.apiKeys.list(), { name: 'NovaBillingConnectionError' })
  await client.apiKeys.list()

  const keys = server.seen
    .filter((seen) => seen.path === '/api/auth/refresh')
    .map((seen) => seen.headers['idempotency-key'])
  assert.equal(keys.length, 3)
  assert.equal(new Set(keys).size, 1)
  assert.ok(keys[0])
})

test('a session that cannot be renewed is an UnauthorizedError, and no second refresh is tried', async () => {
  const session = sessionServer()
  await using server = await fakeServer(session.answer)
  const client = new NovaBillingClient({ baseUrl: server.baseUrl })
  await client.auth.login(credentials)
  session.expire()
  session.state.alive = false

  await assert.rejects(client.apiKeys.list(), UnauthorizedError)
  await assert.rejects(client.apiKeys.list(), UnauthorizedError)

  assert.equal(session.state.refreshes, 1)
  assert.equal(server.seen.at(-1)?.headers.authorization, undefined)
})

test('a refused API key is not an occasion to refresh the session', async () => {
  const session = sessionServer()
  await using server = await fakeServer((seen) =>
    seen.path.startsWith('/api/customers') ? unauthorized : session.answer(seen),
  )
  const client = new NovaBillingClient({ baseUrl: server.baseUrl, token: 'sk_test_dead' })
  await client.auth.login(credentials)

  await assert.rejects(client.customers.get('cust_1'), UnauthorizedError)
  assert.deepEqual(
    server.seen.map(({ path }) => path),
    ['/api/auth/login', '/api/customers/cust_1'],
  )
})

test('after a log-out the client holds no session', async () => {
  await using server = await fakeServer(sessionServer().answer)
  const client = new NovaBillingClient({ baseUrl: server.baseUrl })
  await client.auth.login(credentials)
  assert.equal(await client.auth.logout(), undefined)
  await assert.rejects(client.apiKeys.list(), UnauthorizedError)

  assert.equal(server.seen.at(-1)?.headers.authorization, undefined)
})
