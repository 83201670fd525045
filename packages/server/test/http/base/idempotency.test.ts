import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'

const server = await startServer()
const key = (value: string): Record<string, string> => ({ 'idempotency-key': value })

test('a repeat gives the same bytes and makes nothing; quoted and bare keys are the same', async () => {
  const { test: ask } = await newTenant(server)
  const body = { email: 'a@example.com', name: 'A' }
  const first = await ask('POST', '/customers', body, key('k-1'))
  const again = await ask('POST', '/customers', { name: 'A', email: 'a@example.com' }, key('"k-1"'))
  assert.equal(first.status, 201)
  assert.equal(first.headers.get('idempotent-replayed'), null)
  assert.equal(again.status, 201)
  assert.equal(again.text, first.text)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
  assert.equal((await ask('GET', '/customers')).body.meta.total, 1)
})

test('the same key with another body or path is 422, and another environment knows nothing of it', async () => {
  const { test: ask, live } = await newTenant(server)
  const body = { email: 'a@example.com' }
  await ask('POST', '/customers', body, key('k'))
  const other = await ask('POST', '/customers', { email: 'b@example.com' }, key('k'))
  assert.equal(other.status, 422)
  assert.equal(other.body.code, 'idempotency_key_reused')
  const plan = { name: 'P', code: 'p', billingInterval: 'MONTHLY', prices: [{ currency: 'USD', amount: 1 }] }
  assert.equal((await ask('POST', '/plans', plan, key('k'))).status, 422)
  assert.equal((await live('POST', '/customers', body, key('k'))).status, 201)
})

test('twenty parallel requests with one key make one thing, and all get its answer', async () => {
  const { test: ask } = await newTenant(server)
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ask('POST', '/customers', { email: 'p@example.com' }, key('parallel'))),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1)
  assert.equal((await ask('GET', '/customers')).body.meta.total, 1)
})

test('a refused request leaves nothing behind, so its key can be used again', async () => {
  const { test: ask } = await newTenant(server)
  assert.equal((await ask('POST', '/customers', { email: 'no' }, key('again'))).status, 400)
  await ask('POST', '/customers', { email: 'taken@example.com' })
  assert.equal((await ask('POST', '/customers', { email: 'taken@example.com' }, key('again'))).status, 409)
  assert.equal((await ask('POST', '/customers', { email: 'free@example.com' }, key('again'))).status, 201)
})

test('an answer can be asked for again for 24 hours', async () => {
  const { test: ask } = await newTenant(server)
  const body = { email: 'day@example.com' }
  const first = await ask('POST', '/customers', body, key('day'))
  server.clock.advance({ hours: 23 })
  assert.equal((await ask('POST', '/customers', body, key('day'))).text, first.text)
})

test('a key that is empty, too long or not visible is refused by name', async () => {
  const { test: ask } = await newTenant(server)
  for (const bad of ['""', 'x'.repeat(256), 'a b']) {
    const { status, body } = await ask('POST', '/customers', { email: 'k@example.com' }, key(bad))
    assert.equal(status, 400)
    assert.equal(body.errors[0].path, 'Idempotency-Key')
  }
  assert.equal(
    (await ask('POST', '/customers', { email: 'k@example.com' }, key('x'.repeat(255)))).status,
    201,
  )
})
