import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { newCustomer, newPlan, runBilling, subscribe } from '../../billing-story.ts'
import { type Caller, caller, newKey, newTenant, startServer } from '../../harness.ts'

const server = await startServer()

type Logged = { id: string; event: string; timestamp: string; environment: string; data: { id: string } }

async function read(as: Caller, query: string): Promise<{ events: Logged[]; next: string | null }> {
  const { status, body, text } = await as('GET', `/event-log?${query}`)
  assert.equal(status, 200, text)
  return { events: body.data, next: body.meta.nextCursor }
}

/** The stream from a place to its end, which is reached when this event is there. */
async function readUntil(as: Caller, lastId: string, limit = 100): Promise<Logged[]> {
  const all: Logged[] = []
  for (const startedMs = performance.now(); performance.now() - startedMs < 20_000;) {
    const after = all.at(-1)?.id
    const { events } = await read(as, `limit=${limit}${after === undefined ? '' : `&after=${after}`}`)
    all.push(...events)
    if (all.some(({ data }) => data.id === lastId)) return all
  }
  throw new Error('the last event never came')
}

test('each change is in the log once, whole, in the order of the changes', async () => {
  const { test: as } = await newTenant(server)
  const customer = await newCustomer(as, { currency: 'KES' })
  const plan = await newPlan(as)
  const subscription = await subscribe(as, { customerId: customer.id, planId: plan.id })
  await as('PATCH', `/customers/${customer.id}`, { name: 'Njeri' })
  const end = await newCustomer(as)
  const events = await readUntil(as, end.id)
  assert.deepEqual(
    events.map(({ event }) => event),
    [
      'customer.created',
      'subscription.created',
      'invoice.created',
      'invoice.finalized',
      'customer.updated',
      'customer.created',
    ],
  )
  assert.equal(events[0]?.environment, 'test')
  assert.match(events[0]?.id ?? '', /^evt_/)
  const { body: shown } = await as('GET', `/subscriptions/${subscription.id}`)
  assert.deepEqual(Object.keys(events[1]?.data ?? {}).toSorted(), Object.keys(shown).toSorted())

  const back = await read(as, 'sortOrder=desc&limit=100')
  assert.deepEqual(back.events, events.toReversed())
  const one = await read(as, 'event=customer.updated')
  assert.deepEqual(one.events, [events[4]])
})

test('who reads on from the last event that he has misses none of those that commit meanwhile', async () => {
  const { test: as } = await newTenant(server)
  const made = new Set<string>()
  let isOver = false
  // Writers whose transactions stay open for different times, so that numbers are taken and committed out of order.
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    const client = new pg.Client({ connectionString: server.databaseUrl })
    await client.connect()
    const [{ rows }] = [
      await client.query(`select id from environments where kind = 'TEST' order by created_at desc limit 1`),
    ]
    for (let count = 0; count < 40; count++) {
      await client.query('begin')
      const id = server.deps.ids.next()
      await client.query(
        `insert into events (environment_id, id, type, resource_id, body, occurred_at) values ($1, $2, 'customer.updated', $2, $3, $4)`,
        [rows[0].id, id, JSON.stringify({ id }), server.clock.now().toString()],
      )
      for (let wait = 0; wait < (writer * 7 + count) % 5; wait++) await client.query('select pg_sleep(0.003)')
      await client.query(count % 7 === 3 ? 'rollback' : 'commit')
      if (count % 7 !== 3) made.add(id)
    }
    await client.end()
  })
  const seen: Logged[] = []
  const reader = (async () => {
    for (const startedMs = performance.now(); performance.now() - startedMs < 20_000;) {
      const wasOver = isOver
      const after = seen.at(-1)?.id
      const { events } = await read(as, `limit=9${after === undefined ? '' : `&after=${after}`}`)
      seen.push(...events)
      if (wasOver && seen.length >= made.size) return
    }
  })()
  await Promise.all(writers)
  isOver = true
  await reader
  assert.deepEqual(seen.map(({ data }) => data.id).toSorted(), [...made].toSorted())
  assert.ok(made.size > 150)
})

test('an event is held back while a change that began before it is under way', async () => {
  const { test: as } = await newTenant(server)
  const early = new pg.Client({ connectionString: server.databaseUrl })
  await early.connect()
  await early.query('begin')
  await early.query('select pg_current_xact_id()')
  const customer = await newCustomer(as)
  assert.deepEqual((await read(as, 'limit=10')).events, [])
  await early.query('rollback')
  await early.end()
  assert.equal((await readUntil(as, customer.id)).length, 1)
})

test('a key sees the events of what it may read', async () => {
  const tenant = await newTenant(server)
  await subscribe(tenant.test)
  await runBilling(server)
  const end = await newCustomer(tenant.test)
  await readUntil(tenant.test, end.id)
  const seenWith = async (...scopes: Parameters<typeof newKey>[1]) =>
    (await read(caller(server, await newKey(tenant.session, scopes)), 'limit=100')).events.map(
      ({ event }) => event,
    )
  assert.deepEqual(await seenWith('customers:read'), ['customer.created', 'customer.created'])
  assert.deepEqual(await seenWith('invoices:read'), ['invoice.created', 'invoice.finalized'])
  assert.deepEqual(await seenWith('analytics:read'), [])
  const invoices = caller(server, await newKey(tenant.session, ['invoices:read']))
  const [customerEvent] = (await read(tenant.test, 'limit=1')).events
  for (const after of [customerEvent?.id, 'evt_01m86rxvwee48t4trm428xyznt', 'x', '1 or 1=1']) {
    const { status, body } = await invoices('GET', `/event-log?after=${encodeURIComponent(after ?? '')}`)
    assert.equal(status, 400)
    assert.deepEqual(body.errors, [
      { path: 'after', message: 'is not the id of an event that this key can see' },
    ])
  }
  assert.equal((await invoices('GET', '/event-log?event=invoice.eaten')).status, 400)
})

test('what was erased of a customer is erased from its old events too', async () => {
  const { test: as } = await newTenant(server)
  const customer = await newCustomer(as, {
    name: 'Erased Person',
    email: 'erased@example.com',
    taxId: 'P0517',
  })
  await as('PATCH', `/customers/${customer.id}`, { metadata: { shoe: '44' } })
  assert.equal((await as('DELETE', `/customers/${customer.id}`)).status, 204)
  const end = await newCustomer(as)
  const events = await readUntil(as, end.id)
  assert.equal(events.length, 4)
  assert.doesNotMatch(JSON.stringify(events.slice(0, 3)), /Erased Person|erased@example|P0517|"44"/)
})

test('one event is read by its id, as the stream has it, by who may read its resource', async () => {
  const tenant = await newTenant(server)
  const customer = await newCustomer(tenant.test)
  const [event] = await readUntil(tenant.test, customer.id)
  assert.ok(event)
  assert.deepEqual((await tenant.test('GET', `/event-log/${event.id}`)).body, event)
  const stranger = caller(server, await newKey(tenant.session, ['invoices:read']))
  const { status, body } = await stranger('GET', `/event-log/${event.id}`)
  assert.deepEqual([status, body.code], [404, 'event_not_found'])
})
