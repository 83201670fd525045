import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slices } from '../../../src/slices/index.ts'
import { type Answer, call, newTenant, startServer } from '../../harness.ts'

const server = await startServer()
const routes = slices.flatMap((slice) => slice.routes)
const hostile: unknown[] = [
  null,
  true,
  0,
  -1,
  -0,
  1.5,
  1e15,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'x'.repeat(100_000),
  'NaN',
  '1e400',
  '2026-02-30',
  '0001-01-01T00:00:00Z',
  '\u202Eevil',
  '\u0000',
  'a\u0000b',
  '\uD800',
  "' or 1=1 --",
  '{{7*7}}',
  '../../etc/passwd',
  [],
  [null],
  [[]],
  {},
  { $ne: 1 },
  { toString: 1 },
  Number.MAX_VALUE,
]

function assertOrderly(answer: Answer, what: string): void {
  assert.ok(answer.status < 500, `${what} gave ${answer.status}: ${answer.text.slice(0, 200)}`)
  assert.ok(
    !/ at .*\.ts|node_modules|select |syntax error|invalid input/i.test(answer.text),
    `${what} tells of the inside: ${answer.text.slice(0, 200)}`,
  )
  if (answer.status >= 400 && answer.text !== '') assert.equal(answer.body.statusCode, answer.status, what)
}

function shapeOf(schema: object | undefined): { properties?: object } {
  return schema ?? {}
}

test('no value in any field of any body makes an error of the server', async () => {
  const tenant = await newTenant(server)
  for (const route of routes) {
    const fields = Object.keys(shapeOf(route.body).properties ?? {})
    if (fields.length === 0 || route.operation.startsWith('auth.')) continue
    const ask = route.access.kind === 'key' ? tenant.test : tenant.session
    const path = route.url.replaceAll(/:\w+/g, 'x')
    for (const field of fields) {
      for (const value of hostile)
        assertOrderly(
          await ask(route.method, path, { [field]: value }),
          `${route.operation} ${field}=${(JSON.stringify(value) ?? '').slice(0, 40)}`,
        )
    }
    const all = await ask(
      route.method,
      path,
      Object.fromEntries(fields.map((field) => [field, { wrong: { more: true } }])),
    )
    if (all.status === 400) {
      for (const field of fields)
        assert.ok(
          all.body.errors.some((fault: { path: string }) => fault.path.startsWith(field)),
          `${route.operation} does not tell of ${field}`,
        )
    }
  }
})

test('no value in any query or path makes an error of the server', async () => {
  const tenant = await newTenant(server)
  const texts = [
    '',
    '0',
    '-1',
    '1e9',
    'null',
    '%00',
    'a%00b',
    '%F0%9F%98%80',
    '../..',
    "'--",
    '2026-02-30',
    '[]',
    'x'.repeat(3000),
    '%E2%80%AE',
    'undefined',
  ]
  for (const route of routes) {
    const ask = route.access.kind === 'key' ? tenant.test : tenant.session
    for (const text of texts) {
      const path = route.url.replaceAll(/:\w+/g, text === '' ? 'x' : text.replaceAll('/', '%2F'))
      if (route.method === 'GET') {
        const parameters = [...Object.keys(shapeOf(route.query).properties ?? {}), 'unknown']
        for (const name of parameters)
          assertOrderly(
            await ask('GET', `${path}?${name}=${text}`),
            `${route.operation}?${name}=${text.slice(0, 30)}`,
          )
        assertOrderly(await ask('GET', `${path}?limit=1&limit=2&filter[$ne]=1`), route.operation)
      } else if (route.url.includes(':')) {
        assertOrderly(
          await ask(route.method, path, route.method === 'DELETE' ? undefined : {}),
          `${route.method} ${path.slice(0, 60)}`,
        )
      }
    }
  }
})

test('bodies that are no JSON object, too large, too deep or poisoned are refused', async () => {
  const { testKey } = await newTenant(server)
  const post = (raw: string | undefined, type = 'application/json'): Promise<Answer> =>
    call(server, 'POST', '/customers', {
      credential: testKey,
      headers: { 'content-type': type },
      ...(raw === undefined ? {} : { raw }),
    })
  const expected: [number, string, string | undefined, string?][] = [
    [400, 'half', '{"email":'],
    [400, 'an array', '[]'],
    [400, 'a string', '"x"'],
    [400, 'null', 'null'],
    [400, 'empty', ''],
    [400, 'deep', '['.repeat(5000) + ']'.repeat(5000)],
    [400, 'deep objects', '{"metadata":'.repeat(5000) + '1' + '}'.repeat(5000)],
    [400, 'an exponent', '{"email":"a@example.com","netPaymentTerms":1e1}'],
    [400, 'beyond numbers', '{"email":"a@example.com","netPaymentTerms":1e400}'],
    [400, 'a prototype', '{"email":"a@example.com","__proto__":{"admin":true}}'],
    [400, 'a constructor', '{"email":"a@example.com","constructor":{"prototype":{"admin":true}}}'],
    [413, 'large', JSON.stringify({ email: 'a@example.com', name: 'x'.repeat(2_000_000) })],
    [415, 'a form', 'email=a@example.com', 'application/x-www-form-urlencoded'],
    [415, 'text', '{}', 'text/plain'],
  ]
  for (const [status, what, raw, type] of expected) {
    const answer = await post(raw, type)
    assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 200)}`)
    assertOrderly(answer, what)
  }
  assert.equal(({} as { admin?: boolean }).admin, undefined)
  const { body } = await call(server, 'GET', '/customers', { credential: testKey })
  assert.equal(body.meta.total, 0, 'nothing was made')
})

test('fields that are not the caller’s to set are refused by name', async () => {
  const { test: ask } = await newTenant(server)
  for (const field of [
    'id',
    'tenantId',
    'environmentId',
    'status',
    'balance',
    'totalSpent',
    'updatedAt',
    'role',
    'scopes',
  ]) {
    const { status, body } = await ask('POST', '/customers', { email: 'a@example.com', [field]: 'x' })
    assert.equal(status, 400, field)
    assert.deepEqual(body.errors, [{ path: field, message: 'is not a known field' }])
  }
})

test('an unknown address is a 404 of our own, with and without a credential', async () => {
  for (const path of ['/nothing', '/customers/x/y/z', '/../../etc/passwd', '/.env']) {
    const { status, body, headers } = await call(server, 'GET', path)
    assert.equal(status, 404)
    assert.match(headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.deepEqual(Object.keys(body), ['statusCode', 'code', 'message'])
  }
})
