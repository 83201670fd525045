import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newCharge } from '../../charge-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Caller, startServer } from '../../harness.ts'
import { rows, stored } from '../../payment-story.ts'
import { newMetric, report } from '../../usage-story.ts'
import { newPlan, subscribe } from '../../billing-story.ts'
import { verify } from '../../../src/verify.ts'
import { invoicesOf, shown, usageWorld } from '../../charge-world.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })
const world = (plan?: object) => usageWorld(server, plan)

const prices = (properties: object, more: object = {}) => ({
  prices: [{ currency: 'KES', properties, ...more }],
})
const volume = {
  tiers: [
    { upTo: 2, unitPrice: 1 },
    { upTo: null, unitPrice: 0.25 },
  ],
}

async function used(ask: Caller, id: string, code: string, days: readonly string[]): Promise<void> {
  await report(
    ask,
    days.map((day) => ({ subscriptionId: id, code, timestamp: `${day}T08:00:00Z` })),
  )
}

test('what is reported late is a correction on the next invoice, priced with what was billed, and billed once', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(
    ask,
    { planId, billableMetricId: calls.id },
    {
      chargeModel: 'GRADUATED',
      ...prices({
        tiers: [
          { upTo: 2, unitPrice: 1, flatAmount: 5 },
          { upTo: null, unitPrice: 0.25 },
        ],
      }),
    },
  )
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-20T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-19'])
  await move('2026-02-02T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-30', '2026-01-31', '2026-02-01'])
  await move('2026-05-02T00:00:00Z')
  // 6 were billed; three cost 7.25.
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [
      ['PLAN 1 → 10'],
      ['PLAN 1 → 10', 'USAGE 1 → 6'],
      ['PLAN 1 → 10', 'USAGE 1 → 6', 'CORRECTION 1 → 1.25'],
      ['PLAN 1 → 10'],
      ['PLAN 1 → 10'],
    ],
  )
  const correction = (await invoicesOf(ask, id))[2]?.items[2]
  assert.deepEqual(
    [correction?.periodStart, correction?.periodEnd],
    ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  )
  await everythingHolds(server)
})

test('a period in which nothing was used is corrected all the same, and the charge of its time is the price', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  const charge = await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-02-02T00:00:00Z')
  const path = `/charges/${charge.id}?applyToExisting=next_period`
  assert.equal((await ask('PATCH', path, prices({ unitPrice: 9 }))).status, 200)
  await used(ask, id, calls.code, ['2026-01-30'])
  await move('2026-03-02T00:00:00Z')
  assert.deepEqual(shown((await invoicesOf(ask, id))[2]?.items ?? []), ['PLAN 1 → 10', 'CORRECTION 1 → 0.5'])
})

test('a minimum that was topped up takes late usage before it costs more', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, prices({ unitPrice: 4 }, { minAmount: 10 }))
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-02-02T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-30', '2026-01-30'])
  await move('2026-03-02T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-29'])
  await move('2026-03-03T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  const lines = (await invoicesOf(ask, id)).flatMap(({ items }) =>
    items
      .filter(({ type, periodStart }) => type !== 'PLAN' && periodStart.startsWith('2026-01-01'))
      .map(({ type, amount }) => `${type} ${amount}`),
  )
  assert.deepEqual(lines, ['COMMITMENT 10', 'CORRECTION 2'])
  await everythingHolds(server)
})

test('what costs less by what came late is credited on the invoice that billed it', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, { chargeModel: 'VOLUME', ...prices(volume) })
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-20T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-19', '2026-01-19'])
  await move('2026-02-02T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-30'])
  await move('2026-03-02T00:00:00Z')
  const invoices = await invoicesOf(ask, id)
  assert.deepEqual(
    invoices.map(({ items }) => shown(items)),
    [['PLAN 1 → 10'], ['PLAN 1 → 10', 'USAGE 2 → 2'], ['PLAN 1 → 10']],
  )
  const { body } = await ask('GET', `/credit-notes?customerId=${customerId}`)
  const notes: { invoiceId: string; total: number }[] = body.data
  assert.deepEqual(
    notes.map(({ invoiceId, total }) => [invoiceId, total]),
    [[invoices[1]?.id, 1.25]],
  )
  // Of what was given back, more usage is billed anew.
  await move('2026-03-03T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-28', '2026-01-28'])
  await move('2026-04-02T00:00:00Z')
  assert.deepEqual(shown((await invoicesOf(ask, id))[3]?.items ?? []), ['PLAN 1 → 10', 'CORRECTION 1 → 0.5'])
  await everythingHolds(server)
})

test('a stretch before a change of plan is corrected by the charges of its plan', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  const bigger = await newPlan(ask, { prices: [{ currency: 'KES', amount: 20 }] })
  await newCharge(ask, { planId, billableMetricId: calls.id })
  await newCharge(ask, { planId: bigger.id, billableMetricId: calls.id }, prices({ unitPrice: 2 }))
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-10T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/change-plan`, { newPlanId: bigger.id })).status, 200)
  await used(ask, id, calls.code, ['2026-01-05'])
  await move('2026-02-01T00:00:00Z')
  const late = (await invoicesOf(ask, id)).flatMap(({ items }) => items).filter(({ type }) => type !== 'PLAN')
  assert.deepEqual(shown(late), ['CORRECTION 1 → 0.5'])
  await everythingHolds(server)
})

test('a stretch under a plan that charged for usage is corrected under one that does not', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  const flat = await newPlan(ask, { prices: [{ currency: 'KES', amount: 20 }] })
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-10T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/change-plan`, { newPlanId: flat.id })).status, 200)
  await used(ask, id, calls.code, ['2026-01-05', '2026-01-09'])
  await move('2026-02-01T00:00:00Z')
  const late = (await invoicesOf(ask, id)).flatMap(({ items }) => items).filter(({ type }) => type !== 'PLAN')
  assert.deepEqual(shown(late), ['CORRECTION 1 → 1'])
  await everythingHolds(server)
})

test('what is reported in a pause that outlasts its period by far is billed when it is resumed, and dated then', async () => {
  const { ask, move, customerId, planId } = await world({ billingTiming: 'IN_ARREARS' })
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-20T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/pause`, {})).status, 200)
  await move('2026-02-10T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-19'])
  await move('2026-06-01T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/resume`, {})).status, 200)
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ issuedAt, items }) => [issuedAt.slice(0, 10), ...shown(items)]),
    [
      ['2026-02-01', 'PLAN 1 → 10'],
      ['2026-06-01', 'CORRECTION 1 → 0.5'],
    ],
  )
  await everythingHolds(server)
})

for (const end of ['now', 'period_end', 'within a pause'])
  test(`what is reported after the end of a subscription is invoiced once, when no more can come (${end})`, async () => {
    const { ask, move, customerId, planId } = await world()
    const calls = await newMetric(ask)
    await newCharge(ask, { planId, billableMetricId: calls.id }, prices({ unitPrice: 4 }, { minAmount: 31 }))
    const { id } = await subscribe(ask, { customerId, planId })
    await move('2026-01-20T00:00:00Z')
    await used(ask, id, calls.code, ['2026-01-19'])
    if (end === 'within a pause') {
      assert.equal((await ask('POST', `/subscriptions/${id}/pause`, {})).status, 200)
      await move('2026-02-01T00:00:00Z')
    }
    const cancelAt = end === 'period_end' ? end : 'now'
    assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt })).status, 200)
    await move('2026-02-02T00:00:00Z')
    const before = await invoicesOf(ask, id)
    await used(ask, id, calls.code, Array(9).fill('2026-01-18'))
    await move('2026-06-01T00:00:00Z')
    const late = (await invoicesOf(ask, id)).slice(before.length)
    // 10 × 4, less what the minimum of the days had topped up.
    const due = end === 'now' ? ['2026-02-25', 'CORRECTION 1 → 20'] : ['2026-03-09', 'CORRECTION 1 → 9']
    assert.deepEqual(
      late.map(({ issuedAt, items }) => [issuedAt.slice(0, 10), ...shown(items)]),
      [due],
    )
    await everythingHolds(server)
  })

test('a subscription that ended long before it was made is billed once', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id }, prices({ unitPrice: 4 }, { minAmount: 31 }))
  await move('2026-06-01T00:00:00Z')
  const dates = { startDate: '2026-01-01', endDate: '2026-01-11' }
  const { id } = await subscribe(ask, { customerId, planId, ...dates })
  await move('2026-08-01T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(ask, id)).flatMap(({ items }) => shown(items)),
    ['PLAN 1 → 3.23', 'COMMITMENT 1 → 10'],
  )
  await everythingHolds(server)
})

test('a customer that is deleted is billed nothing that is reported later', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-20T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  await used(ask, id, calls.code, ['2026-01-18'])
  assert.equal((await ask('DELETE', `/customers/${customerId}`)).status, 204)
  await move('2026-06-01T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [['PLAN 1 → 10']],
  )
  await everythingHolds(server)
})

test('however late events come, they cost in all what they would have cost in time', async () => {
  const { ask, move, planId, customerId } = await world()
  const calls = await newMetric(ask)
  await newCharge(
    ask,
    { planId, billableMetricId: calls.id },
    { chargeModel: 'PACKAGE', ...prices({ amount: 3, packageSize: 4, freeUnits: 1 }) },
  )
  const day = fc.integer({ min: 1, max: 28 }).map((number) => `2026-01-${String(number).padStart(2, '0')}`)
  const lives = fc.sample(fc.tuple(fc.array(day, { maxLength: 9 }), fc.array(day, { maxLength: 9 })), {
    numRuns: 12,
    seed: 7,
  })
  const made: { id: string; units: number }[] = []
  for (const _ of lives) made.push({ ...(await subscribe(ask, { customerId, planId })), units: 0 })
  for (const [to, part] of [
    ['2026-01-31T00:00:00Z', 0],
    ['2026-02-02T00:00:00Z', 1],
  ] as const) {
    await move(to)
    for (const [index, life] of lives.entries()) {
      const one = made[index]
      if (!one) continue
      await used(ask, one.id, calls.code, life[part])
      one.units += life[part].length
    }
  }
  await move('2026-04-02T00:00:00Z')
  for (const { id, units } of made) {
    const lines = (await invoicesOf(ask, id)).flatMap(({ items }) => items)
    const billed = lines.filter(({ type }) => type !== 'PLAN').reduce((sum, { amount }) => sum + amount, 0)
    assert.equal(billed, Math.ceil(Math.max(0, units - 1) / 4) * 3, `${units} units`)
  }
  await everythingHolds(server)
})

test('usage that is remembered otherwise than it was billed is found by verify', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-02T00:00:00Z')
  await used(ask, id, calls.code, ['2026-01-01'])
  await move('2026-02-01T00:00:00Z')
  await rows(server, `update usage_ratings set billed = '{49,1}' where subscription_id = $1`, [stored(id)])
  const breached: string[] = []
  for await (const { name, breaches } of verify(server.deps.workerDb))
    if (breaches.length > 0) breached.push(name)
  assert.deepEqual(breached, ['what is remembered as billed of usage is what its lines bill'])
})
