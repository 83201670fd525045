import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reader } from '../../src/db/transaction.ts'
import { parseId } from '../../src/ids.ts'
import { readUsage } from '../../src/slices/usage/index.ts'
import { newTenant, startServer } from '../harness.ts'
import { subscribe } from '../billing-story.ts'
import { newMetric, report, unitsOf } from '../usage-story.ts'

/** Worked cases of metering, by the names they have in the vectors. What they cost is in the tests of charges. */

const server = await startServer({ start: '2023-03-05T00:00:00Z' })
const { live, tenantId, liveEnvironmentId: environmentId } = await newTenant(server)
const at = (instant: string): void => server.clock.set(instant)

const quantities = async (
  one: { subscriptionId: string; code: string },
  drawn: readonly (readonly [instant: string, quantity: number])[],
): Promise<void> =>
  report(
    live,
    drawn.map(([timestamp, quantity]) => ({ ...one, timestamp, properties: { quantity } })),
  )

/** Euclid's. */
function divisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : divisor(b, a % b)
}

const units = async (
  one: { subscriptionId: string; metricId: string },
  window: readonly [from: string, to: string],
  wholeDays: number,
): Promise<string> => {
  const [usage] = await readUsage(reader(server.deps.db, { tenantId, environmentId }), [
    {
      environmentId,
      subscriptionId: parseId('subscription', one.subscriptionId) ?? '',
      metricId: parseId('billableMetric', one.metricId) ?? '',
      from: Date.parse(window[0]),
      to: Date.parse(window[1]),
      wholeMs: wholeDays * 86_400_000,
    },
  ])
  if (!usage) return ''
  const { numerator, denominator } = usage.units
  const common = divisor(numerator, denominator)
  return `${numerator / common}/${denominator / common}`
}

test('E01, E02: a level is weighted by its part of the whole period, and carried into the next', async () => {
  at('2023-03-05T00:00:00Z')
  const { code, id: metricId } = await newMetric(live, {
    aggregationType: 'WEIGHTED_SUM',
    fieldName: 'quantity',
    recurring: true,
  })
  const { id: subscriptionId } = await subscribe(
    live,
    { startDate: '2023-03-05', billingAnchor: 'CALENDAR' },
    { customer: { timezone: 'UTC' } },
  )
  const one = { subscriptionId, code }
  await quantities(one, [['2023-03-05T00:00:00Z', 2500]])
  // 2177.4193548…, 27 days of 31
  const march = await units({ subscriptionId, metricId }, ['2023-03-05', '2023-04-01'], 31)
  assert.equal(march, '67500/31')
  at('2023-04-06T00:00:00Z')
  await quantities(one, [
    ['2023-04-04T00:00:00Z', -2000],
    ['2023-04-06T00:00:00Z', -200],
  ])
  // 533.33…: 2500 for three days, 500 for two, 300 for 25
  const april = await units({ subscriptionId, metricId }, ['2023-04-01', '2023-05-01'], 30)
  assert.equal(april, '1600/3')
})

test('E05: what comes late for an earlier period moves the level of the later ones', async () => {
  at('2023-05-01T00:00:00Z')
  const { code } = await newMetric(live, { aggregationType: 'SUM', fieldName: 'quantity', recurring: true })
  const { id: subscriptionId } = await subscribe(
    live,
    { startDate: '2023-04-01', billingAnchor: 'CALENDAR' },
    { customer: { timezone: 'UTC' } },
  )
  await quantities({ subscriptionId, code }, [
    ['2023-05-01T00:00:00Z', 1],
    ['2023-05-01T00:00:00Z', 1],
    ['2023-05-01T00:00:00Z', 1],
    ['2023-05-01T00:00:00Z', 1],
  ])
  assert.equal(await unitsOf(live, subscriptionId, code), '4')
  await quantities({ subscriptionId, code }, [
    ['2023-04-10T00:00:00Z', -1],
    ['2023-04-11T00:00:00Z', -1],
    ['2023-04-12T00:00:00Z', -1],
    ['2023-04-20T00:00:00Z', 1],
  ])
  assert.equal(await unitsOf(live, subscriptionId, code), '2')
})

test('C12: an event is of the month that it was in where the customer is', async () => {
  at('2024-02-29T20:30:00Z')
  const { code, id: metricId } = await newMetric(live)
  const started = { startDate: '2024-02-01', billingAnchor: 'CALENDAR' }
  const months = {
    'Asia/Kolkata': ['2024-01-31T18:30:00Z', '2024-02-29T18:30:00Z', '2024-03-31T18:30:00Z'],
    UTC: ['2024-02-01T00:00:00Z', '2024-03-01T00:00:00Z', '2024-04-01T00:00:00Z'],
  } as const
  const counts: Record<string, string[]> = {}
  for (const timezone of ['Asia/Kolkata', 'UTC'] as const) {
    const { id: subscriptionId } = await subscribe(live, started, { customer: { timezone } })
    await report(live, [{ subscriptionId, code, timestamp: '2024-02-29T20:00:00Z' }])
    const [february, march, april] = months[timezone]
    counts[timezone] = [
      await units({ subscriptionId, metricId }, [february, march], 29),
      await units({ subscriptionId, metricId }, [march, april], 31),
    ]
  }
  assert.deepEqual(counts, { 'Asia/Kolkata': ['0/1', '1/1'], UTC: ['1/1', '0/1'] })
})
