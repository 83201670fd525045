import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Tx, transaction } from '../../../src/db/transaction.ts'
import { parseId } from '../../../src/ids.ts'
import { closeUsage, lateUsage, readUsage } from '../../../src/slices/usage/index.ts'
import { ingestEvents } from '../../../src/slices/usage/ingest.ts'
import { newTenant, startServer } from '../../harness.ts'
import { subscribe } from '../../billing-story.ts'
import { newMetric, report } from '../../usage-story.ts'

const server = await startServer({ start: '2026-06-05T12:00:00Z' })
const { live, tenantId, liveEnvironmentId: environmentId } = await newTenant(server)
const scope = { tenantId, environmentId }
const from = Date.parse('2026-05-01T00:00:00Z')
const to = Date.parse('2026-06-01T00:00:00Z')

async function story(metric: object = {}) {
  const subscription = await subscribe(live, { startDate: '2026-05-01' }, { customer: { timezone: 'UTC' } })
  const { id, code } = await newMetric(live, metric)
  return {
    id: subscription.id as string,
    subscriptionId: parseId('subscription', subscription.id) ?? '',
    metricId: parseId('billableMetric', id) ?? '',
    code,
  }
}
type Story = Awaited<ReturnType<typeof story>>

function inTransaction<R>(work: (tx: Tx) => Promise<R>): Promise<R> {
  return transaction(server.deps.db, { scope, now: server.clock.now() }, work)
}

/** What is billed of a window, by the events that are seen while it is closed. */
async function close({ subscriptionId, metricId }: Story, window = { from, to }): Promise<bigint> {
  return inTransaction(async (tx) => {
    closeUsage(tx, [{ environmentId, subscriptionId, ...window }])
    const [usage] = await readUsage(tx, [{ environmentId, subscriptionId, metricId, ...window }])
    return usage?.events ?? -1n
  })
}

async function late({ subscriptionId }: Story): Promise<string[]> {
  const found = await inTransaction((tx) => lateUsage(tx, [{ environmentId, subscriptionId }]))
  return found.map((window) => new Date(window.from).toISOString().slice(0, 10))
}

const inMay = { timestamp: '2026-05-20T00:00:00Z' }

test('what comes into a closed window is late until it is closed again', async () => {
  const one = await story()
  await report(live, [{ subscriptionId: one.id, code: one.code, ...inMay }])
  assert.equal(await close(one), 1n)
  assert.deepEqual(await late(one), [])
  await report(live, [{ subscriptionId: one.id, code: one.code, timestamp: '2026-06-02T00:00:00Z' }])
  assert.deepEqual(await late(one), [], 'the period under way is not late')
  await report(live, [{ subscriptionId: one.id, code: one.code, ...inMay }])
  assert.deepEqual(await late(one), ['2026-05-01'])
  assert.equal(await close(one), 2n)
  assert.deepEqual(await late(one), [])
})

test('what was being reported while a window was closed is billed or late, and never neither', async () => {
  const one = await story()
  const gate = Promise.withResolvers<void>()
  const written = Promise.withResolvers<void>()
  const reporting = inTransaction(async (tx) => {
    const event = { transactionId: 'under way', subscriptionId: one.id, code: one.code, ...inMay }
    await ingestEvents(server.deps, tx, environmentId, [event])
    written.resolve()
    await gate.promise
  })
  await written.promise
  // One that began after it has committed before it.
  const other = await story()
  await report(live, [{ subscriptionId: other.id, code: other.code, ...inMay }])
  assert.equal(await close(one), 0n)
  gate.resolve()
  await reporting
  assert.deepEqual(await late(one), ['2026-05-01'])
  assert.equal(await close(one), 1n)
})

test('under many who report and one who closes again and again, every event is billed once', async () => {
  const one = await story()
  let reported = 0
  const reporters = Array.from({ length: 4 }, async (_, lane) => {
    for (let turn = 0; turn < 25; turn++) {
      const events = [0, 1, 2].map((index) => ({
        transactionId: `lane ${lane} ${turn} ${index}`,
        subscriptionId: one.id,
        code: one.code,
        timestamp: `2026-05-${String(10 + index)}T00:00:00Z`,
      }))
      const { body } = await live('POST', '/events/batch', { events })
      reported += body.created
    }
  })
  let billed = await close(one)
  let isReporting = true
  const closing = (async () => {
    for (let isLast = false; !isLast;) {
      isLast = !isReporting
      if ((await late(one)).length > 0) billed = await close(one)
    }
  })()
  await Promise.all(reporters)
  isReporting = false
  await closing
  assert.equal(reported, 300)
  assert.equal(billed, 300n)
  assert.deepEqual(await late(one), [])
})

test('an event before a closed window is late for it where its level is carried into it', async () => {
  for (const recurring of [false, true]) {
    const one = await story({ aggregationType: 'SUM', fieldName: 'seats', recurring })
    await close(one)
    await close(one, { from: to, to: Date.parse('2026-06-04T00:00:00Z') })
    await report(live, [{ subscriptionId: one.id, code: one.code, properties: { seats: 2 }, ...inMay }])
    assert.deepEqual(await late(one), recurring ? ['2026-05-01', '2026-06-01'] : ['2026-05-01'])
  }
})
