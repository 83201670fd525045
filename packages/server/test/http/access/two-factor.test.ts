import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NovaBillingClient, UnauthorizedError } from 'novabilling'
import { Secret, TOTP } from 'otpauth'
import { sha256 } from '../../../src/secrets.ts'
import { type TestTenant, call, newTenant, startServer } from '../../harness.ts'
import { rows } from '../../payment-story.ts'

const server = await startServer()

const unauthorized = { statusCode: 401, message: 'Invalid or missing authentication credentials' }
const codeOf = (secret: string): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.clock.nowMs() })

async function enrolled() {
  const tenant = await newTenant(server)
  const { body: begun } = await tenant.session('POST', '/auth/two-factor')
  const { status, body, text } = await tenant.session('POST', '/auth/two-factor/confirm', {
    totpCode: codeOf(begun.secret),
  })
  assert.equal(status, 200, text)
  server.clock.advance({ seconds: 30 })
  return { tenant, secret: String(begun.secret), recoveryCodes: body.recoveryCodes as string[] }
}

const login = ({ email, password }: TestTenant, totpCode?: string) =>
  call(server, 'POST', '/auth/login', {
    body: { email, password, ...(totpCode === undefined ? {} : { totpCode }) },
  })

test('without two-factor signing in is as documented, and a code that nobody asked for changes nothing', async () => {
  const tenant = await newTenant(server)
  assert.deepEqual(Object.keys((await login(tenant)).body), ['accessToken', 'refreshToken'])
  assert.equal((await login(tenant, '123456')).status, 200)
  await tenant.session('POST', '/auth/two-factor')
  assert.equal((await login(tenant)).status, 200, 'begun but not confirmed, it does not count')
  assert.deepEqual((await tenant.session('GET', '/auth/two-factor')).body, {
    isOn: false,
    since: null,
    recoveryCodesLeft: 0,
  })
})

test('with two-factor on, a right password alone signs nobody in, and a header says what is missing', async () => {
  const { tenant, secret } = await enrolled()
  const without = await login(tenant)
  assert.equal(without.status, 401)
  assert.deepEqual(without.body, unauthorized)
  assert.equal(without.headers.get('novabilling-two-factor'), 'required')
  const wrongPassword = await call(server, 'POST', '/auth/login', {
    body: { email: tenant.email, password: 'not the passphrase', totpCode: codeOf(secret) },
  })
  assert.deepEqual([wrongPassword.status, wrongPassword.body], [401, unauthorized])
  assert.equal(wrongPassword.headers.get('novabilling-two-factor'), null)
  const right = await login(tenant, codeOf(secret))
  assert.equal(right.status, 200)
  assert.deepEqual(Object.keys(right.body), ['accessToken', 'refreshToken'])
})

test('there is no way around it: not by the dashboard, and not by a new password', async () => {
  const { tenant, secret } = await enrolled()
  const token = 'the token of a mail'
  await rows(
    server,
    `insert into password_resets (tenant_id, id, member_id, token_hash, expires_at)
     select tenant_id, $2, id, $3, $4 from members where tenant_id = $1`,
    [tenant.tenantId, server.deps.ids.next(), sha256(token), server.clock.now().add({ hours: 1 }).toString()],
  )
  const password = 'a brand new passphrase'
  const reset = await call(server, 'POST', '/auth/reset-password', { body: { token, newPassword: password } })
  assert.deepEqual([reset.status, Object.keys(reset.body)], [200, ['message']])
  const { email } = tenant
  const origin = { origin: new URL(server.api).origin }
  for (const path of ['/auth/login', '/dashboard/session']) {
    const without = await call(server, 'POST', path, { body: { email, password }, headers: origin })
    assert.deepEqual([without.status, without.body], [401, unauthorized], path)
    assert.equal(without.headers.get('novabilling-two-factor'), 'required', path)
    assert.equal(without.headers.get('set-cookie'), null)
    const totpCode = codeOf(secret)
    const right = await call(server, 'POST', path, { body: { email, password, totpCode }, headers: origin })
    assert.equal(right.status, 200, right.text)
    server.clock.advance({ seconds: 30 })
  }
})

test('a code works once, also for two who send it at the same time', async () => {
  const { tenant, secret } = await enrolled()
  const code = codeOf(secret)
  const answers = await Promise.all([login(tenant, code), login(tenant, code), login(tenant, code)])
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401, 401])
  server.clock.advance({ seconds: 30 })
  assert.equal((await login(tenant, codeOf(secret))).status, 200)
  const old = codeOf(secret)
  server.clock.advance({ seconds: 90 })
  assert.equal((await login(tenant, old)).status, 401, 'a code of ninety seconds ago')
})

test('codes cannot be tried on: wrong ones slow the account down, and asking without one does not help', async () => {
  const { tenant, secret } = await enrolled()
  const statuses: number[] = []
  for (let count = 0; count < 12; count++) {
    await login(tenant)
    statuses.push((await login(tenant, String(100_000 + count))).status)
  }
  assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401])
  assert.ok(statuses.slice(6).every((status) => status === 429))
  server.clock.advance({ minutes: 10 })
  assert.equal((await login(tenant, codeOf(secret))).status, 200)
})

test('a recovery code signs in once, and none is stored as it is', async () => {
  const { tenant, secret, recoveryCodes } = await enrolled()
  assert.equal(new Set(recoveryCodes).size, 10)
  const [first = '', second = ''] = recoveryCodes
  assert.match(first, /^[a-z0-9]{4}(-[a-z0-9]{4}){3}$/)
  assert.equal((await login(tenant, first.toUpperCase())).status, 200)
  assert.equal((await login(tenant, first)).status, 401)
  assert.equal((await login(tenant, second)).status, 200)
  assert.equal((await tenant.session('GET', '/auth/two-factor')).body.recoveryCodesLeft, 8)
  const stored = JSON.stringify(
    await rows(
      server,
      `select f::text, r::text from second_factors f
       left join recovery_codes r on r.member_id = f.member_id where f.tenant_id = $1`,
      [tenant.tenantId],
    ),
  )
  for (const kept of [...recoveryCodes, secret]) assert.ok(!stored.includes(kept))
})

test('two-factor is begun anew only after it was switched off, which takes a code', async () => {
  const { tenant, secret } = await enrolled()
  assert.equal((await tenant.session('POST', '/auth/two-factor')).body.code, 'two_factor_on')
  const wrong = await tenant.session('POST', '/auth/two-factor/disable', { totpCode: '000000' })
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [400, 'totpCode'])
  assert.equal(
    (await tenant.session('POST', '/auth/two-factor/disable', { totpCode: codeOf(secret) })).status,
    204,
  )
  assert.equal((await login(tenant)).status, 200)
  assert.equal((await tenant.session('GET', '/auth/two-factor')).body.recoveryCodesLeft, 0)
  const { body } = await tenant.session('GET', '/tenants/me/audit-log?limit=100')
  const actions = body.data.map(({ action }: { action: string }) => action)
  assert.ok(actions.includes('two_factor.on') && actions.includes('two_factor.off'))
  const other = await newTenant(server)
  const { status } = await other.session('POST', '/auth/two-factor/confirm', { totpCode: '123456' })
  assert.equal(status, 409)
})

test('the SDK signs in with a code, and the client holds the session as without one', async () => {
  const { tenant, secret } = await enrolled()
  const client = new NovaBillingClient({ baseUrl: server.origin })
  const { email, password } = tenant
  await assert.rejects(client.auth.login({ email, password }), UnauthorizedError)
  await client.auth.login({ email, password, totpCode: codeOf(secret) })
  assert.equal((await client.twoFactor.get()).isOn, true)
})
