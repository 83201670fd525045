import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, subscribe } from '../../billing-story.ts'
import { newCharge } from '../../charge-story.ts'
import { usageWorld } from '../../charge-world.ts'
import { startServer } from '../../harness.ts'
import { rows } from '../../payment-story.ts'
import { newMetric, report } from '../../usage-story.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })
const january = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }
const volume = {
  tiers: [
    { upTo: 10, unitPrice: 1 },
    { upTo: null, unitPrice: 0.2 },
  ],
}

/** Three customers with 4, 10 and 20 calls in January, at 0.5 each, and a minimum of 3. */
async function threeCustomers() {
  const { ask, move, planId } = await usageWorld(server)
  const calls = await newMetric(ask)
  const charge = await newCharge(
    ask,
    { planId, billableMetricId: calls.id },
    { prices: [{ currency: 'KES', properties: { unitPrice: 0.5 }, minAmount: 3 }] },
  )
  const customers: string[] = []
  for (const units of [4, 10, 20]) {
    const customer = await newCustomer(ask, { currency: 'KES', timezone: 'UTC' })
    const { id } = await subscribe(ask, { customerId: customer.id, planId })
    customers.push(customer.id)
    await report(
      ask,
      Array.from({ length: units }, () => ({ subscriptionId: id, code: calls.code })),
    )
  }
  await move('2026-02-02T00:00:00Z')
  return { ask, planId, chargeId: charge.id, customers }
}

test('a simulation prices a past period again, says who pays more and who less, and stores nothing', async () => {
  const { ask, planId, chargeId, customers } = await threeCustomers()
  const stored = () =>
    rows(
      server,
      `select (select count(*) from invoices) as invoices, (select count(*) from usage_ratings) as ratings,
         (select count(*) from charge_versions) as versions, (select max(seen::text::bigint) from usage_closings) as seen`,
      [],
    )
  const was = await stored()
  const simulated = await ask('POST', `/plans/${planId}/simulate`, {
    ...january,
    charges: [
      { chargeId, chargeModel: 'VOLUME', prices: [{ currency: 'KES', properties: volume, minAmount: 4 }] },
    ],
  })
  assert.equal(simulated.status, 200, simulated.text)
  const [few, some, many] = customers
  const of = (customerId: string | undefined, before: number, after: number) => ({
    customerId,
    currency: 'KES',
    before,
    after,
    difference: after - before,
  })
  assert.deepEqual(simulated.body, {
    totals: [{ currency: 'KES', before: 18, after: 18, difference: 0, more: 2, less: 1, same: 0 }],
    customers: [of(many, 10, 4), of(some, 5, 10), of(few, 3, 4)],
  })
  assert.deepEqual(await stored(), was)
  const first = await ask('POST', `/plans/${planId}/simulate`, {
    ...january,
    charges: [{ chargeId, prices: [{ currency: 'KES', properties: { unitPrice: 0.5 } }] }],
    limit: 1,
  })
  assert.deepEqual(first.body, {
    totals: [{ currency: 'KES', before: 18, after: 17, difference: -1, more: 0, less: 1, same: 2 }],
    customers: [of(few, 3, 2)],
  })
})

test('a simulation refuses what is not of the plan, lacks a currency that was used, or has no time; all by name', async () => {
  const { ask, planId, chargeId } = await threeCustomers()
  const other = await threeCustomers()
  const simulate = (body: object) => ask('POST', `/plans/${planId}/simulate`, { ...january, ...body })
  const prices = [{ currency: 'KES', properties: { unitPrice: 1 } }]
  const paths = ({ status, body }: { status: number; body: { errors?: { path: string }[] } }) => [
    status,
    ...(body.errors ?? []).map(({ path }) => path),
  ]
  assert.deepEqual(
    paths(
      await simulate({
        to: january.from,
        charges: [
          { chargeId, prices },
          { chargeId, chargeModel: 'VOLUME', prices },
        ],
      }),
    ),
    [
      400,
      'to',
      'charges[1].chargeId',
      'charges[1].prices[0].properties.unitPrice',
      'charges[1].prices[0].properties.tiers',
    ],
  )
  assert.deepEqual(
    paths(
      await simulate({
        charges: [{ chargeId, prices: [{ currency: 'UGX', properties: { unitPrice: 1 } }] }],
      }),
    ),
    [400, 'charges[0].prices'],
  )
  const foreign = await simulate({ charges: [{ chargeId: other.chargeId, prices }] })
  assert.deepEqual([foreign.status, foreign.body.code], [404, 'charge_not_found'])
})
