import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPlan, subscribe } from '../billing-story.ts'
import { newCharge } from '../charge-story.ts'
import { type Shown, invoicesOf, usageWorld } from '../charge-world.ts'
import { everythingHolds } from '../credit-story.ts'
import { startServer } from '../harness.ts'
import { newMetric, report, unitsOf } from '../usage-story.ts'

/** Dated lives with usage, and what they come to; other billing systems agree unless it is said. */
const server = await startServer({ start: '2022-01-01T00:00:00Z' })

const price = (properties: object, more: object = {}) => ({
  prices: [{ currency: 'KES', properties, ...more }],
})
const free = { prices: [{ currency: 'KES', amount: 0 }] }
const calendar = { billingAnchor: 'CALENDAR' }
const lines = (invoices: readonly Shown[]): number[] =>
  invoices.flatMap(({ items }) => items.filter(({ type }) => type !== 'PLAN').map(({ amount }) => amount))

test('a level is paid for the days that it was there, and carried into the next month (E01, E02)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2023-03-05T00:00:00Z')
  const level = await newMetric(ask, {
    aggregationType: 'WEIGHTED_SUM',
    fieldName: 'value',
    recurring: true,
  })
  await newCharge(ask, { planId, billableMetricId: level.id }, price({ unitPrice: 1 }))
  const { id } = await subscribe(ask, { customerId, planId, ...calendar })
  const set = (timestamp: string, value: number): Promise<void> =>
    report(ask, [{ subscriptionId: id, code: level.code, timestamp, properties: { value } }])
  await set('2023-03-05T00:00:00Z', 2500)
  await move('2023-04-07T00:00:00Z')
  await set('2023-04-04T00:00:00Z', -2000)
  await set('2023-04-06T00:00:00Z', -200)
  await move('2023-05-01T00:00:00Z')
  assert.deepEqual(lines(await invoicesOf(ask, id)), [2177.42, 533.33])
  await everythingHolds(server)
})

test('events that are dated back move the level that is carried (E05)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2023-03-01T00:00:00Z')
  const seats = await newMetric(ask, { aggregationType: 'SUM', fieldName: 'value', recurring: true })
  const tiers = [
    { upTo: 2, unitPrice: 0 },
    { upTo: null, unitPrice: 5 },
  ]
  await newCharge(
    ask,
    { planId, billableMetricId: seats.id },
    { chargeModel: 'GRADUATED', ...price({ tiers }) },
  )
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2023-04-03T00:00:00Z')
  const set = (timestamp: string, values: readonly number[]): Promise<void> =>
    report(
      ask,
      values.map((value) => ({ subscriptionId: id, code: seats.code, timestamp, properties: { value } })),
    )
  await set('2023-03-20T00:00:00Z', [-1, -1, -1, 1])
  await set('2023-04-02T00:00:00Z', [1, 1, 1, 1])
  assert.equal(await unitsOf(ask, id, seats.code), '2')
  await move('2023-05-02T00:00:00Z')
  assert.deepEqual(lines(await invoicesOf(ask, id)), [0])
})

test('a minimum counts by the days until a termination, and is taxed with the usage (I05)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2023-02-01T00:00:00Z')
  const tax = { name: 'VAT', code: 'vat-20', rate: 20, appliedByDefault: true }
  assert.equal((await ask('POST', '/taxes', tax)).status, 201)
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, price({ unitPrice: 8 }, { minAmount: 10 }))
  const { id } = await subscribe(ask, { customerId, planId })
  await report(ask, [{ subscriptionId: id, code: calls.code }])
  await move('2023-02-25T10:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  const invoices = await invoicesOf(ask, id)
  assert.deepEqual(lines(invoices), [8, 0.93])
  // Others tax each line, 1.60 + 0.19; once on the sum it is the same.
  assert.equal(invoices.at(-1)?.total, 10.72)
  await everythingHolds(server)
})

test('usage is split where the plan changes, and each part priced by its plan (A10; ours is invoiced at the change)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, {}, '2025-02-01T00:00:00Z')
  const bigger = await newPlan(ask, { prices: [{ currency: 'KES', amount: 20 }] })
  const calls = await newMetric(ask)
  const storage = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, price({ unitPrice: 0.1 }))
  await newCharge(ask, { planId: bigger.id, billableMetricId: calls.id }, price({ unitPrice: 0.2 }))
  await newCharge(ask, { planId: bigger.id, billableMetricId: storage.id }, price({ unitPrice: 0.5 }))
  const { id } = await subscribe(ask, { customerId, planId })
  const use = (day: string): Promise<void> =>
    report(
      ask,
      [calls, storage].map(({ code }) => ({ subscriptionId: id, code, timestamp: `${day}T08:00:00Z` })),
    )
  await move('2025-02-15T00:00:00Z')
  await use('2025-02-14')
  const changed = await ask('POST', `/subscriptions/${id}/change-plan`, { newPlanId: bigger.id })
  assert.equal(changed.status, 200, changed.text)
  await move('2025-02-20T00:00:00Z')
  await use('2025-02-19')
  await move('2025-03-01T00:00:00Z')
  const invoices = await invoicesOf(ask, id)
  assert.deepEqual(lines(invoices), [0.1, 0.2, 0.5])
  const fees = invoices.map(({ items }) => items.find(({ type }) => type === 'PLAN')?.amount ?? null)
  assert.deepEqual(fees, [10, null, 10, 20])
  await everythingHolds(server)
})

test('a plan that is left and come back to within a month bills every event once, at the price of its time (E09)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2023-06-01T00:00:00Z')
  const other = await newPlan(ask, free)
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, price({ unitPrice: 1 }))
  await newCharge(ask, { planId: other.id, billableMetricId: calls.id }, price({ unitPrice: 3 }))
  const { id } = await subscribe(ask, { customerId, planId })
  for (const [day, to] of [
    ['2023-06-05', other.id],
    ['2023-06-15', planId],
    ['2023-06-25', planId],
  ] as const) {
    await move(`${day}T12:00:00Z`)
    await report(ask, [{ subscriptionId: id, code: calls.code, timestamp: `${day}T08:00:00Z` }])
    if (day === '2023-06-25') continue
    const changed = await ask('POST', `/subscriptions/${id}/change-plan`, { newPlanId: to, effective: 'now' })
    assert.equal(changed.status, 200, changed.text)
  }
  await move('2023-08-01T00:00:00Z')
  assert.deepEqual(lines(await invoicesOf(ask, id)), [1, 3, 1])
  await everythingHolds(server)
})

test('a leap February begins on the first with the usage of January, 31 days of it (J08)', async () => {
  const plan = { prices: [{ currency: 'KES', amount: 7 }] }
  const { ask, move, customerId, planId } = await usageWorld(server, plan, '2024-01-01T00:00:00Z')
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId, ...calendar })
  await move('2024-01-31T23:59:00Z')
  await report(ask, [{ subscriptionId: id, code: calls.code, timestamp: '2024-01-31T23:58:00Z' }])
  await move('2024-02-01T00:00:00Z')
  const [, february] = await invoicesOf(ask, id)
  assert.deepEqual(
    february?.items.map(({ type, amount, periodStart, periodEnd }) => [type, amount, periodStart, periodEnd]),
    [
      ['PLAN', 7, '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
      ['USAGE', 0.5, '2024-01-01T00:00:00.000Z', '2024-02-01T00:00:00.000Z'],
    ],
  )
})

test('seats in tiers are paid from their day on, and are there for the whole of the next month', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2024-06-01T00:00:00Z')
  const seats = await newMetric(ask, { aggregationType: 'SUM', fieldName: 'value', recurring: true })
  const tiers = [
    { upTo: 5, unitPrice: 30, flatAmount: 10 },
    { upTo: null, unitPrice: 15 },
  ]
  await newCharge(
    ask,
    { planId, billableMetricId: seats.id },
    { chargeModel: 'GRADUATED', prorated: true, ...price({ tiers }) },
  )
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2024-06-26T00:00:00Z')
  const set = (timestamp: string, value: number): Promise<void> =>
    report(ask, [{ subscriptionId: id, code: seats.code, timestamp, properties: { value } }])
  await set('2024-06-11T00:00:00Z', 5)
  await set('2024-06-16T00:00:00Z', 4)
  await set('2024-06-25T00:00:00Z', -2)
  await move('2024-08-01T00:00:00Z')
  // 5 × 30 × 20 / 30, 4 × 15 × 15 / 30, -2 × 15 × 6 / 30, and the flat amount; then 5 × 30 + 2 × 15 + 10.
  assert.deepEqual(lines(await invoicesOf(ask, id)), [134, 190])
  await everythingHolds(server)
})
