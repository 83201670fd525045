import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import pg from 'pg'
import { parseId } from '../../../src/ids.ts'
import { randomToken, sha256 } from '../../../src/secrets.ts'
import { type Answer, startServer } from '../../harness.ts'

const server = await startServer()
const environmentHeader = 'novabilling-environment'

/** A request as a browser would send it, with headers that `fetch` does not let one set. */
function browse(
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string>; type?: string } = {},
): Promise<Answer> {
  const { body, headers, type = 'application/json' } = options
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.api}${path}`,
      {
        method,
        headers: {
          ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
          ...headers,
        },
      },
      (response) => {
        let read = ''
        response.on('data', (chunk: Buffer) => (read += chunk.toString()))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: new Headers(
              Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
            ),
            body: read.startsWith('{') || read.startsWith('[') ? JSON.parse(read) : undefined,
            text: read,
          }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(text)
  })
}

const own = { 'sec-fetch-site': 'same-origin' }
const password = 'correct horse battery staple'

async function signUp(): Promise<{
  cookie: string
  answer: Answer
  live: string
  test: string
  email: string
}> {
  const email = `m${Math.floor(server.clock.nowMs() % 1e9)}-${process.hrtime.bigint()}@example.com`
  const answer = await browse('POST', '/dashboard/register', {
    body: { name: 'Ada Obi', email, password, companyName: 'Acme' },
    headers: own,
  })
  assert.equal(answer.status, 201, answer.text)
  const environment = (kind: string): string =>
    answer.body.environments.find((one: { kind: string }) => one.kind === kind).id
  return { cookie: cookieOf(answer), answer, live: environment('LIVE'), test: environment('TEST'), email }
}

function cookieOf(answer: Answer): string {
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}

test('the cookie is bound to its origin, hidden from scripts, and new with each sign-in; no token comes with it', async () => {
  const { answer, cookie, email } = await signUp()
  const attributes = answer.headers.get('set-cookie') ?? ''
  assert.match(
    attributes,
    /^__Host-novabilling=[\w-]{43}; Path=\/; Max-Age=43200; Secure; HttpOnly; SameSite=Lax$/,
  )
  assert.doesNotMatch(answer.text, /eyJ|sk_/)
  assert.equal(answer.headers.get('cache-control'), 'no-store')

  const again = await browse('POST', '/dashboard/session', {
    body: { email, password },
    headers: { ...own, cookie: '__Host-novabilling=chosen-by-somebody-else' },
  })
  assert.equal(again.status, 200)
  assert.notEqual(cookieOf(again), cookie)
  assert.notEqual(cookieOf(again), '__Host-novabilling=chosen-by-somebody-else')
  const fixed = await browse('GET', '/dashboard/session', {
    headers: { ...own, cookie: '__Host-novabilling=chosen-by-somebody-else' },
  })
  assert.equal(fixed.status, 401)
})

test('the cookie reaches the account and the data of the environment that the page names, and of no other tenant', async () => {
  const { cookie, live, test: testEnvironment } = await signUp()
  const stranger = await signUp()
  const headers = { ...own, cookie }
  assert.equal((await browse('GET', '/tenants/me', { headers })).status, 200)
  const made = await browse('POST', '/customers', {
    body: { email: 'c@example.com' },
    headers: { ...headers, [environmentHeader]: testEnvironment },
  })
  assert.equal(made.status, 201, made.text)
  const count = async (environment: string): Promise<number> =>
    (await browse('GET', '/customers', { headers: { ...headers, [environmentHeader]: environment } })).body
      .meta.total
  assert.equal(await count(testEnvironment), 1)
  assert.equal(await count(live), 0)
  for (const environment of [stranger.live, 'env_nonsense', '']) {
    const refused = await browse('GET', '/customers', {
      headers: { ...headers, [environmentHeader]: environment },
    })
    assert.equal(refused.status, 403, environment)
  }
})

test('what is done in the dashboard is in the audit log under the member’s name', async () => {
  const { cookie, test: environment, answer } = await signUp()
  const headers = { ...own, cookie, [environmentHeader]: environment }
  const made = await browse('POST', '/customers', { body: { email: 'c@example.com' }, headers })
  await browse('PATCH', `/customers/${made.body.id}`, { body: { name: 'C' }, headers })
  await browse('PATCH', `/customers/${made.body.id}`, { body: { name: 7 }, headers })
  const log = await browse('GET', '/tenants/me/audit-log', { headers })
  assert.deepEqual(
    log.body.data
      .filter((entry: { action: string }) => entry.action.startsWith('customers.'))
      .map((entry: { action: string; actor: string; target: string; details: unknown }) => [
        entry.action,
        entry.actor,
        entry.target,
        entry.details,
      ]),
    [
      ['customers.update', answer.body.member.id, made.body.id, { environment }],
      ['customers.create', answer.body.member.id, made.body.id, { environment }],
    ],
  )
})

test('a request that another site’s page may have sent changes nothing', async () => {
  const { cookie, test: environment } = await signUp()
  const base = { cookie, [environmentHeader]: environment }
  const body = { email: 'forged@example.com' }
  const forged: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `${server.origin}.evil.example` },
    { 'sec-fetch-site': 'cross-site', 'x-http-method-override': 'PATCH' },
    {},
  ]
  for (const headers of forged) {
    const refused = await browse('POST', '/customers', { body, headers: { ...base, ...headers } })
    assert.equal(refused.status, 403, JSON.stringify(headers))
    assert.equal(refused.headers.get('access-control-allow-origin'), null)
  }
  const signIn = await browse('POST', '/dashboard/session', {
    body: { email: 'a@example.com', password },
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  assert.equal(signIn.status, 403)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const refused = await browse('POST', '/customers', {
      body: JSON.stringify(body),
      type,
      headers: { ...base, ...own },
    })
    assert.equal(refused.status, 415, type)
  }
  const read = await browse('GET', '/customers', { headers: { ...base, ...own } })
  assert.equal(read.body.meta.total, 0)
  // Without Fetch Metadata, an older browser's own Origin is believed.
  const older = await browse('POST', '/customers', { body, headers: { ...base, origin: server.origin } })
  assert.equal(older.status, 201)
})

test('a visit ends after half an hour unused, after twelve hours whatever happens, and at sign-out', async () => {
  const { cookie } = await signUp()
  const headers = { ...own, cookie }
  const status = async (): Promise<number> => (await browse('GET', '/dashboard/session', { headers })).status
  for (let minutes = 0; minutes < 11 * 60; minutes += 25) {
    server.clock.advance({ minutes: 25 })
    assert.equal(await status(), 200, `after ${minutes}`)
  }
  const idle = await signUp()
  server.clock.advance({ minutes: 31 })
  assert.equal(
    (await browse('GET', '/dashboard/session', { headers: { ...own, cookie: idle.cookie } })).status,
    401,
  )
  const other = await signUp()
  for (let minutes = 0; minutes < 12 * 60; minutes += 25) {
    server.clock.advance({ minutes: 25 })
    await browse('GET', '/dashboard/session', { headers: { ...own, cookie: other.cookie } })
  }
  assert.equal(
    (await browse('GET', '/dashboard/session', { headers: { ...own, cookie: other.cookie } })).status,
    401,
  )

  const leaving = await signUp()
  const gone = await browse('DELETE', '/dashboard/session', { headers: { ...own, cookie: leaving.cookie } })
  assert.equal(gone.status, 204)
  assert.match(gone.headers.get('set-cookie') ?? '', /^__Host-novabilling=; Path=\/; Max-Age=0;/)
  assert.equal(
    (await browse('GET', '/dashboard/session', { headers: { ...own, cookie: leaving.cookie } })).status,
    401,
  )
})

test('a viewer looks at everything and changes nothing', async () => {
  const owner = await signUp()
  const headers = { ...own, cookie: owner.cookie }
  const invited = await browse('POST', '/tenants/me/members/invitations', {
    body: { email: `v-${process.hrtime.bigint()}@example.com`, role: 'VIEWER' },
    headers,
  })
  assert.equal(invited.status, 201, invited.text)
  const token = randomToken()
  const database = new pg.Client({ connectionString: server.databaseUrl })
  await database.connect()
  await database.query('update invitations set token_hash = $2 where id = $1', [
    parseId('invitation', invited.body.id),
    sha256(token),
  ])
  await database.end()
  const joined = await browse('POST', '/dashboard/accept-invitation', {
    body: { token, name: 'Vee', password },
    headers: own,
  })
  assert.equal(joined.status, 201, joined.text)
  const viewer = { ...own, cookie: cookieOf(joined), [environmentHeader]: owner.test }
  assert.equal((await browse('GET', '/customers', { headers: viewer })).status, 200)
  const refused = await browse('POST', '/customers', { body: { email: 'c@example.com' }, headers: viewer })
  assert.deepEqual(refused.body, {
    statusCode: 403,
    message: 'Insufficient permissions. Required: customers:write',
  })
})

test('looking on in the dashboard uses nothing of the tenant’s rate limit', async () => {
  const strict = await startServer({ quotaPerMinute: 5 })
  const email = 'q@example.com'
  const signed = await fetch(`${strict.api}/dashboard/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: strict.origin },
    body: JSON.stringify({ name: 'Ada Obi', email, password, companyName: 'Acme' }),
  })
  const cookie = signed.headers.get('set-cookie')?.split(';')[0] ?? ''
  for (let index = 0; index < 20; index++) {
    const answer = await fetch(`${strict.api}/tenants/me`, { headers: { cookie } })
    assert.equal(answer.status, 200)
    assert.match(answer.headers.get('ratelimit-policy') ?? '', /q=600/)
  }
})
