import assert from 'node:assert/strict'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import pg from 'pg'
import { recordUpload } from '../../../src/slices/usage/upload.ts'
import { call, newTenant, startServer } from '../../harness.ts'
import { subscribe } from '../../billing-story.ts'
import { newMetric, usageOf } from '../../usage-story.ts'

const server = await startServer()
const { live, liveKey, tenantId, liveEnvironmentId: environmentId } = await newTenant(server)
const { id: subscriptionId } = await subscribe(live)
const { code } = await newMetric(live, { aggregationType: 'SUM', fieldName: 'bytes' })

const line = (transactionId: string, bytes: unknown = 1): string =>
  JSON.stringify({ transactionId, subscriptionId, code, properties: { bytes } })

const upload = (raw: string, path = '/events/batch', headers = {}) =>
  call(server, 'POST', path, {
    credential: liveKey,
    raw,
    headers: { 'content-type': 'application/x-ndjson', ...headers },
  })

test('lines are counted a thousand at a time, and only those that are wrong are told', async () => {
  const lines = Array.from({ length: 2500 }, (_, index) => line(`up ${index}`))
  lines[10] = '{"transactionId":'
  lines[1200] = JSON.stringify({ transactionId: 'x', code })
  lines[1300] = line('up 1', 2)
  lines[2400] = line('up many', 'many')
  lines[2401] = line('up exponent').replace('"bytes":1', '"bytes":1e30')
  lines[2402] = `"${'x'.repeat(70_000)}"`
  lines[2403] = line('up nul').replace('up nul', String.raw`\u0000`)
  const { status, body, text } = await upload(`${lines.join('\n')}\n\n`)
  assert.equal(status, 201, text)
  const { results, ...sums } = body
  assert.deepEqual(sums, { total: 2500, created: 2493, duplicates: 1, errors: 6 })
  assert.deepEqual(
    results.map((one: { line: number; error: { code: string; path: string | null } }) => [
      one.line,
      one.error.code,
      one.error.path,
    ]),
    [
      [11, 'usage_event_invalid', null],
      [1201, 'usage_event_invalid', 'subscriptionId'],
      [2401, 'usage_property_invalid', 'properties.bytes'],
      [2402, 'usage_property_invalid', 'properties.bytes'],
      [2403, 'usage_event_invalid', null],
      [2404, 'usage_event_invalid', null],
    ],
  )
  assert.equal((await usageOf(live, subscriptionId)).get(code)?.events, 2493)
  assert.deepEqual((await upload(lines.join('\n'))).body.created, 0)
})

test('an upload that breaks off keeps what it counted, and counts the rest when it is sent again', async () => {
  const lines = Array.from({ length: 1500 }, (_, index) => line(`broken ${index}`))
  const before = (await usageOf(live, subscriptionId)).get(code)?.events ?? 0
  const counted = async (): Promise<number> =>
    ((await usageOf(live, subscriptionId)).get(code)?.events ?? 0) - before
  const sending = request(`${server.api}/events/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${liveKey}`, 'content-type': 'application/x-ndjson' },
  })
  sending.on('error', () => {})
  sending.write(`${lines.slice(0, 1200).join('\n')}\n`)
  // Each thousand is there before the rest of the body has come.
  while ((await counted()) < 1000);
  sending.destroy()
  assert.equal(await counted(), 1000)
  const { body } = await upload(lines.join('\n'))
  assert.deepEqual([body.created, body.duplicates], [500, 1000])
})

test('lines that cannot be counted yet are not read either, however many there are', async () => {
  const all = 20_000
  let read = 0
  const body = Readable.from(
    (function* () {
      for (; read < all; read += 100)
        yield Buffer.from(
          Array.from({ length: 100 }, (_, index) => `${line(`held ${read + index}`)}\n`).join(''),
        )
    })(),
  )
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  await owner.query('begin; lock table usage_buckets in exclusive mode')
  const uploaded = recordUpload(server.deps, { tenantId, environmentId }, body)
  for (let isWaiting = false; !isWaiting;) {
    const { rows } = await owner.query<{ waiting: boolean }>(
      `select exists (select from pg_locks where relation = 'usage_buckets'::regclass and not granted) as waiting`,
    )
    isWaiting = rows[0]?.waiting ?? false
  }
  // Whatever it could still read, it has read by now.
  for (let turn = 0; turn < 1000; turn++) await new Promise(setImmediate)
  assert.ok(read >= 2000 && read <= 6000, `${read} lines were read while none was counted`)
  await owner.query('commit')
  await owner.end()
  const { created, total } = await uploaded
  assert.deepEqual([created, total, read], [all, all, all])
})

test('415: lines are taken only where they are read', async () => {
  const { status, body } = await upload(line('elsewhere'), '/customers')
  assert.deepEqual([status, body.code], [415, 'unsupported_media_type'])
  assert.equal((await upload(line('elsewhere'), '/events')).status, 415)
})

test('400: a body of lines takes no Idempotency-Key, as every event has its own', async () => {
  const { status, body } = await upload(line('keyed'), '/events/batch', { 'idempotency-key': 'k' })
  assert.equal(status, 400)
  assert.equal(body.errors[0].path, 'Idempotency-Key')
})
