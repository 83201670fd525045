import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { systemClock } from '../../src/clock.ts'
import { reader } from '../../src/db/transaction.ts'
import { parseId } from '../../src/ids.ts'
import { type UsageAsk, readUsage } from '../../src/slices/usage/index.ts'
import { usageInvariants } from '../../src/usage-invariants.ts'
import { newTenant, startServer } from '../harness.ts'
import { asOwner, subscribe } from '../billing-story.ts'
import { type ModelEvent, modelUsage } from '../usage-model.ts'
import { newMetric } from '../usage-story.ts'
import { type Process, freePort, startProcess, untilReady } from './processes.ts'

const kills = 3
const betweenKillsMs = 700
const lanes = 6
const distinct = 3000

/** Chance that can be told again: the numbers of a linear congruence (Numerical Recipes). */
function chance(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const aggregations = ['COUNT', 'SUM', 'MAX', 'UNIQUE_COUNT', 'LATEST', 'WEIGHTED_SUM'] as const

type Told = ModelEvent & { readonly subscription: number; readonly metric: number }

test('an API that is killed again and again, with all told in any order, in parallel and more than once: usage is, to the last digit, what the events add up to', async () => {
  const server = await startServer()
  const { live, liveKey, tenantId, liveEnvironmentId: environmentId } = await newTenant(server)
  const started = new Date(server.clock.nowMs() - 20 * 86_400_000).toISOString().slice(0, 10)
  const subscriptions = await Promise.all(
    ['UTC', 'Asia/Kolkata', 'America/St_Johns'].map((timezone) =>
      subscribe(live, { startDate: started }, { customer: { timezone } }),
    ),
  )
  const metrics = await Promise.all(
    aggregations.map((aggregationType) =>
      newMetric(live, {
        aggregationType,
        ...(aggregationType === 'COUNT'
          ? {}
          : { fieldName: aggregationType === 'UNIQUE_COUNT' ? 'word' : 'quantity' }),
      }),
    ),
  )

  const next = chance(11)
  const from = Date.parse(subscriptions[0]?.currentPeriodStart)
  const fromMs = Math.max(...subscriptions.map((one) => Date.parse(one.currentPeriodStart)), from)
  const told = Array.from({ length: distinct }, (_, index): Told => ({
    transactionId: `told ${index}`,
    at: fromMs + next(19 * 86_400_000),
    quantity: next(50_000) - 5000,
    word: `word ${next(40)}`,
    region: 'eu',
    subscription: next(subscriptions.length),
    metric: next(metrics.length),
  }))
  const inputOf = (one: Told): object => ({
    transactionId: one.transactionId,
    subscriptionId: subscriptions[one.subscription].id,
    code: metrics[one.metric]?.code,
    timestamp: new Date(one.at).toISOString(),
    properties: { quantity: String(one.quantity / 1000), word: one.word },
  })

  const origin = `http://127.0.0.1:${await freePort()}`
  let api: Process = start(origin)
  const story = { isOver: false, killed: 0, broken: 0 }
  after(async () => {
    story.isOver = true
    await api.kill()
  })
  await untilReady(origin, api)

  const killing = (async () => {
    while (story.killed < kills && !story.isOver) {
      await systemClock.sleep(betweenKillsMs)
      await api.kill()
      story.killed++
      api = start(origin)
      await untilReady(origin, api)
    }
  })()
  await Promise.all(Array.from({ length: lanes }, (_, lane) => tell(lane)))
  await killing
  assert.ok(story.broken >= kills, `${story.broken} requests broke off`)
  await api.stop()

  const [stored] = await asOwner<{ events: number; ids: number }>(
    server,
    `select count(*)::integer as events, count(distinct transaction_id)::integer as ids from usage_events`,
  )
  assert.deepEqual(stored, { events: distinct, ids: distinct })
  const asks: (UsageAsk & { told: Told[]; aggregationType: string })[] = subscriptions.flatMap(
    (subscription, place) =>
      metrics.map((metric, kind) => ({
        environmentId,
        subscriptionId: parseId('subscription', subscription.id) ?? '',
        metricId: parseId('billableMetric', metric.id) ?? '',
        from: Date.parse(subscription.currentPeriodStart),
        to: Date.parse(subscription.currentPeriodEnd),
        told: told.filter((one) => one.subscription === place && one.metric === kind),
        aggregationType: aggregations[kind] ?? '',
      })),
  )
  const found = await readUsage(reader(server.deps.db, { tenantId, environmentId }), asks)
  for (const [index, ask] of asks.entries()) {
    const want = modelUsage({ aggregationType: ask.aggregationType, recurring: false }, ask.told, {
      from: ask.from,
      to: ask.to,
      wholeMs: ask.to - ask.from,
    })
    const got = found[index]
    const place = `${ask.aggregationType} of ${ask.subscriptionId}`
    assert.equal(got?.events, BigInt(ask.told.length), place)
    assert.equal(got.units.numerator * want.units[1], want.units[0] * got.units.denominator, place)
    assert.equal(
      got.weighted.numerator * want.weighted[1],
      want.weighted[0] * got.weighted.denominator,
      place,
    )
  }
  for (const { name, find } of usageInvariants)
    assert.deepEqual(await server.deps.workerDb.query(find()), [], name)

  /** Tells everything in an order of its own, and what was not answered again; goes on as long as something is killed. */
  async function tell(lane: number): Promise<void> {
    const draw = chance(100 + lane)
    // Every event is told by two lanes, and each lane has twice what it needs to have an order of its own.
    let waiting = told.filter((_, index) => index % lanes === lane || (index + 1) % lanes === lane)
    while ((waiting.length > 0 || story.killed < kills) && !story.isOver) {
      if (waiting.length === 0) waiting = told.filter(() => draw(20) === 0)
      waiting = waiting
        .map((one) => ({ one, place: draw(1_000_000) }))
        .toSorted((a, b) => a.place - b.place)
        .map(({ one }) => one)
      const now = waiting.splice(0, 1 + draw(200))
      const isAnswered = await send(now.map(inputOf), draw(3)).catch(() => false)
      if (isAnswered) continue
      story.broken++
      waiting.push(...now)
      await systemClock.sleep(20)
    }
  }

  /** One event, a batch, or lines: whether it was answered that all are counted. */
  async function send(inputs: object[], form: number): Promise<boolean> {
    if (form === 0) {
      const answers = await Promise.all(
        inputs.slice(0, 20).map((input) => post('/events', JSON.stringify(input))),
      )
      if (!answers.every((status) => status === 201)) return false
      return inputs.length <= 20 || send(inputs.slice(20), 1)
    }
    if (form === 1) return (await post('/events/batch', JSON.stringify({ events: inputs }))) === 201
    const lines = inputs.map((input) => JSON.stringify(input)).join('\n')
    return (await post('/events/batch', lines, 'application/x-ndjson')) === 201
  }

  async function post(path: string, body: string, type = 'application/json'): Promise<number> {
    const response = await fetch(`${origin}/api${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${liveKey}`, 'content-type': type },
      body,
    })
    const answer = await response.text()
    if (response.status === 201) assert.ok(!/"errors":[1-9]/.test(answer), answer)
    return response.status
  }

  function start(at: string): Process {
    return startProcess({ databaseUrl: server.databaseUrl, originMs: systemClock.nowMs(), speed: 1 }, 'api', {
      PORT: new URL(at).port,
    })
  }
})
