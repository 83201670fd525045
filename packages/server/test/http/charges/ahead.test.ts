import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newPlan, subscribe } from '../../billing-story.ts'
import { newCharge } from '../../charge-story.ts'
import { invoicesOf, shown, usageWorld } from '../../charge-world.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Caller, startServer } from '../../harness.ts'
import { rows, stored } from '../../payment-story.ts'
import { verify } from '../../../src/verify.ts'
import { parseId } from '../../../src/ids.ts'
import { usageWatchLoop } from '../../../src/slices/subscriptions/index.ts'
import { newMetric, report } from '../../usage-story.ts'

/** Usage that is invoiced before its period ends: at the threshold of a plan, and by charges in advance. */
const server = await startServer({ start: '2026-01-01T00:00:00Z' })

const price = (properties: object, more: object = {}) => ({
  prices: [{ currency: 'KES', properties, ...more }],
})
const threshold = (amount: number) => ({ progressiveBillingThreshold: [{ currency: 'KES', amount }] })
const inAdvance = { billingTiming: 'IN_ADVANCE' }
const volume = {
  tiers: [
    { upTo: 2, unitPrice: 4 },
    { upTo: null, unitPrice: 1 },
  ],
}

async function look(): Promise<void> {
  while (await usageWatchLoop.tick(server.deps));
}

async function world(plan: object, charge: object, metric: object = {}) {
  const made = await usageWorld(server, plan)
  const calls = await newMetric(made.ask, metric)
  await newCharge(made.ask, { planId: made.planId, billableMetricId: calls.id }, charge)
  const { id } = await subscribe(made.ask, { customerId: made.customerId, planId: made.planId })
  const use = (count: number, timestamp?: string): Promise<void> =>
    report(
      made.ask,
      Array.from({ length: count }, () => ({
        subscriptionId: id,
        code: calls.code,
        ...(timestamp === undefined ? {} : { timestamp }),
      })),
    )
  return { ...made, calls, id, use, printed: async () => (await invoicesOf(made.ask, id)).map(told) }
}

const told = ({ issuedAt, items }: { issuedAt: string; items: Parameters<typeof shown>[0] }): string[] => [
  issuedAt.slice(5, 10),
  ...shown(items),
]

async function crossings(ask: Caller): Promise<Record<string, unknown>[]> {
  const { body } = await ask('GET', '/event-log?event=usage.threshold_reached&limit=100')
  return body.data.map((event: { data: Record<string, unknown> }) => event.data)
}

test('usage that reaches the threshold of the plan is told of and invoiced at once, once a period; the rest at its end', async () => {
  const { ask, move, id, customerId, planId, use, printed } = await world(
    threshold(10),
    price({ unitPrice: 4 }),
  )
  await move('2026-01-10T00:00:00Z')
  await use(2)
  await look()
  assert.deepEqual(await crossings(ask), [])
  await use(1)
  await look()
  assert.deepEqual(await crossings(ask), [
    {
      subscriptionId: id,
      externalId: null,
      customerId,
      planId,
      currency: 'KES',
      threshold: 10,
      usage: 12,
      periodStart: '2026-01-01T00:00:00.000Z',
      periodEnd: '2026-02-01T00:00:00.000Z',
    },
  ])
  assert.deepEqual(await printed(), [
    ['01-01', 'PLAN 1 → 10'],
    ['01-10', 'USAGE 3 → 12'],
  ])
  await move('2026-01-20T00:00:00Z')
  await use(5)
  await look()
  await move('2026-02-01T00:00:00Z')
  // A new period has its own threshold.
  await use(3)
  await look()
  assert.deepEqual((await printed()).slice(2), [
    ['02-01', 'PLAN 1 → 10', 'USAGE 1 → 20'],
    ['02-01', 'USAGE 3 → 12'],
  ])
  assert.equal((await crossings(ask)).length, 2)
  await move('2026-03-01T00:00:00Z')
  assert.deepEqual((await printed()).slice(4), [['03-01', 'PLAN 1 → 10']])
  await everythingHolds(server)
})

test('a moved clock does not pass usage that nobody has looked at: it is invoiced at the time at which it came', async () => {
  const { move, use, printed, ask } = await world(threshold(10), price({ unitPrice: 4 }))
  await move('2026-01-10T00:00:00Z')
  await use(3)
  await move('2026-03-01T00:00:00Z')
  assert.deepEqual(await printed(), [
    ['01-01', 'PLAN 1 → 10'],
    ['01-10', 'USAGE 3 → 12'],
    ['02-01', 'PLAN 1 → 10'],
    ['03-01', 'PLAN 1 → 10'],
  ])
  assert.equal((await crossings(ask)).length, 1)
})

test('events that come at once, and four who look at once, tell and invoice a crossing once', async () => {
  const { move, use, printed, ask } = await world(threshold(10), price({ unitPrice: 1 }))
  await move('2026-01-10T00:00:00Z')
  await Promise.all([
    ...Array.from({ length: 12 }, () => use(2)),
    ...[1, 2, 3, 4].map(() => usageWatchLoop.tick(server.deps)),
  ])
  await Promise.all([1, 2, 3, 4].map(look))
  assert.equal((await crossings(ask)).length, 1)
  await move('2026-02-01T00:00:00Z')
  const usage = (await printed()).flat().filter((line) => line.startsWith('USAGE'))
  const billed = usage.reduce((sum, line) => sum + Number(line.split('→ ')[1]), 0)
  assert.equal(billed, 24)
  await everythingHolds(server)
})

test('usage of a charge in advance is invoiced as it comes, by the tiers that all of the period fills', async () => {
  const tiers = [
    { upTo: 2, unitPrice: 1, flatAmount: 5 },
    { upTo: null, unitPrice: 0.25 },
  ]
  const { move, use, printed } = await world(
    {},
    { chargeModel: 'GRADUATED', ...inAdvance, ...price({ tiers }) },
  )
  await move('2026-01-10T00:00:00Z')
  await use(1)
  await look()
  await use(3)
  await look()
  await move('2026-01-20T00:00:00Z')
  await use(1)
  await move('2026-03-01T00:00:00Z')
  assert.deepEqual(await printed(), [
    ['01-01', 'PLAN 1 → 10'],
    ['01-10', 'USAGE 1 → 6'],
    ['01-10', 'USAGE 1 → 1.5'],
    ['01-20', 'USAGE 1 → 0.25'],
    ['02-01', 'PLAN 1 → 10'],
    ['03-01', 'PLAN 1 → 10'],
  ])
  await everythingHolds(server)
})

test('parts are invoiced in whole minor units, and the fractions with the end of the period', async () => {
  const { move, use, printed } = await world({}, { ...inAdvance, ...price({ unitPrice: '0.004' }) })
  for (const day of ['05', '06', '07', '08', '09']) {
    await move(`2026-01-${day}T00:00:00Z`)
    await use(1)
    await look()
  }
  await move('2026-02-01T00:00:00Z')
  // 0.008 and 0.016 say nothing yet of the second cent; 0.020 does.
  assert.deepEqual(
    (await printed()).flat().filter((line) => !line.startsWith('PLAN')),
    ['01-01', '01-07', 'USAGE 1 → 0.01', '01-09', 'USAGE 1 → 0.01', '02-01'],
  )
  await everythingHolds(server)
})

test('a level that is carried into a period is invoiced at its start, what is added by the days that are left, and what a cancellation leaves unused is credited', async () => {
  const { ask, move, id, calls, customerId, printed } = await world(
    {},
    { ...inAdvance, prorated: true, ...price({ unitPrice: 31 }) },
    { aggregationType: 'SUM', fieldName: 'seats', recurring: true },
  )
  const seats = async (value: number): Promise<void> =>
    report(ask, [{ subscriptionId: id, code: calls.code, properties: { seats: value } }])
  await seats(1)
  await move('2026-01-11T00:00:00Z')
  await seats(1)
  await move('2026-02-15T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  assert.deepEqual(await printed(), [
    ['01-01', 'PLAN 1 → 10'],
    ['01-01', 'USAGE 1 → 31'],
    ['01-11', 'USAGE 1 → 21'],
    ['02-01', 'PLAN 1 → 10'],
    ['02-01', 'USAGE 2 → 62'],
  ])
  const { body } = await ask('GET', `/credit-notes?customerId=${customerId}`)
  // 14 of 28 days are used of the seats; of the plan the day of the end stays paid.
  assert.deepEqual(
    body.data.map(({ total }: { total: number }) => total).toSorted((a: number, b: number) => a - b),
    [4.64, 31],
  )
  await everythingHolds(server)
})

test('what costs less in the end than was invoiced before is credited, and a minimum is never lost', async () => {
  const { ask, move, use, customerId, printed } = await world(
    {},
    { chargeModel: 'VOLUME', ...inAdvance, ...price(volume, { minAmount: 7 }) },
  )
  await move('2026-01-10T00:00:00Z')
  await use(2)
  await look()
  await use(1)
  await look()
  await move('2026-02-01T00:00:00Z')
  // 8 were invoiced of what costs 3, and 7 at least.
  assert.deepEqual((await printed()).flat(), [
    '01-01',
    'PLAN 1 → 10',
    '01-10',
    'USAGE 2 → 8',
    '02-01',
    'PLAN 1 → 10',
  ])
  const notes = (await ask('GET', `/credit-notes?customerId=${customerId}`)).body.data
  assert.deepEqual(
    notes.map(({ total }: { total: number }) => total),
    [1],
  )
  await move('2026-02-10T00:00:00Z')
  await use(1)
  await move('2026-03-01T00:00:00Z')
  assert.deepEqual((await printed()).slice(3), [
    ['02-10', 'USAGE 1 → 4'],
    ['03-01', 'PLAN 1 → 10', 'COMMITMENT 1 → 3'],
  ])
  await everythingHolds(server)
})

test('what was invoiced before counts for the commitment of the plan, and is off what a wallet would have left', async () => {
  const { ask, move, use, customerId, printed } = await world(
    { ...threshold(10), minimumCommitment: [{ currency: 'KES', amount: 40 }] },
    price({ unitPrice: 4 }),
  )
  await move('2026-01-10T00:00:00Z')
  await use(3)
  await look()
  await use(1)
  const made = await ask('POST', '/wallets', { customerId, currency: 'KES', grantedCredits: 100 })
  assert.equal(made.status, 201, made.text)
  assert.equal((await ask('GET', `/wallets/${made.body.wallet.id}`)).body.ongoingBalance, 96)
  await move('2026-02-01T00:00:00Z')
  assert.deepEqual((await printed()).slice(2), [['02-01', 'PLAN 1 → 10', 'USAGE 1 → 4', 'COMMITMENT 1 → 14']])
  await everythingHolds(server)
})

test('what is given back of what was invoiced before does not count for the commitment', async () => {
  const { ask, move, use, customerId, printed } = await world(
    { minimumCommitment: [{ currency: 'KES', amount: 20 }] },
    { chargeModel: 'VOLUME', ...inAdvance, ...price(volume) },
  )
  await move('2026-01-10T00:00:00Z')
  await use(2)
  await look()
  await use(1)
  await move('2026-02-01T00:00:00Z')
  // 10 and 3 are used; 8 were invoiced of the 3.
  assert.deepEqual((await printed()).slice(1), [
    ['01-10', 'USAGE 2 → 8'],
    ['02-01', 'PLAN 1 → 10', 'COMMITMENT 1 → 7'],
  ])
  const notes = (await ask('GET', `/credit-notes?customerId=${customerId}`)).body.data
  assert.deepEqual(
    notes.map(({ total }: { total: number }) => total),
    [5],
  )
  await everythingHolds(server)
})

test('with a change of plan the rest is invoiced, and the new plan counts its own threshold', async () => {
  const { ask, move, use, id, calls, printed } = await world(threshold(10), price({ unitPrice: 4 }))
  const bigger = await newPlan(ask, { prices: [{ currency: 'KES', amount: 20 }], ...threshold(5) })
  await newCharge(ask, { planId: bigger.id, billableMetricId: calls.id }, price({ unitPrice: 1 }))
  await move('2026-01-11T00:00:00Z')
  await use(3, '2026-01-10T00:00:00Z')
  await look()
  await use(1, '2026-01-10T00:00:00Z')
  const changed = await ask('POST', `/subscriptions/${id}/change-plan`, {
    newPlanId: bigger.id,
    prorate: false,
  })
  assert.equal(changed.status, 200, changed.text)
  await move('2026-01-12T00:00:00Z')
  await use(6)
  await move('2026-02-01T00:00:00Z')
  assert.deepEqual(
    (await printed()).flat().filter((line) => line.startsWith('USAGE')),
    ['USAGE 3 → 12', 'USAGE 1 → 4', 'USAGE 6 → 6'],
  )
  assert.deepEqual(
    (await crossings(ask)).map(({ threshold: of, usage }) => [of, usage]),
    [
      [10, 12],
      [5, 6],
    ],
  )
  await everythingHolds(server)
})

test('an invoice at a threshold that is voided was invoiced all the same: the rest is, and nothing of it again', async () => {
  const { ask, move, use, id, printed } = await world(threshold(10), price({ unitPrice: 4 }))
  await move('2026-01-10T00:00:00Z')
  await use(3)
  await look()
  const { body } = await ask('GET', `/invoices?subscriptionId=${id}`)
  assert.equal((await ask('POST', `/invoices/${body.data[0].id}/void`, {})).status, 200)
  await use(1)
  await move('2026-02-01T00:00:00Z')
  assert.deepEqual((await printed()).slice(2), [['02-01', 'PLAN 1 → 10', 'USAGE 1 → 4']])
  await everythingHolds(server)
})

test('a pause and a trial invoice nothing early', async () => {
  const { ask, move, use, id } = await world(
    { ...threshold(4), trialDays: 5 },
    { ...inAdvance, ...price({ unitPrice: 4 }) },
  )
  await move('2026-01-02T00:00:00Z')
  await use(3)
  await look()
  assert.deepEqual(await invoicesOf(ask, id), [])
  await move('2026-01-10T00:00:00Z')
  const before = (await invoicesOf(ask, id)).length
  assert.equal((await ask('POST', `/subscriptions/${id}/pause`, {})).status, 200)
  await use(1, '2026-01-09T12:00:00Z')
  await look()
  assert.equal((await invoicesOf(ask, id)).length, before)
  assert.deepEqual(await crossings(ask), [])
  assert.equal((await ask('POST', `/subscriptions/${id}/resume`, {})).status, 200)
  await move('2026-03-10T00:00:00Z')
  const usage = (await invoicesOf(ask, id)).flatMap(({ items }) =>
    items.filter(({ type }) => type === 'USAGE').map(({ amount }) => amount),
  )
  assert.deepEqual(usage, [4])
  await everythingHolds(server)
})

test('one whose usage cannot be billed keeps no other from it, is tried again, and is billed once it can be', async () => {
  const [broken, whole] = [
    await world(threshold(10), price({ unitPrice: 4 })),
    await world(threshold(10), price({ unitPrice: 4 })),
  ]
  for (const { move, use } of [broken, whole]) {
    await move('2026-01-10T00:00:00Z')
    await use(3)
  }
  await rows(
    server,
    `update charge_versions set prices = '[]' where charge_id in
    (select id from charges where plan_id = $1)`,
    [parseId('plan', broken.planId)],
  )
  await look()
  assert.equal((await crossings(broken.ask)).length, 0)
  assert.equal((await crossings(whole.ask)).length, 1)
  await rows(
    server,
    `update charge_versions set prices = $2 where charge_id in
    (select id from charges where plan_id = $1)`,
    [
      parseId('plan', broken.planId),
      JSON.stringify([{ currency: 'KES', properties: { unitPrice: '4' }, minimum: null }]),
    ],
  )
  await look()
  assert.equal((await crossings(broken.ask)).length, 0)
  server.clock.advance({ minutes: 2 })
  await look()
  assert.equal((await crossings(broken.ask)).length, 1)
  await everythingHolds(server)
})

test('in parts, usage costs what it costs in one: over random events, models, thresholds and ends', async () => {
  const models = fc.constantFrom(
    { chargeModel: 'STANDARD', ...price({ unitPrice: '0.333' }) },
    {
      chargeModel: 'GRADUATED',
      ...price({
        tiers: [
          { upTo: 3, unitPrice: '0.7', flatAmount: 1 },
          { upTo: null, unitPrice: '0.111' },
        ],
      }),
    },
    { chargeModel: 'VOLUME', ...price(volume) },
    { chargeModel: 'PACKAGE', ...price({ amount: '1.5', packageSize: 3, freeUnits: 1 }, { minAmount: 4 }) },
  )
  const lives = fc.sample(
    fc.record({
      charge: models,
      timing: fc.constantFrom('IN_ARREARS', 'IN_ADVANCE'),
      amount: fc.integer({ min: 1, max: 6 }),
      days: fc.array(fc.tuple(fc.integer({ min: 2, max: 27 }), fc.integer({ min: 1, max: 4 })), {
        maxLength: 6,
      }),
      end: fc.option(fc.integer({ min: 20, max: 28 })),
    }),
    { numRuns: 14, seed: 11 },
  )
  const two = (number: number): string => String(number).padStart(2, '0')
  for (const { charge, timing, amount, days, end } of lives) {
    const sums: number[] = []
    for (const isInParts of [true, false]) {
      const life = await world(isInParts ? threshold(amount) : {}, {
        ...charge,
        ...(isInParts ? { billingTiming: timing } : {}),
      })
      const events = days.filter(([day]) => end === null || day < end).toSorted(([a], [b]) => a - b)
      for (const [day, count] of events) {
        await life.move(`2026-01-${two(day)}T00:00:00Z`)
        await life.use(count)
        await look()
      }
      if (end !== null) {
        await life.move(`2026-01-${two(end)}T00:00:00Z`)
        const ended = await life.ask('POST', `/subscriptions/${life.id}/cancel`, { cancelAt: 'now' })
        assert.equal(ended.status, 200, ended.text)
      }
      await life.move('2026-02-01T00:00:00Z')
      const invoiced = (await invoicesOf(life.ask, life.id)).reduce((sum, { total }) => sum + total, 0)
      const notes = (await life.ask('GET', `/credit-notes?customerId=${life.customerId}`)).body.data
      const back = notes.reduce((sum: number, { total }: { total: number }) => sum + total, 0)
      sums.push(Math.round((invoiced - back) * 100))
    }
    assert.equal(sums[0], sums[1], JSON.stringify({ charge, timing, amount, days, end }))
  }
  await everythingHolds(server)
})

test('usage that is remembered as invoiced ahead otherwise than it was is found by verify', async () => {
  const { move, use, id } = await world(threshold(10), price({ unitPrice: 4 }))
  await move('2026-01-10T00:00:00Z')
  await use(3)
  await look()
  await rows(server, `update usage_advances set billed = '{1100,1}' where subscription_id = $1`, [stored(id)])
  const breached: string[] = []
  for await (const { name, breaches } of verify(server.deps.workerDb))
    if (breaches.length > 0) breached.push(name)
  assert.deepEqual(breached, [
    'what is remembered as invoiced of usage before its period ended is what its lines bill',
  ])
})
