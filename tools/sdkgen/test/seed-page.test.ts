import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { fakeServer, type Seen, sessionServer } from '../../../packages/sdk-typescript/test/fake-server.ts'
import { runPythonOf, runTypescriptOf } from '../run-seed-page.ts'
import { programOf } from '../seed-page.ts'

const page = join(import.meta.dirname, 'authentication.txt')
const account = { email: 'jane@example.com', password: 'correct horse' }

// NOVABILLING_TEST_URL runs the page against a real server, with a tenant of its own.
async function server() {
  const real = process.env['NOVABILLING_TEST_URL']
  if (real === undefined) {
    const session = sessionServer()
    return fakeServer((seen) => keyRoutes(seen) ?? session.answer(seen))
  }
  const response = await fetch(`${real}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...account, name: 'Jane', companyName: 'Acme' }),
  })
  assert.ok(response.status === 201 || response.status === 409, await response.text())
  return { baseUrl: real, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function keyRoutes({ method, path, headers }: Seen) {
  if (!path.startsWith('/api/tenants/me/api-keys') || headers.authorization !== 'Bearer access-1')
    return undefined
  const key = {
    id: 'key_1',
    name: 'Production Key',
    scopes: ['customers:read'],
    environment: 'live',
    allowedIps: [],
    expiresAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  }
  if (method === 'POST') return { status: 201, json: { ...key, key: 'sk_live_secret' } }
  if (method === 'DELETE') return { status: path === '/api/tenants/me/api-keys/key_1' ? 204 : 404 }
  return { json: [{ ...key, prefix: 'sk_live_', last4: 'cret', lastUsedAt: null, createdBy: null }] }
}

const printed = [
  /^Access Token: \S+$/,
  /^New access token: \S+$/,
  /^API Key: sk_live_\S+$/,
  /^Key ID: key_\S+$/,
  /^Production Key \(key_\S+\) - Created: 2\d\d\d-\S+/,
  /^API key revoked successfully$/,
]

function assertPrinted(output: string): void {
  const lines = output.trim().split('\n')
  assert.equal(lines.length, printed.length, output)
  for (const [index, pattern] of printed.entries()) assert.match(lines[index] ?? '', pattern)
}

before(() => {
  execFileSync('npm', ['run', '--silent', 'prepare'], {
    cwd: join(import.meta.dirname, '../../../packages/sdk-typescript'),
  })
})

test("the page's TypeScript examples run as they stand", async () => {
  await using target = await server()
  assertPrinted(await runTypescriptOf(page, { ...account, baseUrl: target.baseUrl }))
})

test("the page's Python examples run as they stand", async () => {
  await using target = await server()
  assertPrinted(await runPythonOf(page, { ...account, baseUrl: target.baseUrl }))
})

test('every example of the page is in its program, and nothing else', () => {
  const text = readFileSync(page, 'utf8')
  const replacements = { ...account, baseUrl: 'http://localhost:3000' }
  const typescript = programOf(text, 'typescript', replacements)
  const python = programOf(text, 'python', replacements)
  for (const call of [
    'auth.login',
    'auth.refresh',
    'apiKeys.create',
    'apiKeys.list',
    'apiKeys.revoke(apiKey.id)',
  ]) {
    assert.equal(typescript.split(`client.${call}`).length, 2, call)
  }
  for (const call of [
    'auth.login',
    'auth.refresh',
    'api_keys.create',
    'api_keys.list',
    'api_keys.revoke(api_key.id)',
  ]) {
    assert.equal(python.split(`client.${call}`).length, 2, call)
  }
  assert.doesNotMatch(`${typescript}${python}`, /curl|admin@acmecorp|Bearer|^export NOVA/m)
})
