import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, newPlan, runBilling, subscribe } from '../../billing-story.ts'
import { newCharge } from '../../charge-story.ts'
import { type Line, invoicesOf, shown, usageWorld } from '../../charge-world.ts'
import { startServer } from '../../harness.ts'
import { verify } from '../../../src/verify.ts'
import { rows, stored } from '../../payment-story.ts'
import { newMetric, report } from '../../usage-story.ts'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { everythingHolds } from '../../credit-story.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })
const world = (plan?: object) => usageWorld(server, plan)

test('the usage of a period is on the invoice with which it ends, each charge a line, and nothing is billed twice', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  const bytes = await newMetric(ask, { aggregationType: 'SUM', fieldName: 'bytes' })
  await newCharge(ask, { planId, billableMetricId: calls.id })
  await newCharge(
    ask,
    { planId, billableMetricId: bytes.id },
    {
      chargeModel: 'GRADUATED',
      prices: [
        {
          currency: 'KES',
          properties: {
            tiers: [
              { upTo: 1000, unitPrice: 0.01 },
              { upTo: null, unitPrice: 0.005 },
            ],
          },
        },
      ],
    },
  )
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-20T00:00:00Z')
  await report(ask, [
    { subscriptionId: id, code: calls.code },
    { subscriptionId: id, code: calls.code },
    { subscriptionId: id, code: calls.code },
    { subscriptionId: id, code: bytes.code, properties: { bytes: '1000.5' } },
  ])
  await move('2026-03-02T00:00:00Z')
  const invoices = await invoicesOf(ask, id)
  assert.deepEqual(
    invoices.map(({ items }) => shown(items)),
    [['PLAN 1 → 10'], ['PLAN 1 → 10', 'USAGE 3 → 1.5', 'USAGE 1000.5 → 10'], ['PLAN 1 → 10']],
  )
  // 10.0025 exactly: the whole invoice is rounded, once.
  assert.deepEqual(
    invoices[1]?.items.slice(1).map(({ periodStart, periodEnd }) => [periodStart, periodEnd]),
    Array.from({ length: 2 }, () => ['2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z']),
  )
  await everythingHolds(server)
})

test('a plan in arrears has its usage on the same invoice as its fee', async () => {
  const { ask, move, customerId, planId } = await world({ billingTiming: 'IN_ARREARS' })
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await report(ask, [{ subscriptionId: id, code: calls.code }])
  await move('2026-02-01T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [['PLAN 1 → 10', 'USAGE 1 → 0.5']],
  )
})

test('a cancellation now bills what was used until then, with the minimum for its days', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(
    ask,
    { planId, billableMetricId: calls.id },
    { prices: [{ currency: 'KES', properties: { unitPrice: 8 }, minAmount: 31 }] },
  )
  const { id } = await subscribe(ask, { customerId, planId })
  await report(ask, [{ subscriptionId: id, code: calls.code }])
  await move('2026-01-25T12:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  await move('2026-03-01T00:00:00Z')
  // 25 of 31 days of 31 are 25; 8 of them are reached.
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [['PLAN 1 → 10'], ['USAGE 1 → 8', 'COMMITMENT 1 → 17']],
  )
  await everythingHolds(server)
})

test('a change of plan splits the usage: each plan rates what was used under it', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  const bigger = await newPlan(ask, { prices: [{ currency: 'KES', amount: 20 }] })
  await newCharge(ask, { planId, billableMetricId: calls.id })
  await newCharge(
    ask,
    { planId: bigger.id, billableMetricId: calls.id },
    { prices: [{ currency: 'KES', properties: { unitPrice: 2 } }] },
  )
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-10T00:00:00Z')
  await report(ask, [{ subscriptionId: id, code: calls.code, timestamp: '2026-01-05T00:00:00Z' }])
  const changed = await ask('POST', `/subscriptions/${id}/change-plan`, { newPlanId: bigger.id })
  assert.equal(changed.status, 200, changed.text)
  await move('2026-01-12T00:00:00Z')
  await report(ask, [{ subscriptionId: id, code: calls.code }])
  await move('2026-02-01T00:00:00Z')
  const usage = (await invoicesOf(ask, id))
    .flatMap(({ items }) => items)
    .filter(({ type }) => type === 'USAGE')
  assert.deepEqual(
    usage.map(({ amount, periodStart, periodEnd }) => [amount, periodStart, periodEnd]),
    [
      [0.5, '2026-01-01T00:00:00.000Z', '2026-01-10T00:00:00.000Z'],
      [2, '2026-01-10T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ],
  )
  await everythingHolds(server)
})

test('a subscription keeps the prices it was made with, until they are applied to it, from its next period on', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  const charge = await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  const use = (): Promise<void> => report(ask, [{ subscriptionId: id, code: calls.code }])
  const price = (unitPrice: number) => ({ prices: [{ currency: 'KES', properties: { unitPrice } }] })
  await use()
  assert.equal((await ask('PATCH', `/charges/${charge.id}`, price(5))).status, 200)
  await move('2026-02-10T00:00:00Z')
  await use()
  const applied = await ask('PATCH', `/charges/${charge.id}?applyToExisting=next_period`, price(7))
  assert.equal(applied.status, 200, applied.text)
  await move('2026-03-10T00:00:00Z')
  await use()
  assert.equal((await ask('DELETE', `/charges/${charge.id}?applyToExisting=next_period`)).status, 204)
  await move('2026-04-10T00:00:00Z')
  await use()
  await move('2026-05-10T00:00:00Z')
  const usage = (await invoicesOf(ask, id)).map(({ items }) =>
    items.filter(({ type }) => type === 'USAGE').map(({ amount }) => amount),
  )
  assert.deepEqual(usage, [[], [0.5], [0.5], [7], []])
})

test('a percentage with limits is priced event by event, in the order of their time', async () => {
  const { ask, move, customerId, planId } = await world()
  const paid = await newMetric(ask, { aggregationType: 'SUM', fieldName: 'amount' })
  await newCharge(
    ask,
    { planId, billableMetricId: paid.id },
    {
      chargeModel: 'PERCENTAGE',
      prices: [
        { currency: 'KES', properties: { rate: 2.99, minPerEvent: 1.75, maxPerEvent: 12, freeEvents: 1 } },
      ],
    },
  )
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-10T00:00:00Z')
  await report(
    ask,
    [
      ['2026-01-05T00:00:00Z', 10],
      ['2026-01-06T00:00:00Z', 10_000],
      ['2026-01-03T00:00:00Z', 80],
    ].map(([timestamp, amount]) => ({
      subscriptionId: id,
      code: paid.code,
      timestamp: String(timestamp),
      properties: { amount },
    })),
  )
  await move('2026-02-01T00:00:00Z')
  // The 80 of the third came first and is free: 1.75 and 12.
  assert.deepEqual(shown((await invoicesOf(ask, id))[1]?.items ?? []), ['PLAN 1 → 10', 'USAGE 10090 → 13.75'])
})

test('a pause that outlasts its period loses no usage: a cancellation in it bills what was used before', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await report(ask, [{ subscriptionId: id, code: calls.code }])
  await move('2026-01-10T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/pause`, {})).status, 200)
  await move('2026-03-10T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [['PLAN 1 → 10'], ['USAGE 1 → 0.5']],
  )
  await everythingHolds(server)
})

for (const resumeAt of [undefined, '2026-06-01T00:00:00Z'])
  test(`a pause that outlasts its period loses no usage: a resume that ${resumeAt ? 'was set' : 'is asked for'} bills what was used before`, async () => {
    const { ask, move, customerId, planId } = await world()
    const calls = await newMetric(ask)
    await newCharge(ask, { planId, billableMetricId: calls.id })
    const { id } = await subscribe(ask, { customerId, planId })
    await report(ask, [{ subscriptionId: id, code: calls.code }])
    await move('2026-01-10T00:00:00Z')
    assert.equal((await ask('POST', `/subscriptions/${id}/pause`, { resumeAt })).status, 200)
    await move('2026-06-01T00:00:00Z')
    if (!resumeAt) assert.equal((await ask('POST', `/subscriptions/${id}/resume`, {})).status, 200)
    await move('2026-07-01T00:00:00Z')
    assert.deepEqual(
      (await invoicesOf(ask, id)).map(({ issuedAt, items }) => [issuedAt.slice(0, 10), ...shown(items)]),
      [
        ['2026-01-01', 'PLAN 1 → 10'],
        ['2026-06-01', 'PLAN 1 → 10', 'USAGE 1 → 0.5'],
        ['2026-07-01', 'PLAN 1 → 10'],
      ],
    )
    await everythingHolds(server)
  })

test('a preview of a cancellation shows the usage that it would bill, and bills nothing', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await report(ask, [{ subscriptionId: id, code: calls.code }])
  await move('2026-01-10T00:00:00Z')
  const preview = await ask('POST', `/subscriptions/${id}/preview`, { cancel: { cancelAt: 'now' } })
  assert.equal(preview.status, 200, preview.text)
  assert.deepEqual(
    preview.body.invoices.map(({ items }: { items: Line[] }) => shown(items)),
    [['USAGE 1 → 0.5']],
  )
  assert.equal((await invoicesOf(ask, id)).length, 1)
})

test('what the explanation of a line of usage says is recomputed: a step or a price that is changed is found', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  const models: [string, object][] = [
    ['STANDARD', { unitPrice: 0.3 }],
    [
      'GRADUATED',
      {
        tiers: [
          { upTo: 2, unitPrice: 1, flatAmount: 3 },
          { upTo: null, unitPrice: 0.5 },
        ],
      },
    ],
    [
      'VOLUME',
      {
        tiers: [
          { upTo: 2, unitPrice: 1 },
          { upTo: null, unitPrice: 0.5, flatAmount: 2 },
        ],
      },
    ],
    ['PACKAGE', { amount: 7, packageSize: 2, freeUnits: 1 }],
    ['PERCENTAGE', { rate: 10, fixedAmount: 0.25 }],
  ]
  for (const [chargeModel, properties] of models)
    await newCharge(
      ask,
      { planId, billableMetricId: calls.id },
      { chargeModel, prices: [{ currency: 'KES', properties }] },
    )
  const { id } = await subscribe(ask, { customerId, planId })
  await report(
    ask,
    Array.from({ length: 5 }, () => ({ subscriptionId: id, code: calls.code })),
  )
  await move('2026-02-01T00:00:00Z')
  const [, invoice] = await invoicesOf(ask, id)
  assert.deepEqual(
    invoice?.items.slice(1).map(({ amount }) => amount),
    [1.5, 6.5, 4.5, 14, 1.75],
  )
  const { body } = await ask('GET', `/invoices/${invoice?.id}/explain`)
  for (const [index] of models.entries()) {
    const forged = structuredClone(body)
    forged.lines[index + 1].usage.units.numerator = '6'
    assert.notDeepEqual(verifyInvoice(forged).faults, [], `line ${index + 1}`)
    const cheaper = structuredClone(body)
    cheaper.lines[index + 1].usage.steps[0].unitPrice = '0.01'
    assert.notDeepEqual(verifyInvoice(cheaper).faults, [], `line ${index + 1}`)
  }
})

test('usage that is billed twice, or may be, is found by verify', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await report(ask, [{ subscriptionId: id, code: calls.code }])
  await move('2026-02-01T00:00:00Z')
  const breached = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const { name, breaches } of verify(server.deps.workerDb))
      if (breaches.length > 0) names.push(name)
    return names
  }
  assert.deepEqual(await breached(), [])
  const move1 = (to: string): Promise<unknown> =>
    rows(
      server,
      `update usage_closings set period_from = period_from + $2::interval where subscription_id = $1`,
      [stored(id), to],
    )
  await move1('1 day')
  assert.deepEqual(await breached(), ['every line of usage is of a stretch that is remembered as billed'])
  await move1('-1 day')
  await rows(
    server,
    `insert into usage_closings select environment_id, subscription_id, period_from + interval '1 day', period_to, seen
     from usage_closings where subscription_id = $1`,
    [stored(id)],
  )
  assert.deepEqual(await breached(), ['no stretch of the usage of a subscription is billed twice'])
})

test('nobody subscribes in a currency in which a charge has no price', async () => {
  const { ask, planId } = await world({ prices: [{ currency: 'USD', amount: 1 }] })
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const customer = await newCustomer(ask, { currency: 'USD' })
  const refused = await ask('POST', '/subscriptions', { customerId: customer.id, planId })
  assert.deepEqual([refused.status, refused.body.code], [409, 'charge_has_no_price'])
  await runBilling(server)
})
