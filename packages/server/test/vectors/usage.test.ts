import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPlan, subscribe } from '../billing-story.ts'
import { newCharge } from '../charge-story.ts'
import { type Shown, invoicesOf, usageWorld } from '../charge-world.ts'
import { everythingHolds } from '../credit-story.ts'
import { startServer } from '../harness.ts'
import { usageWatchLoop } from '../../src/slices/subscriptions/index.ts'
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

test('what goes beyond a commitment costs what it costs (I06; others may charge it twice over, and come to 32)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, {
    ...free,
    minimumCommitment: [{ currency: 'KES', amount: 10 }],
  })
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, price({ unitPrice: 1 }))
  const { id } = await subscribe(ask, { customerId, planId })
  const use = (times: number): Promise<void> =>
    report(
      ask,
      Array.from({ length: times }, () => ({ subscriptionId: id, code: calls.code })),
    )
  await use(4)
  await move('2026-02-02T00:00:00Z')
  await use(16)
  await move('2026-03-01T00:00:00Z')
  // 4 up to 10, and 16.
  assert.deepEqual(lines(await invoicesOf(ask, id)), [4, 6, 16])
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

/** What the worker does as usage comes. */
async function look(): Promise<void> {
  while (await usageWatchLoop.tick(server.deps));
}
const totals = (invoices: readonly Shown[]): number[] => invoices.map(({ total }) => total)

test('seats are paid in advance: when they are added by the days that are left, then with each month (E04)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2024-06-01T00:00:00Z')
  const seats = await newMetric(ask, { aggregationType: 'SUM', fieldName: 'seats', recurring: true })
  await newCharge(
    ask,
    { planId, billableMetricId: seats.id },
    { billingTiming: 'IN_ADVANCE', prorated: true, ...price({ unitPrice: 30 }) },
  )
  const { id } = await subscribe(ask, { customerId, planId, ...calendar })
  for (const day of ['11', '12', '13', '14', '15']) {
    await move(`2024-06-${day}T00:00:00Z`)
    await report(ask, [{ subscriptionId: id, code: seats.code, properties: { seats: 1 } }])
    await look()
  }
  await move('2024-07-01T00:00:00Z')
  assert.deepEqual(lines(await invoicesOf(ask, id)), [20, 19, 18, 17, 16, 150])
  await everythingHolds(server)
})

test('a prepaid item is paid anew with a change of plan, less what was paid of it already (A23)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2023-08-01T00:00:00Z')
  const bigger = await newPlan(ask, free)
  const [item, other] = [
    await newMetric(ask, { aggregationType: 'SUM', fieldName: 'count', recurring: true }),
    await newMetric(ask, { aggregationType: 'SUM', fieldName: 'count', recurring: true }),
  ]
  const prepaid = (of: string, metric: { id: string }, unitPrice: number) =>
    newCharge(
      ask,
      { planId: of, billableMetricId: metric.id },
      { billingTiming: 'IN_ADVANCE', prorated: true, ...price({ unitPrice }) },
    )
  await prepaid(planId, item, 3)
  await prepaid(bigger.id, item, 10)
  await prepaid(bigger.id, other, 20)
  const { id } = await subscribe(ask, { customerId, planId, ...calendar })
  const set = (metric: { code: string }, count: number): Promise<void> =>
    report(ask, [{ subscriptionId: id, code: metric.code, properties: { count } }])
  await set(item, 5)
  await move('2023-08-21T00:00:00Z')
  const changed = await ask('POST', `/subscriptions/${id}/change-plan`, {
    newPlanId: bigger.id,
    effective: 'now',
  })
  assert.equal(changed.status, 200, changed.text)
  await set(item, 5)
  await set(other, 1)
  await look()
  // 10 × 10.00 and 20.00 for 11 of 31 days, and 5 × 3.00 for 11 of them back. 35.4838 and 7.0968 are 42.58: what comes
  // early is in whole cents, and the cent that is missing of them with the end of the period.
  assert.deepEqual(lines(await invoicesOf(ask, id)), [15, 35.48, 7.09])
  const notes = (await ask('GET', `/credit-notes?customerId=${customerId}`)).body.data
  assert.deepEqual(
    notes.map(({ total }: { total: number }) => total),
    [5.32],
  )
  await move('2023-09-01T00:00:00Z')
  assert.deepEqual(
    lines(await invoicesOf(ask, id))
      .slice(3)
      .toSorted((a, b) => a - b),
    [0, 0.01, 20, 100],
  )
  await everythingHolds(server)
})

/** The plan of E06 and E07: 31.00 in arrears, 0.0002 a unit, invoiced from 200.00 on. */
async function progressive() {
  const made = await usageWorld(
    server,
    {
      billingTiming: 'IN_ARREARS',
      prices: [{ currency: 'KES', amount: 31 }],
      progressiveBillingThreshold: [{ currency: 'KES', amount: 200 }],
    },
    '2022-12-01T00:00:00Z',
  )
  const { ask, customerId, planId } = made
  const units = await newMetric(ask, { aggregationType: 'SUM', fieldName: 'units' })
  await newCharge(ask, { planId, billableMetricId: units.id }, price({ unitPrice: '0.0002' }))
  const { id } = await subscribe(ask, { customerId, planId, ...calendar })
  const use = async (): Promise<void> => {
    await report(ask, [{ subscriptionId: id, code: units.code, properties: { units: 1_000_000 } }])
    await look()
  }
  return { ...made, id, use }
}

test('what was invoiced at the threshold is off the invoice of the period (E06)', async () => {
  const { ask, move, id, use } = await progressive()
  await move('2022-12-06T12:00:00Z')
  await use()
  assert.deepEqual(totals(await invoicesOf(ask, id)), [200])
  await move('2022-12-16T12:00:00Z')
  await use()
  assert.equal((await invoicesOf(ask, id)).length, 1)
  await move('2023-01-01T00:00:00Z')
  assert.deepEqual(totals(await invoicesOf(ask, id)), [200, 231])
  await everythingHolds(server)
})

test('what was invoiced at the threshold is off the invoice of a termination, and of an upgrade (E07)', async () => {
  for (const end of ['cancel', 'change-plan']) {
    const { ask, move, id, use } = await progressive()
    await move('2022-12-16T12:00:00Z')
    await use()
    await move('2022-12-18T12:00:00Z')
    const bigger = await newPlan(ask, {
      billingTiming: 'IN_ARREARS',
      prices: [{ currency: 'KES', amount: 62 }],
    })
    const body = end === 'cancel' ? { cancelAt: 'now' } : { newPlanId: bigger.id }
    const answer = await ask('POST', `/subscriptions/${id}/${end}`, body)
    assert.equal(answer.status, 200, answer.text)
    await move('2023-01-01T00:00:00Z')
    const invoices = await invoicesOf(ask, id)
    // The day of a termination is paid for; that of a change belongs to the new plan. Our plan in arrears is invoiced
    // for all of its stretches when the period ends.
    const fees = invoices.flatMap(({ items }) => items.filter(({ type }) => type === 'PLAN'))
    assert.deepEqual(
      [lines(invoices), fees.map(({ amount }) => amount)],
      [[200], end === 'cancel' ? [18] : [17, 28]],
    )
    await everythingHolds(server)
  }
})

test('the last of several invoices of usage carries what is missing to the minimum (E08)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(
    server,
    { ...free, progressiveBillingThreshold: [{ currency: 'KES', amount: 40 }] },
    '2025-01-01T00:00:00Z',
  )
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, price({ unitPrice: 1 }, { minAmount: 100 }))
  const { id } = await subscribe(ask, { customerId, planId })
  const use = async (at: string, count: number): Promise<void> => {
    await move(at)
    await report(
      ask,
      Array.from({ length: count }, () => ({ subscriptionId: id, code: calls.code })),
    )
    await look()
  }
  await use('2025-01-05T00:00:00Z', 40)
  await use('2025-01-18T00:00:00Z', 20)
  await move('2025-01-20T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  // 20 of 31 days of the minimum, less the 60 that were used.
  assert.deepEqual(lines(await invoicesOf(ask, id)), [40, 20, 4.52])
  await everythingHolds(server)
})

test('usage in advance is paid by a wallet for its metrics, with the tax on it (H01)', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server, free, '2024-01-01T00:00:00Z')
  const vat = { name: 'VAT', code: 'vat-24', rate: 24, appliedByDefault: true }
  assert.equal((await ask('POST', '/taxes', vat)).status, 201)
  const metrics = [
    await newMetric(ask, { aggregationType: 'SUM', fieldName: 'amount' }),
    await newMetric(ask, { aggregationType: 'SUM', fieldName: 'amount' }),
    await newMetric(ask, { aggregationType: 'SUM', fieldName: 'amount' }),
  ] as const
  for (const { id: billableMetricId } of metrics)
    await newCharge(
      ask,
      { planId, billableMetricId },
      { billingTiming: 'IN_ADVANCE', ...price({ unitPrice: 1 }) },
    )
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2024-01-05T00:00:00Z')
  const made = await ask('POST', '/wallets', {
    customerId,
    currency: 'KES',
    grantedCredits: 39,
    appliesToBillableMetricIds: [metrics[0].id, metrics[1].id],
  })
  assert.equal(made.status, 201, made.text)
  const left = async (metric: { code: string }, amount: string): Promise<[number, number]> => {
    await report(ask, [{ subscriptionId: id, code: metric.code, properties: { amount } }])
    await look()
    const due = (await ask('GET', `/invoices?subscriptionId=${id}&limit=1`)).body.data[0].amountDue
    return [(await ask('GET', `/wallets/${made.body.wallet.id}`)).body.balance, due]
  }
  assert.deepEqual(await left(metrics[2], '10'), [39, 12.4])
  assert.deepEqual(await left(metrics[0], '14.29'), [21.28, 0])
  assert.deepEqual(await left(metrics[1], '14.27'), [3.59, 0])
  await everythingHolds(server)
})
