import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import type { Ratio } from '@novabilling/core/money'
import { parseId } from '../../../src/ids.ts'
import { reader } from '../../../src/db/transaction.ts'
import { type UsageAsk, readUsage } from '../../../src/slices/usage/index.ts'
import { newTenant, startServer } from '../../harness.ts'
import { asOwner, subscribe } from '../../billing-story.ts'
import { newMetric, report } from '../../usage-story.ts'
import { type Fraction, type ModelEvent, modelUsage } from '../../usage-model.ts'

const server = await startServer({ start: '2026-06-03T12:00:00Z' })
const { live, tenantId, liveEnvironmentId: environmentId } = await newTenant(server)
const scope = { tenantId, environmentId }

const kinds = [
  ['COUNT', false],
  ['SUM', false],
  ['SUM', true],
  ['MAX', false],
  ['UNIQUE_COUNT', false],
  ['UNIQUE_COUNT', true],
  ['LATEST', false],
  ['LATEST', true],
  ['WEIGHTED_SUM', false],
  ['WEIGHTED_SUM', true],
] as const
type Metric = { id: string; code: string; aggregationType: string; recurring: boolean }
const metrics: Metric[] = []

before(async () => {
  for (const [aggregationType, recurring] of kinds) {
    const fieldName = aggregationType === 'UNIQUE_COUNT' ? 'word' : 'quantity'
    const { id, code } = await newMetric(live, {
      aggregationType,
      recurring,
      ...(aggregationType === 'COUNT' ? {} : { fieldName }),
      filters: [{ key: 'region', values: ['eu', 'us'] }],
    })
    metrics.push({ id: parseId('billableMetric', id) ?? '', code, aggregationType, recurring })
  }
})

const start = Date.parse('2026-05-02T00:00:00Z')
const end = Date.parse('2026-06-03T12:00:00Z')
/** Instants that fall on midnights of some zone, on odd moments, and often on each other. */
const instant = fc.oneof(
  fc.integer({ min: start, max: end - 1 }),
  fc.integer({ min: 0, max: 3000 }).map((quarter) => start + quarter * 900_000),
  fc.integer({ min: 0, max: 9 }).map((hour) => start + (200 + hour) * 3_600_000),
)
const event = fc.record({
  at: instant,
  quantity: fc.integer({ min: -5000, max: 50_000 }),
  word: fc.constantFrom('a', 'b', 'c', '1', 'ä"\\,{'),
  region: fc.constantFrom('eu', 'us', 'mars'),
})
const window = fc.record({
  edges: fc.tuple(instant, instant),
  regions: fc.option(fc.subarray(['eu', 'us'], { minLength: 1 }), { nil: undefined }),
  wholeMs: fc.option(fc.integer({ min: 1, max: 10 ** 10 }), { nil: undefined }),
})
const zone = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/St_Johns', 'Africa/Nairobi', 'Pacific/Apia')

const isSame = ({ numerator, denominator }: Ratio, [above, below]: Fraction): boolean =>
  numerator * below === above * denominator

async function ask(asks: readonly UsageAsk[]) {
  return readUsage(reader(server.deps.db, scope), asks)
}

let transactions = 0
async function tell(subscriptionId: string, events: readonly ModelEvent[]): Promise<void> {
  await report(
    live,
    events.flatMap(({ at, quantity, word, region, transactionId }) =>
      metrics.map(({ code }) => ({
        transactionId: `${transactionId} ${code}`,
        subscriptionId,
        code,
        timestamp: new Date(at).toISOString(),
        properties: { quantity: String(quantity / 1000), word, region },
      })),
    ),
  )
}

test('usage of any window is, to the last digit, what its events add up to, whatever their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      zone,
      fc.array(event, { maxLength: 40, size: 'max' }),
      fc.array(window, { minLength: 1, maxLength: 6 }),
      async (timezone, drawn, windows) => {
        const subscriptions = await Promise.all(
          [0, 1].map(() => subscribe(live, { startDate: '2026-05-01' }, { customer: { timezone } })),
        )
        const names = drawn.map(() => `p${++transactions}`)
        const asks: UsageAsk[] = []
        const expected: ReturnType<typeof modelUsage>[] = []
        for (const [turn, { id }] of subscriptions.entries()) {
          const events = drawn.map((one, index) => ({ ...one, transactionId: `${turn} ${names[index]}` }))
          const inOrder = turn === 0 ? events : events.toReversed()
          // In several goes, so that buckets are made and added to again and again.
          for (let told = 0; told < inOrder.length; told += 10) await tell(id, inOrder.slice(told, told + 10))
          for (const { edges, regions, wholeMs } of windows) {
            const [from, to] = edges[0] < edges[1] ? edges : [edges[1], edges[0] + 1]
            for (const metric of metrics) {
              asks.push({
                environmentId,
                subscriptionId: parseId('subscription', id) ?? '',
                metricId: metric.id,
                from,
                to,
                ...(regions === undefined ? {} : { filters: [{ key: 'region', values: regions }] }),
                ...(wholeMs === undefined ? {} : { wholeMs }),
              })
              expected.push(modelUsage(metric, events, { from, to, regions, wholeMs: wholeMs ?? to - from }))
            }
          }
        }
        const found = await ask(asks)
        for (const [index, want] of expected.entries()) {
          const got = found[index]
          const place = `${metrics[index % metrics.length]?.code} ${JSON.stringify(asks[index])}`
          assert.ok(got)
          assert.ok(isSame(got.units, want.units), `units ${place}: ${String(got.units.numerator)}`)
          assert.ok(isSame(got.weighted, want.weighted), `weighted ${place}`)
          assert.ok(isSame(got.level, want.level), `level ${place}`)
          assert.equal(got.events, BigInt(want.events), `events ${place}`)
        }
      },
    ),
    { numRuns: 40, endOnFailure: true },
  )
})

test('a window between the bounds of periods never looks at an event', async () => {
  const { id } = await subscribe(
    live,
    { startDate: '2026-05-02' },
    { customer: { timezone: 'Asia/Kolkata' } },
  )
  const events = [0, 1, 2, 3].map((day) => ({
    at: start + day * 86_400_000,
    quantity: 1000,
    word: 'a',
    region: 'eu',
    transactionId: `whole ${day}`,
  }))
  await tell(id, events)
  const subscriptionId = parseId('subscription', id) ?? ''
  const asks = (from: number, to: number): UsageAsk[] =>
    metrics.map((metric) => ({ environmentId, subscriptionId, metricId: metric.id, from, to }))
  const midnight = Date.parse('2026-05-04T18:30:00Z')
  const wanted = await ask(asks(Date.parse('2026-05-01T18:30:00Z'), midnight))
  await asOwner(server, `delete from usage_events where subscription_id = $1`, [subscriptionId])
  assert.deepEqual(await ask(asks(Date.parse('2026-05-01T18:30:00Z'), midnight)), wanted)
  // A window that cuts through a day whose events are gone has no answer, and never a low one.
  await assert.rejects(ask(asks(Date.parse('2026-05-01T18:30:00Z'), midnight - 7_200_000 * 10)), /are gone/)
})

test('a level is weighted by the time it was there, and carried into the next period', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-02' }, { customer: { timezone: 'UTC' } })
  const at = (text: string): number => Date.parse(text)
  await tell(id, [
    { at: at('2026-05-05'), quantity: 2_500_000, word: 'a', region: 'eu', transactionId: 'w1' },
    { at: at('2026-06-02'), quantity: -2_000_000, word: 'a', region: 'eu', transactionId: 'w2' },
  ])
  const metric = metrics.find(
    ({ aggregationType, recurring }) => aggregationType === 'WEIGHTED_SUM' && recurring,
  )
  const weighed = async (from: string, to: string, wholeDays: number): Promise<Ratio | undefined> =>
    (
      await ask([
        {
          environmentId,
          subscriptionId: parseId('subscription', id) ?? '',
          metricId: metric?.id ?? '',
          from: at(from),
          to: at(to),
          wholeMs: wholeDays * 86_400_000,
        },
      ])
    )[0]?.units
  const first = await weighed('2026-05-02', '2026-06-01', 31)
  assert.ok(first && isSame(first, [2500n * 27n, 31n]))
  const second = await weighed('2026-06-01', '2026-07-01', 30)
  assert.ok(second && isSame(second, [2500n + 500n * 29n, 30n]))
})

test('the latest value is the one of the latest instant, however late the others come', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-02' }, { customer: { timezone: 'UTC' } })
  const metric = metrics.find(({ aggregationType }) => aggregationType === 'LATEST')
  for (const [hour, quantity] of [
    [12, 1000],
    [10, 2000],
    [11, 3000],
  ] as const) {
    const at = Date.parse(`2026-05-20T${hour}:00:00Z`)
    await tell(id, [{ at, quantity, word: 'a', region: 'eu', transactionId: `latest ${hour}` }])
  }
  const [usage] = await ask([
    {
      environmentId,
      subscriptionId: parseId('subscription', id) ?? '',
      metricId: metric?.id ?? '',
      from: Date.parse('2026-05-20'),
      to: Date.parse('2026-05-21'),
    },
  ])
  assert.ok(usage && isSame(usage.units, [1n, 1n]))
})
