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
