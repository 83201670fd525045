import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, newTenant, startServer } from '../../harness.ts'

const server = await startServer()
const unauthorized = { statusCode: 401, message: 'Invalid or missing authentication credentials' }

test('login answers with the two tokens and nothing else', async () => {
  const { email, password } = await newTenant(server)
  const { status, body, headers } = await call(server, 'POST', '/auth/login', {
    body: { email: email.toUpperCase(), password },
  })
  assert.equal(status, 200)
  assert.deepEqual(Object.keys(body), ['accessToken', 'refreshToken'])
  assert.equal(headers.get('cache-control'), 'no-store')
})

test('an access token lives 3600 seconds and a refresh token 30 days', async () => {
  const { accessToken, refreshToken } = await newTenant(server)
  const claims = (token: string): { exp: number; iat: number } =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  const header = Buffer.from(accessToken.split('.')[0] ?? '', 'base64url').toString()
  assert.equal(header, '{"alg":"HS256","typ":"JWT"}')
  assert.equal(claims(accessToken).exp - claims(accessToken).iat, 3600)
  assert.equal(claims(refreshToken).exp - claims(refreshToken).iat, 30 * 24 * 3600)
})

test('a refresh token works once, and using it again ends its session', async () => {
  const { refreshToken, accessToken } = await newTenant(server)
  const first = await call(server, 'POST', '/auth/refresh', { body: { refreshToken } })
  assert.equal(first.status, 200)
  assert.notEqual(first.body.refreshToken, refreshToken)
  const again = await call(server, 'POST', '/auth/refresh', { body: { refreshToken } })
  assert.equal(again.status, 401)
  assert.deepEqual(again.body, unauthorized)
  const successor = await call(server, 'POST', '/auth/refresh', {
    body: { refreshToken: first.body.refreshToken },
  })
  assert.equal(successor.status, 401)
  for (const credential of [accessToken, first.body.accessToken]) {
    assert.equal((await call(server, 'GET', '/tenants/me', { credential })).status, 401)
  }
})

test('twenty parallel uses of one refresh token give one successor at most, and no error of the server', async () => {
  const { refreshToken } = await newTenant(server)
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => call(server, 'POST', '/auth/refresh', { body: { refreshToken } })),
  )
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.ok(answers.every(({ status }) => status === 200 || status === 401))
})

test('a lost answer is given again to the same Idempotency-Key within a minute, and to no other', async () => {
  const { refreshToken } = await newTenant(server)
  const repeat = (key: string): ReturnType<typeof call> =>
    call(server, 'POST', '/auth/refresh', { body: { refreshToken }, headers: { 'idempotency-key': key } })
  const first = await repeat('one')
  server.clock.advance({ seconds: 50 })
  assert.deepEqual((await repeat('one')).body, first.body)
  server.clock.advance({ seconds: 11 })
  assert.equal((await repeat('one')).status, 401)
  const next = await call(server, 'POST', '/auth/refresh', {
    body: { refreshToken: first.body.refreshToken },
  })
  assert.equal(next.status, 401, 'the reuse ended the session')
})

test('an access token dies after an hour, a refresh token after 30 days, a session after 90', async () => {
  const { accessToken, refreshToken } = await newTenant(server)
  server.clock.advance({ seconds: 3599 })
  assert.equal((await call(server, 'GET', '/tenants/me', { credential: accessToken })).status, 200)
  server.clock.advance({ seconds: 2 })
  assert.equal((await call(server, 'GET', '/tenants/me', { credential: accessToken })).status, 401)
  let current = refreshToken
  for (let day = 0; day < 88; day += 22) {
    server.clock.advance({ hours: 22 * 24 })
    const next = await call(server, 'POST', '/auth/refresh', { body: { refreshToken: current } })
    assert.equal(next.status, 200, `day ${day}`)
    current = next.body.refreshToken
  }
  server.clock.advance({ hours: 3 * 24 })
  assert.equal((await call(server, 'POST', '/auth/refresh', { body: { refreshToken: current } })).status, 401)
})

test('logout ends the access and the refresh token at once, also while a refresh runs', async () => {
  for (let round = 0; round < 10; round++) {
    const { accessToken, refreshToken } = await newTenant(server)
    const [refreshed] = await Promise.all([
      call(server, 'POST', '/auth/refresh', { body: { refreshToken } }),
      call(server, 'POST', '/auth/logout', { credential: accessToken }),
    ])
    for (const credential of [accessToken, refreshed.body.accessToken]) {
      if (credential) assert.equal((await call(server, 'GET', '/tenants/me', { credential })).status, 401)
    }
    const again = await call(server, 'POST', '/auth/refresh', {
      body: { refreshToken: refreshed.body.refreshToken ?? refreshToken },
    })
    assert.equal(again.status, 401)
  }
})

test('no forged, altered or misused token is believed', async () => {
  const { accessToken, refreshToken } = await newTenant(server)
  const [header = '', payload = '', signature = ''] = accessToken.split('.')
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const forged = [
    refreshToken,
    `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
    `${encode({ alg: 'nOnE', typ: 'JWT' })}.${payload}.${signature}`,
    `${encode({ alg: 'HS512', typ: 'JWT' })}.${payload}.${signature}`,
    `${encode({ alg: 'RS256', typ: 'JWT' })}.${payload}.${signature}`,
    `${encode({ alg: 'HS256', typ: 'JWT', kid: "' or 1=1" })}.${payload}.${signature}`,
    `${header}.${encode({ ...claims, exp: claims.exp + 9999 })}.${signature}`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    'x'.repeat(5000),
    'a.b.c',
    '',
  ]
  for (const credential of forged) {
    const { status, body } = await call(server, 'GET', '/tenants/me', { credential })
    assert.equal(status, 401, credential.slice(0, 60))
    assert.deepEqual(body, unauthorized)
  }
  const asRefresh = await call(server, 'POST', '/auth/refresh', { body: { refreshToken: accessToken } })
  assert.equal(asRefresh.status, 401)
})

test('a known and an unknown address get the same answer to a login and to a forgotten password', async () => {
  const { email } = await newTenant(server)
  const bytes = async (path: string, body: object): Promise<string> => {
    const { status, text } = await call(server, 'POST', path, { body })
    return `${status} ${text}`
  }
  assert.equal(
    await bytes('/auth/login', { email, password: 'wrong password' }),
    await bytes('/auth/login', { email: 'nobody@example.com', password: 'wrong password' }),
  )
  assert.equal(
    await bytes('/auth/forgot-password', { email }),
    await bytes('/auth/forgot-password', { email: 'nobody@example.com' }),
  )
})

test('wrong passwords make an account wait, whether it exists or not, and the right one works after the wait', async () => {
  for (const known of [true, false]) {
    const tenant = await newTenant(server)
    const email = known ? tenant.email : `unknown-${tenant.email}`
    const login = (password: string): ReturnType<typeof call> =>
      call(server, 'POST', '/auth/login', { body: { email, password } })
    for (let count = 0; count < 5; count++) assert.equal((await login('wrong password')).status, 401)
    const waiting = await login(tenant.password)
    assert.equal(waiting.status, 429)
    assert.deepEqual(waiting.body, {
      statusCode: 429,
      message: 'Rate limit exceeded. Try again in 1 seconds',
      retryAfter: 1,
    })
    assert.equal(waiting.headers.get('retry-after'), '1')
    server.clock.advance({ seconds: 1 })
    assert.equal((await login(tenant.password)).status, known ? 200 : 401)
  }
})

test('a forged X-Forwarded-For does not make another address of us', async () => {
  const statuses = new Set<number>()
  for (let count = 0; count < 120; count++) {
    const { status } = await call(server, 'POST', '/auth/login', {
      body: { email: `sprayed${count}@example.com`, password: 'wrong password' },
      headers: { 'x-forwarded-for': `203.0.113.${count}` },
    })
    statuses.add(status)
  }
  assert.ok(statuses.has(429), 'one address was let through without end')
  server.clock.advance({ minutes: 2 })
})

test('weak passwords are refused, long passphrases with any characters are taken exactly', async () => {
  const register = (password: string): ReturnType<typeof call> =>
    call(server, 'POST', '/auth/register', {
      body: {
        name: 'Ada',
        email: `p${Math.trunc(performance.now() * 1000)}@example.com`,
        password,
        companyName: 'Acme',
      },
    })
  for (const weak of ['password1', '12345678', 'short', '']) {
    const { status, body } = await register(weak)
    assert.equal(status, 400, weak)
    assert.equal(body.errors[0].path, 'password')
  }
  const long = ' ünï🙂 '.repeat(15).slice(0, 128)
  assert.equal((await register(long)).status, 201)
})

test('an e-mail address is one account in any letter case', async () => {
  const { email } = await newTenant(server)
  const again = await call(server, 'POST', '/auth/register', {
    body: { name: 'Ada', email: email.toUpperCase(), password: 'a long passphrase', companyName: 'Acme' },
  })
  assert.equal(again.status, 409)
  assert.equal(again.body.code, 'tenant_email_taken')
})

test('64 parallel logins leave /health fast, and none fails with an error of the server', async () => {
  const { email, password } = await newTenant(server)
  const logins = Array.from({ length: 64 }, () =>
    call(server, 'POST', '/auth/login', { body: { email, password } }),
  )
  const slowest = { ms: 0 }
  const done = Promise.all(logins).then((answers) => answers)
  for (let count = 0; count < 20; count++) {
    const started = performance.now()
    assert.equal((await fetch(`${server.origin}/health`)).status, 200)
    slowest.ms = Math.max(slowest.ms, performance.now() - started)
  }
  const answers = await done
  assert.ok(slowest.ms < 300, `health took ${slowest.ms} ms`)
  assert.ok(answers.every(({ status }) => status === 200 || status === 429 || status === 503))
  assert.ok(answers.some(({ status }) => status === 200))
})

test('open sessions are listed and can be ended one by one', async () => {
  const tenant = await newTenant(server)
  const other = await call(server, 'POST', '/auth/login', {
    body: { email: tenant.email, password: tenant.password },
  })
  const { body } = await tenant.session('GET', '/tenants/me/sessions')
  assert.equal(body.meta.total, 2)
  const foreign = body.data.find((one: { current: boolean }) => !one.current)
  assert.equal((await tenant.session('DELETE', `/tenants/me/sessions/${foreign.id}`)).status, 204)
  assert.equal((await call(server, 'GET', '/tenants/me', { credential: other.body.accessToken })).status, 401)
  assert.equal((await tenant.session('DELETE', `/tenants/me/sessions/${foreign.id}`)).status, 404)
})

test('a known and an unknown address take equally long', async () => {
  const tenant = await newTenant(server)
  const times = { known: [] as number[], unknown: [] as number[] }
  for (let round = 0; round < 12; round++) {
    for (const [kind, email] of [
      ['known', tenant.email],
      ['unknown', `nobody${round}@example.com`],
    ] as const) {
      const started = performance.now()
      await call(server, 'POST', '/auth/login', { body: { email, password: 'wrong password' } })
      times[kind].push(performance.now() - started)
    }
    server.clock.advance({ minutes: 6 })
  }
  const median = (values: number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
  const [known, unknown] = [median(times.known), median(times.unknown)]
  // Without the work on a dummy the unknown address would take a tenth of the time.
  assert.ok(unknown > known * 0.5 && unknown < known * 2, `known ${known} ms, unknown ${unknown} ms`)
})
