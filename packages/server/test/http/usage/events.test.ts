import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transaction } from '../../../src/db/transaction.ts'
import { parseId } from '../../../src/ids.ts'
import { dropOldGenerations } from '../../../src/slices/usage/index.ts'
import { ingestEvents } from '../../../src/slices/usage/ingest.ts'
import { newTenant, startServer } from '../../harness.ts'
import { asOwner, subscribe } from '../../billing-story.ts'
import { newMetric, unitsOf, usageOf } from '../../usage-story.ts'

const server = await startServer({ start: '2026-05-20T12:00:00Z' })
const { live, liveKey, tenantId, liveEnvironmentId } = await newTenant(server)
const plan = { billingInterval: 'MONTHLY' }
const { id: subscriptionId } = await subscribe(
  live,
  { startDate: '2026-05-01', externalId: 'acme/1' },
  { plan },
)
const count = await newMetric(live)
const sum = await newMetric(live, { aggregationType: 'SUM', fieldName: 'bytes' })

let sent = 0
const event = (body: object = {}) => ({
  transactionId: `t${++sent}`,
  subscriptionId,
  code: count.code,
  ...body,
})

test('201: an event is stored as it was sent, and found by its id and its subscription', async () => {
  const input = event({ timestamp: '2026-05-20T11:00:00+02:00', properties: { a: 'x', b: 1.5, c: true } })
  const { status, body } = await live('POST', '/events', input)
  assert.equal(status, 201)
  assert.equal(body.status, 'created')
  const { status: _status, ...stored } = body
  assert.deepEqual(stored, {
    ...input,
    id: body.id,
    timestamp: '2026-05-20T09:00:00.000Z',
    createdAt: body.createdAt,
  })
  assert.match(body.id, /^evt_/)
  assert.deepEqual((await live('GET', `/events/${body.id}`)).body, stored)
  const { body: page } = await live('GET', `/events/subscription/${subscriptionId}`)
  assert.deepEqual(page.data, [stored])
})

test('an event without a timestamp happened now, and one by external id is of that subscription', async () => {
  const before = Number(await unitsOf(live, subscriptionId, count.code))
  const { status, body, text } = await live('POST', '/events', event({ subscriptionId: 'acme/1' }))
  assert.equal(status, 201, text)
  assert.equal(body.subscriptionId, subscriptionId)
  assert.ok(Math.abs(Date.parse(body.timestamp) - server.clock.nowMs()) < 5000)
  assert.equal(Number(await unitsOf(live, 'acme/1', count.code)), before + 1)
})

test('the events of a subscription are listed newest first, by metric and by time, page by page', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-01' })
  const times = ['2026-05-03T00:00:00.000Z', '2026-05-02T00:00:00.000Z', '2026-05-04T00:00:00.000Z']
  for (const timestamp of times) await live('POST', '/events', event({ subscriptionId: id, timestamp }))
  await live('POST', '/events', event({ subscriptionId: id, code: sum.code, properties: { bytes: 1 } }))
  const listed = async (query: string) => {
    const { body } = await live('GET', `/events/subscription/${id}?${query}`)
    return { times: body.data.map((one: { timestamp: string }) => one.timestamp), meta: body.meta }
  }
  const ordered = times.toSorted().toReversed()
  assert.deepEqual((await listed(`code=${count.code}`)).times, ordered)
  assert.deepEqual((await listed(`from=${times[1]}&to=${times[2]}`)).times, [times[0], times[1]])
  const first = await listed(`code=${count.code}&limit=2`)
  assert.equal(first.meta.total, 3)
  const rest = await listed(`code=${count.code}&limit=2&cursor=${first.meta.nextCursor}`)
  assert.deepEqual([...first.times, ...rest.times], ordered)
})

test('a transaction id counts once: sent again it answers with the event that counted', async () => {
  const input = event({ properties: { note: 'first' } })
  const first = await live('POST', '/events', input)
  const before = await unitsOf(live, subscriptionId, count.code)
  const again = await live('POST', '/events', { ...input, properties: { note: 'other' } })
  assert.equal(again.status, 201)
  assert.deepEqual(again.body, { ...first.body, status: 'duplicate' })
  assert.equal(await unitsOf(live, subscriptionId, count.code), before)
})

test('the same batch sent ten times at once counts each event once', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-01' })
  const events = Array.from({ length: 300 }, (_, index) =>
    event({ subscriptionId: id, code: sum.code, properties: { bytes: index } }),
  )
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, turn) =>
      live('POST', '/events/batch', { events: turn % 2 ? events : events.toReversed() }),
    ),
  )
  assert.ok(answers.every(({ status }) => status === 201))
  const created = answers.reduce((total, { body }) => total + body.created, 0)
  const duplicates = answers.reduce((total, { body }) => total + body.duplicates, 0)
  assert.deepEqual([created, duplicates], [300, 2700])
  const usage = (await usageOf(live, id)).get(sum.code)
  assert.deepEqual([usage?.units, usage?.events], ['44850', 300])
})

test('events that come at once share commits, and each has its own answer', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-01' })
  const inputs = Array.from({ length: 200 }, (_, index) =>
    event({
      subscriptionId: index % 5 === 4 ? 'nobody' : id,
      code: sum.code,
      properties: { bytes: index },
      ...(index % 10 === 1 ? { transactionId: 'the same' } : {}),
    }),
  )
  const answers = await Promise.all(inputs.map((input) => live('POST', '/events', input)))
  let bytes = 0
  let same = 0
  for (const [index, { status, body, text }] of answers.entries()) {
    if (index % 5 === 4) assert.equal(body.code, 'subscription_not_found', text)
    else {
      assert.equal(status, 201, text)
      assert.equal(body.transactionId, inputs[index]?.transactionId)
      if (body.status === 'created') bytes += body.properties.bytes
      if (body.transactionId === 'the same' && body.status === 'created') same++
      if (body.status === 'created') assert.deepEqual(body.properties, { bytes: index })
    }
  }
  assert.equal(same, 1)
  assert.equal(await unitsOf(live, id, sum.code), String(bytes))
  const transactions = await asOwner<{ count: number }>(
    server,
    `select count(distinct xmin::text)::integer as count from usage_events where subscription_id = $1`,
    [parseId('subscription', id)],
  )
  assert.ok((transactions[0]?.count ?? 0) < 100)
})

test('an event with an Idempotency-Key is answered with the same bytes again', async () => {
  const input = event()
  const send = () => live('POST', '/events', input, { 'idempotency-key': 'usage-1' })
  const [first, again] = [await send(), await send()]
  assert.deepEqual([first.status, first.body.status], [201, 'created'])
  assert.equal(again.text, first.text)
  assert.equal(again.headers.get('idempotent-replayed'), 'true')
})

test('events with an Idempotency-Key share commits too, and each is answered with its own bytes again', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-01' })
  const inputs = Array.from({ length: 100 }, () => event({ subscriptionId: id }))
  const send = (input: object, key: string) => live('POST', '/events', input, { 'idempotency-key': key })
  const sendAll = () => Promise.all(inputs.map((input, index) => send(input, `shared-${index}`)))
  const first = await sendAll()
  for (const [index, { status, body, text }] of first.entries()) {
    assert.deepEqual([status, body.transactionId], [201, inputs[index]?.transactionId], text)
    assert.equal(body.status, 'created')
  }
  const [{ count: transactions } = { count: 0 }] = await asOwner<{ count: number }>(
    server,
    `select count(distinct xmin::text)::integer as count from usage_events where subscription_id = $1`,
    [parseId('subscription', id)],
  )
  assert.ok(transactions < 50, `${transactions} commits`)
  for (const [index, { text, headers }] of (await sendAll()).entries()) {
    assert.equal(text, first[index]?.text)
    assert.equal(headers.get('idempotent-replayed'), 'true')
  }
  assert.equal(await unitsOf(live, id, count.code), '100')
  // Under a key that was used, another body is refused, and costs those that come with it nothing.
  const [other, fresh] = await Promise.all([
    send(event({ subscriptionId: id }), 'shared-1'),
    send(event({ subscriptionId: id }), 'fresh'),
  ])
  assert.deepEqual([other?.status, other?.body.code], [422, 'idempotency_key_reused'])
  assert.equal(fresh?.body.status, 'created')
})

test('one Idempotency-Key that comes many times at once is answered once, and stops no other', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-01' })
  const same = event({ subscriptionId: id })
  // The first holds the transaction under way, so that the others meet in the next.
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      index % 2 === 1
        ? live('POST', '/events', same, { 'idempotency-key': 'at-once' })
        : live('POST', '/events', event({ subscriptionId: id }), { 'idempotency-key': `beside-${index}` }),
    ),
  )
  const first = answers[1]
  for (const [index, { status, body, text }] of answers.entries()) {
    assert.equal(status, 201, text)
    if (index % 2 === 1) assert.equal(text, first?.text)
    else assert.equal(body.status, 'created')
  }
  assert.equal(await unitsOf(live, id, count.code), '11')
})

test('a refused event keeps no answer for its Idempotency-Key, and can be sent again once it is right', async () => {
  const send = (properties: object) =>
    live('POST', '/events', event({ code: sum.code, transactionId: 'right at last', properties }), {
      'idempotency-key': 'right-at-last',
    })
  assert.equal((await send({})).body.code, 'usage_property_missing')
  assert.equal((await send({ bytes: 1 })).body.status, 'created')
})

test('of one transaction id twice in a batch the first counts', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-01' })
  const one = event({ subscriptionId: id, code: sum.code, properties: { bytes: 7 } })
  const { body } = await live('POST', '/events/batch', {
    events: [one, { ...one, properties: { bytes: 9 } }],
  })
  assert.deepEqual(
    body.results.map(({ status }: { status: string }) => status),
    ['created', 'duplicate'],
  )
  assert.equal(await unitsOf(live, id, sum.code), '7')
})

test('what is wrong with an event is told by its code and costs no other', async () => {
  const retired = await newMetric(live)
  await live('DELETE', `/billable-metrics/${retired.id}`)
  const bytes = (value: unknown) => ({ code: sum.code, properties: { bytes: value } })
  const cases: [object, string | null][] = [
    [{}, null],
    [{ subscriptionId: 'nobody' }, 'subscription_not_found'],
    [{ subscriptionId: 'sub_01m86rxvwee48t4trm428xyznt' }, 'subscription_not_found'],
    [{ code: 'nothing' }, 'billable_metric_not_found'],
    [{ code: retired.code }, 'billable_metric_not_found'],
    [{ code: sum.code }, 'usage_property_missing'],
    [{ code: sum.code, properties: { Bytes: 1 } }, 'usage_property_missing'],
    [bytes('many'), 'usage_property_invalid'],
    [bytes(true), 'usage_property_invalid'],
    [bytes(null), 'usage_property_invalid'],
    [bytes([1]), 'usage_property_invalid'],
    [bytes({ value: 1 }), 'usage_property_invalid'],
    [bytes(''), 'usage_property_invalid'],
    [bytes('1e3'), 'usage_property_invalid'],
    [bytes(10 ** 30), 'usage_property_invalid'],
    [bytes(`1${'0'.repeat(30)}`), 'usage_property_invalid'],
    [bytes('1000000000000000.1'), 'usage_property_invalid'],
    [bytes(0.1234567890123), 'usage_property_invalid'],
    [bytes('1000000000000000'), null],
    [bytes('-12.000000000001'), null],
    [{ properties: { text: 'x'.repeat(501) } }, 'usage_property_invalid'],
    [{ timestamp: '2026-05-20T12:30:00Z' }, 'usage_event_in_future'],
    [{ timestamp: '2026-04-14T00:00:00Z' }, 'usage_event_too_old'],
    [{ timestamp: '2026-04-30T23:59:59.999Z' }, 'usage_event_outside_subscription'],
    [{ timestamp: '2026-05-01T00:00:00Z' }, null],
  ]
  const before = (await usageOf(live, subscriptionId)).get(count.code)?.events ?? 0
  const events = cases.map(([body]) => event(body))
  const { status, body, text } = await live('POST', '/events/batch', { events })
  assert.equal(status, 201, text)
  for (const [index, [, code]] of cases.entries()) {
    const { transactionId, error, status: outcome } = body.results[index]
    assert.equal(transactionId, events[index]?.transactionId)
    assert.equal(error?.code ?? null, code, JSON.stringify(events[index]))
    assert.equal(outcome, code === null ? 'created' : 'error')
  }
  assert.deepEqual(
    [body.total, body.created, body.duplicates, body.errors],
    [cases.length, 4, 0, cases.length - 4],
  )
  assert.equal((await usageOf(live, subscriptionId)).get(count.code)?.events, before + 2)
  // Alone each is refused by the same code, with its field, and can be sent again when it is right.
  for (const [index, [, code]] of cases.entries()) {
    if (code === null) continue
    const alone = await live('POST', '/events', events[index])
    assert.equal(alone.body.code, code, alone.text)
    if (alone.status === 400) assert.equal(alone.body.errors.length, 1)
  }
  const repaired = await live('POST', '/events', { ...events[5], properties: { bytes: 1 } })
  assert.equal(repaired.body.status, 'created')
})

test('400: a body of another shape is refused whole, with all its faults', async () => {
  const { status, body } = await live('POST', '/events/batch', {
    events: [event(), { code: count.code, extra: 1 }, event({ timestamp: 'yesterday' })],
  })
  assert.equal(status, 400)
  assert.deepEqual(body.errors.map(({ path }: { path: string }) => path).toSorted(), [
    'events[1].extra',
    'events[1].subscriptionId',
    'events[1].transactionId',
    'events[2].timestamp',
  ])
  const many = await live('POST', '/events/batch', { events: Array.from({ length: 1001 }, () => event()) })
  assert.equal(many.status, 400)
  assert.equal((await live('POST', '/events/batch', { events: [] })).status, 400)
})

test('1e30 and other numbers in exponent form are told by their item', async () => {
  const raw = JSON.stringify({ events: [event({ code: sum.code, properties: { bytes: 1 } }), event()] })
  const response = await fetch(`${server.api}/events/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${liveKey}`, 'content-type': 'application/json' },
    body: raw.replace('"bytes":1', '"bytes":1e30'),
  })
  const body = (await response.json()) as { results: { error: { code: string; path: string } | null }[] }
  assert.equal(response.status, 201)
  assert.equal(body.results[0]?.error?.code, 'usage_property_invalid')
  assert.equal(body.results[0]?.error?.path, 'properties.bytes')
  assert.equal(body.results[1]?.error, null)
})

test('a paused subscription takes no events from the pause on, a canceled one none from its end on', async () => {
  const paused = await subscribe(live, { startDate: '2026-05-01' })
  await live('POST', `/subscriptions/${paused.id}/pause`, {})
  const ended = await subscribe(live, { startDate: '2026-05-01' })
  await live('POST', `/subscriptions/${ended.id}/cancel`, { cancelAt: 'now' })
  for (const { id } of [paused, ended]) {
    const now = await live('POST', '/events', event({ subscriptionId: id }))
    assert.equal(now.body.code, 'usage_event_outside_subscription')
    const earlier = event({ subscriptionId: id, timestamp: '2026-05-19T00:00:00Z' })
    assert.equal((await live('POST', '/events', earlier)).status, 201)
  }
})

test('the same transaction id counts in each environment and each tenant', async () => {
  const other = await newTenant(server)
  const { id } = await subscribe(other.live, { startDate: '2026-05-01' })
  const { code } = await newMetric(other.live)
  const input = event()
  assert.equal((await live('POST', '/events', input)).body.status, 'created')
  const theirs = { ...input, subscriptionId: id, code }
  assert.equal((await other.live('POST', '/events', theirs)).body.status, 'created')
})

const generationMs = 35 * 86_400_000

test('an id counts once over the change of generations, also when it comes to both at once', async () => {
  const change = Math.ceil(server.clock.nowMs() / generationMs) * generationMs
  const at = (ms: number): void => server.clock.set(new Date(change + ms).toISOString())
  at(-30_000)
  const { id } = await subscribe(live)
  const events = Array.from({ length: 50 }, () => event({ subscriptionId: id }))
  const scope = { tenantId, environmentId: liveEnvironmentId }
  const written = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  const early = transaction(server.deps.db, { scope, now: server.clock.now() }, async (tx) => {
    const outcomes = await ingestEvents(server.deps, tx, liveEnvironmentId, events)
    written.resolve()
    await gate.promise
    return outcomes
  })
  await written.promise
  // Another node is past the change while the first has not committed yet: it has to wait and see.
  at(1000)
  const state = { answered: false }
  const late = live('POST', '/events/batch', { events }).finally(() => (state.answered = true))
  for (let waiting = 0; waiting === 0 && !state.answered;) {
    const [found] = await asOwner<{ count: number }>(
      server,
      `select count(*)::integer as count from pg_locks where locktype = 'advisory' and not granted`,
    )
    waiting = found?.count ?? 0
  }
  gate.resolve()
  assert.ok((await early).every(({ status }) => status === 'created'))
  assert.equal((await late).body.duplicates, 50)

  // And one whose clock is behind.
  const more = Array.from({ length: 50 }, () => event({ subscriptionId: id }))
  assert.equal((await live('POST', '/events/batch', { events: more })).body.created, 50)
  at(-5000)
  assert.equal((await live('POST', '/events/batch', { events: more })).body.duplicates, 50)
  at(34 * 86_400_000)
  assert.equal((await live('POST', '/events/batch', { events })).body.duplicates, 50)
  assert.equal((await live('POST', '/events/batch', { events: more })).body.duplicates, 50)
})

test('events are dropped whole generations at a time, when they are older than they are kept', async () => {
  const generations = async (): Promise<string[]> =>
    (
      await asOwner<{ name: string }>(
        server,
        `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'usage_events'::regclass order by 1`,
      )
    ).map(({ name }) => name)
  const before = await generations()
  const buckets = await asOwner(server, 'select * from usage_buckets order by 1, 2, 3, 4, 5, 6')
  assert.equal(await dropOldGenerations(server.deps.workerDb, server.clock.nowMs(), 400), 0)
  server.clock.advance({ days: 37 })
  assert.equal(await dropOldGenerations(server.deps.workerDb, server.clock.nowMs(), 70), 1)
  assert.deepEqual(await generations(), before.slice(1))
  assert.deepEqual(await asOwner(server, 'select * from usage_buckets order by 1, 2, 3, 4, 5, 6'), buckets)
  assert.equal(
    (await live('POST', '/events', event({ subscriptionId: (await subscribe(live)).id }))).status,
    201,
  )
})

test('events are found by transaction id, subscription or customer, and not by less; a day counts what its metric counts', async () => {
  server.clock.set('2030-05-20T12:00:00Z')
  const { live: as, ...tenant } = await newTenant(server, { timezone: 'Africa/Nairobi' })
  const [first, second] = [await subscribe(as, { externalId: 'mine' }), await subscribe(as)]
  const bytes = await newMetric(as, { aggregationType: 'SUM', fieldName: 'bytes' })
  const calls = await newMetric(as)
  const words = await newMetric(as, { aggregationType: 'UNIQUE_COUNT', fieldName: 'bytes' })
  server.clock.set('2030-05-23T12:00:00Z')
  const reported = [
    // 22:30 on the 21st is the 22nd where these customers are.
    ['x1', first.id, bytes.code, '2030-05-21T22:30:00Z', 1.5],
    ['x2', first.id, bytes.code, '2030-05-22T10:00:00Z', 2],
    ['x3', second.id, bytes.code, '2030-05-22T11:00:00Z', 4],
    ['x4', second.id, calls.code, '2030-05-23T10:00:00Z', 1],
    ['x5', second.id, words.code, '2030-05-23T10:30:00Z', 1],
  ] as const
  for (const [transactionId, of, code, timestamp, amount] of reported) {
    const properties = { bytes: amount }
    const body = { transactionId, subscriptionId: of, code, timestamp, properties }
    const { status, text } = await as('POST', '/events', body)
    assert.equal(status, 201, text)
  }
  const found = async (query: string): Promise<string[]> => {
    const { status, body, text } = await as('GET', `/events?${query}`)
    assert.equal(status, 200, text)
    return body.data.map(({ transactionId }: { transactionId: string }) => transactionId)
  }
  assert.deepEqual(await found('transactionId=x2'), ['x2'])
  assert.deepEqual(await found('transactionId=none'), [])
  assert.deepEqual(await found('subscriptionId=mine'), ['x2', 'x1'])
  assert.deepEqual(await found(`customerId=${second.customerId}`), ['x5', 'x4', 'x3'])
  assert.deepEqual(await found(`customerId=${second.customerId}&code=${bytes.code}`), ['x3'])
  assert.deepEqual(await found(`customerId=${second.customerId}&subscriptionId=mine`), [])
  const { status, body } = await as('GET', `/events?code=${bytes.code}`)
  assert.deepEqual([status, body.errors[0].path], [400, 'subscriptionId'])
  assert.equal((await as('GET', '/events?customerId=cust_none')).status, 404)
  const others = await newTenant(server)
  assert.deepEqual((await others.live('GET', '/events?transactionId=x2')).body.data, [])
  assert.deepEqual((await tenant.test('GET', '/events?transactionId=x2')).body.data, [])
  const file = await as('GET', '/exports/usage-events.csv?subscriptionId=mine')
  assert.equal(file.status, 200)
  assert.deepEqual(
    file.text.split('\r\n').map((line) => line.split(',')[1]),
    ['transactionId', 'x2', 'x1', undefined],
  )
  assert.equal((await as('GET', '/exports/usage-events.csv')).status, 400)

  const days = async (query: string): Promise<unknown[]> => {
    const answer = await as('GET', `/analytics/usage?${query}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.body.days.map((day: Record<string, unknown>) => [day['day'], day['events'], day['units']])
  }
  assert.deepEqual(await days(`code=${bytes.code}`), [['2030-05-22', 3, '7.5']])
  assert.deepEqual(await days(`code=${bytes.code}&subscriptionId=mine`), [['2030-05-22', 2, '3.5']])
  assert.deepEqual(await days(`code=${bytes.code}&customerId=${second.customerId}`), [['2030-05-22', 1, '4']])
  assert.deepEqual(await days(`code=${calls.code}`), [['2030-05-23', 1, '1']])
  assert.deepEqual(await days(`code=${words.code}`), [['2030-05-23', 1, null]])
  assert.deepEqual(await days(`code=${bytes.code}&dateTo=2030-05-21`), [])
  assert.equal((await as('GET', '/analytics/usage?code=none')).status, 404)
  assert.equal((await as('GET', `/analytics/usage?code=${bytes.code}&dateFrom=2028-01-01`)).status, 400)
  assert.equal((await others.live('GET', `/analytics/usage?code=${bytes.code}`)).status, 404)
})
