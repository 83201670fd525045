import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPlan, subscribe } from '../../billing-story.ts'
import { newCharge } from '../../charge-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { newMetric } from '../../usage-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

async function basis() {
  const { test: ask } = await newTenant(server)
  const plan = await newPlan(ask)
  const metric = await newMetric(ask, { filters: [{ key: 'region', values: ['eu', 'us'] }] })
  return { ask, plan, metric, ids: { planId: plan.id, billableMetricId: metric.id } }
}

test('a charge comes back as it was made, with exact prices, a range as its tier', async () => {
  const { ask, ids } = await basis()
  const made = await newCharge(ask, ids, {
    chargeModel: 'GRADUATED',
    displayName: 'Calls to the API',
    filters: [{ key: 'region', values: ['eu'] }],
    prices: [
      {
        currency: 'KES',
        properties: {
          graduatedRanges: [
            { fromValue: 0, toValue: 1000, perUnitAmount: '0.000000000001' },
            { fromValue: 1001, toValue: null, perUnitAmount: 0.0035, flatAmount: 2 },
          ],
        },
        minAmount: 10,
      },
      { currency: 'UGX', properties: { tiers: [{ upTo: null, unitPrice: 12.5 }] } },
    ],
  })
  const { body } = await ask('GET', `/charges/${made.id}`)
  assert.deepEqual(body, made)
  assert.deepEqual(body.prices, [
    {
      currency: 'KES',
      properties: {
        tiers: [
          { upTo: 1000, unitPrice: 1e-12, flatAmount: 0 },
          { upTo: null, unitPrice: 0.0035, flatAmount: 2 },
        ],
      },
      minAmount: 10,
    },
    {
      currency: 'UGX',
      properties: { tiers: [{ upTo: null, unitPrice: 12.5, flatAmount: 0 }] },
      minAmount: null,
    },
  ])
  const list = await ask('GET', `/charges/plan/${ids.planId}`)
  assert.deepEqual(list.body.data, [body])
  assert.deepEqual((await ask('GET', `/charges?billableMetricId=${ids.billableMetricId}`)).body.data, [body])
})

test('every fault of a charge is told at once, by name', async () => {
  const { ask, ids } = await basis()
  const answer = await ask('POST', '/charges', {
    ...ids,
    chargeModel: 'PACKAGE',
    prorated: true,
    minAmount: 1,
    filters: [
      { key: 'region', values: ['asia'] },
      { key: 'zone', values: ['eu'] },
    ],
    prices: [
      { currency: 'KES', properties: { amount: 1, unitPrice: 2 } },
      { currency: 'KES', properties: { amount: 1, packageSize: 10 }, minAmount: 0.001 },
    ],
  })
  assert.equal(answer.status, 400)
  assert.deepEqual(
    answer.body.errors.map(({ path }: { path: string }) => path),
    [
      'prices[0].properties.unitPrice',
      'prices[0].properties.packageSize',
      'prices[1].currency',
      'prices[1].minAmount',
      'minAmount',
      'filters[0].values[0]',
      'filters[1].key',
      'prorated',
      'prorated',
    ],
  )
  assert.equal((await ask('GET', '/charges')).body.data.length, 0)
})

test('a charge changes and goes; what it was stays with no trace in its plan', async () => {
  const { ask, plan, metric, ids } = await basis()
  const charge = await newCharge(ask, ids)
  const changed = await ask('PATCH', `/charges/${charge.id}`, { displayName: 'Calls', minAmount: 5 })
  assert.equal(changed.status, 200, changed.text)
  assert.deepEqual(
    [changed.body.displayName, changed.body.prices[0].minAmount, changed.body.prices[0].properties.unitPrice],
    ['Calls', 5, 0.5],
  )
  const refused = await ask('DELETE', `/billable-metrics/${metric.id}`)
  assert.deepEqual([refused.status, refused.body.code], [409, 'billable_metric_charged'])
  assert.equal((await ask('DELETE', `/charges/${charge.id}`)).status, 204)
  assert.equal((await ask('GET', `/charges/${charge.id}`)).status, 404)
  assert.equal((await ask('DELETE', `/billable-metrics/${metric.id}`)).status, 204)
  assert.equal((await ask('DELETE', `/plans/${plan.id}`)).status, 204)
})

test('a metric is counted for as long as a subscription keeps the charge for it', async () => {
  const { ask, plan, metric, ids } = await basis()
  const retire = async (): Promise<number> => (await ask('DELETE', `/billable-metrics/${metric.id}`)).status
  const charge = await newCharge(ask, ids)
  const { id } = await subscribe(ask, { planId: plan.id })
  assert.equal((await ask('DELETE', `/charges/${charge.id}`)).status, 204)
  await subscribe(ask, { planId: plan.id })
  assert.equal(await retire(), 409)
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  assert.equal(await retire(), 204)
})

test('a preview prices usage by a charge or by properties, step by step, and stores nothing', async () => {
  const { ask, ids } = await basis()
  const charge = await newCharge(ask, ids, {
    chargeModel: 'GRADUATED',
    prices: [
      {
        currency: 'KES',
        properties: {
          tiers: [
            { upTo: 10, unitPrice: 0.333, flatAmount: 2 },
            { upTo: null, unitPrice: 0.1 },
          ],
        },
      },
    ],
  })
  const { status, body, text } = await ask('POST', '/charges/preview', {
    chargeId: charge.id,
    currency: 'KES',
    usage: [{ quantity: 11 }, { quantity: 0 }],
  })
  assert.equal(status, 200, text)
  assert.deepEqual(body.results, [
    {
      quantity: '11',
      exactAmount: '5.43',
      amount: 5.43,
      steps: [
        { kind: 'UNITS', from: '0', upTo: '10', quantity: '10', unitPrice: '0.333', amount: '3.33' },
        { kind: 'FLAT', from: '0', upTo: '10', quantity: '1', unitPrice: '2', amount: '2' },
        { kind: 'UNITS', from: '10', upTo: null, quantity: '1', unitPrice: '0.1', amount: '0.1' },
      ],
    },
    { quantity: '0', exactAmount: '0', amount: 0, steps: [] },
  ])
  const limited = {
    chargeModel: 'PERCENTAGE',
    properties: { rate: 2.99, minPerEvent: 1.75, maxPerEvent: 12 },
  }
  const each = await ask('POST', '/charges/preview', {
    ...limited,
    currency: 'USD',
    usage: [{ amounts: [10, 80, 10_000] }],
  })
  assert.deepEqual([each.body.results[0].exactAmount, each.body.results[0].amount], ['16.142', 16.14])
  const refused = await ask('POST', '/charges/preview', {
    ...limited,
    currency: 'USD',
    usage: [{ quantity: 5 }],
  })
  assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'usage[0].amounts'])
  const without = await ask('POST', '/charges/preview', {
    chargeId: charge.id,
    currency: 'USD',
    usage: [{ quantity: 1 }],
  })
  assert.deepEqual([without.status, without.body.code], [409, 'charge_has_no_price'])
})
