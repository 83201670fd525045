import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { newCharge } from '../../charge-story.ts'
import { invoicesOf, shown, usageWorld } from '../../charge-world.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { portalOf } from '../../hosted-story.ts'
import { act, moveTo } from '../../life-story.ts'
import { get, rows, stored } from '../../payment-story.ts'
import { newMetric, report } from '../../usage-story.ts'
import { usageWatchLoop } from '../../../src/slices/subscriptions/index.ts'
import { verify } from '../../../src/verify.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })
const applied = '?applyToExisting=next_period'
const kes = (amount: number) => [{ currency: 'KES', amount }]
const unitPrice = (price: number) => [{ currency: 'KES', properties: { unitPrice: price } }]

/** A plan at 10 with calls at 0.5, for a customer that is to pay 7 and 0.2. */
async function world(plan: object = {}) {
  const made = await usageWorld(server, plan)
  const calls = await newMetric(made.ask)
  const charge = await newCharge(made.ask, { planId: made.planId, billableMetricId: calls.id })
  const { customerId, planId } = made
  const own = { prices: kes(7), charges: [{ chargeId: charge.id, prices: unitPrice(0.2) }] }
  const override = (body: object = own, query = '') =>
    act(made.ask, `/plan-overrides${query}`, { customerId, planId, ...body }, 201)
  return { ...made, calls, charge, own, override }
}

async function use(ask: Caller, subscriptionId: string, code: string, times: number, day?: string) {
  await report(
    ask,
    Array.from({ length: times }, () => ({
      subscriptionId,
      code,
      ...(day === undefined ? {} : { timestamp: `${day}T08:00:00Z` }),
    })),
  )
}

const billed = async (ask: Caller, { id }: { id: string }) =>
  (await invoicesOf(ask, id)).map(({ items }) => shown(items))

test('a customer’s own prices are those of its new subscriptions; what it had, and what others have, costs what it did', async () => {
  const { ask, move, customerId, planId, calls, charge, override } = await world()
  const had = await subscribe(ask, { customerId, planId })
  const made = await override()
  assert.match(made.id, /^ovr_/)
  assert.deepEqual(
    { ...made, id: '', createdAt: '', updatedAt: '' },
    {
      id: '',
      customerId,
      planId,
      prices: kes(7),
      minimumCommitment: [],
      charges: [
        {
          chargeId: charge.id,
          prices: [{ currency: 'KES', properties: { unitPrice: 0.2 }, minAmount: null }],
        },
      ],
      createdAt: '',
      updatedAt: '',
    },
  )
  const own = await subscribe(ask, { customerId, planId })
  const another = await newCustomer(ask, { currency: 'KES', timezone: 'UTC' })
  const others = await subscribe(ask, { customerId: another.id, planId })
  for (const { id } of [had, own, others]) await use(ask, id, calls.code, 10)
  await move('2026-02-02T00:00:00Z')
  assert.deepEqual(await billed(ask, had), [['PLAN 1 → 10'], ['PLAN 1 → 10', 'USAGE 10 → 5']])
  assert.deepEqual(await billed(ask, own), [['PLAN 1 → 7'], ['PLAN 1 → 7', 'USAGE 10 → 2']])
  assert.deepEqual(await billed(ask, others), [['PLAN 1 → 10'], ['PLAN 1 → 10', 'USAGE 10 → 5']])
  assert.deepEqual(
    (await get(ask, `/plans/${planId}`)).prices.map(({ amount }: { amount: number }) => amount),
    [10],
  )
  await everythingHolds(server)
})

test('applied, own prices hold from the next period on, for the fee, the commitment and the usage alike', async () => {
  const { ask, move, customerId, planId, calls, override, own } = await world({ minimumCommitment: kes(20) })
  const had = await subscribe(ask, { customerId, planId })
  await use(ask, had.id, calls.code, 10)
  await move('2026-01-15T00:00:00Z')
  await override({ ...own, minimumCommitment: kes(9) }, applied)
  await use(ask, had.id, calls.code, 2, '2026-01-14')
  await move('2026-02-03T00:00:00Z')
  await use(ask, had.id, calls.code, 5)
  await move('2026-03-02T00:00:00Z')
  assert.deepEqual(await billed(ask, had), [
    ['PLAN 1 → 10'],
    ['PLAN 1 → 7', 'USAGE 12 → 6', 'COMMITMENT 1 → 4'],
    ['PLAN 1 → 7', 'USAGE 5 → 1', 'COMMITMENT 1 → 1'],
  ])
  await everythingHolds(server)
})

test('own prices that have ended stay with the subscriptions that have them, late usage too, until the plan’s are applied', async () => {
  const { ask, move, customerId, planId, calls, override } = await world()
  const { id: overrideId } = await override()
  const [keeps, returns] = [
    await subscribe(ask, { customerId, planId }),
    await subscribe(ask, { customerId, planId: planId }),
  ]
  await use(ask, keeps.id, calls.code, 10)
  await move('2026-02-02T00:00:00Z')
  assert.equal((await ask('DELETE', `/plan-overrides/${overrideId}`)).status, 204)
  assert.equal((await ask('GET', `/plan-overrides/${overrideId}`)).status, 404)
  await use(ask, keeps.id, calls.code, 5, '2026-01-31')
  await use(ask, keeps.id, calls.code, 20)
  await act(ask, `/subscriptions/${returns.id}/change-plan`, { newPlanId: planId, effective: 'period_end' })
  await move('2026-03-02T00:00:00Z')
  assert.deepEqual(await billed(ask, keeps), [
    ['PLAN 1 → 7'],
    ['PLAN 1 → 7', 'USAGE 10 → 2'],
    ['PLAN 1 → 7', 'USAGE 20 → 4', 'CORRECTION 1 → 1'],
  ])
  assert.deepEqual(await billed(ask, returns), [['PLAN 1 → 7'], ['PLAN 1 → 7'], ['PLAN 1 → 10']])

  const again = await override()
  assert.equal((await ask('DELETE', `/plan-overrides/${again.id}${applied}`)).status, 204)
  await use(ask, keeps.id, calls.code, 10)
  await move('2026-04-02T00:00:00Z')
  await use(ask, keeps.id, calls.code, 10)
  await move('2026-05-02T00:00:00Z')
  assert.deepEqual((await billed(ask, keeps)).slice(3), [
    ['PLAN 1 → 10', 'USAGE 10 → 2'],
    ['PLAN 1 → 10', 'USAGE 10 → 5'],
  ])
  await everythingHolds(server)
})

test('periods that are billed late, several at once, cost what they would have in time', async () => {
  server.clock.set('2026-01-01T00:00:00Z')
  const { live } = await newTenant(server)
  const customer = await newCustomer(live, { currency: 'KES', timezone: 'UTC' })
  const plan = await newPlan(live, { prices: kes(10), minimumCommitment: kes(20) })
  const had = await subscribe(live, { customerId: customer.id, planId: plan.id })
  await act(
    live,
    `/plan-overrides${applied}`,
    { customerId: customer.id, planId: plan.id, prices: kes(7), minimumCommitment: kes(9) },
    201,
  )
  await moveTo(server, '2026-04-02T00:00:00Z')
  assert.deepEqual(await billed(live, had), [
    ['PLAN 1 → 10'],
    ['PLAN 1 → 7', 'COMMITMENT 1 → 10'],
    ['PLAN 1 → 7', 'COMMITMENT 1 → 2'],
    ['PLAN 1 → 7', 'COMMITMENT 1 → 2'],
  ])
})

test('usage that is invoiced as it comes costs the customer’s own price, and the period nothing more', async () => {
  const { ask, move, customerId, planId } = await usageWorld(server)
  const calls = await newMetric(ask)
  const charge = await newCharge(ask, { planId, billableMetricId: calls.id }, { billingTiming: 'IN_ADVANCE' })
  const charges = [{ chargeId: charge.id, prices: unitPrice(0.2) }]
  await act(ask, '/plan-overrides', { customerId, planId, charges }, 201)
  const { id } = await subscribe(ask, { customerId, planId })
  await use(ask, id, calls.code, 10)
  while (await usageWatchLoop.tick(server.deps));
  assert.deepEqual(await billed(ask, { id }), [['PLAN 1 → 10'], ['USAGE 10 → 2']])
  await move('2026-02-02T00:00:00Z')
  assert.deepEqual((await billed(ask, { id })).slice(2), [['PLAN 1 → 10']])
  await everythingHolds(server)
})

test('a price of the plan moves those that are to have it again, and none that has its customer’s own', async () => {
  const { ask, move, customerId, planId, override } = await world()
  const { id: overrideId } = await override()
  const own = await subscribe(ask, { customerId, planId })
  const setPrice = async (amount: number) => {
    const { prices } = await get(ask, `/plans/${planId}`)
    const changed = await ask('PATCH', `/plans/${planId}/prices/${prices[0].id}${applied}`, { amount })
    assert.equal(changed.status, 200, changed.text)
  }
  await setPrice(12)
  await move('2026-02-02T00:00:00Z')
  assert.equal((await ask('DELETE', `/plan-overrides/${overrideId}${applied}`)).status, 204)
  await setPrice(13)
  await move('2026-03-02T00:00:00Z')
  await setPrice(14)
  await move('2026-04-02T00:00:00Z')
  assert.deepEqual(await billed(ask, own), [['PLAN 1 → 7'], ['PLAN 1 → 7'], ['PLAN 1 → 13'], ['PLAN 1 → 14']])
})

test('a price that moves subscriptions does not bring charges that were not applied to them', async () => {
  const { ask, move, customerId, planId, calls, override } = await world()
  const had = await subscribe(ask, { customerId, planId })
  await newCharge(ask, { planId, billableMetricId: calls.id })
  await override({ prices: kes(8) }, applied)
  await move('2026-02-02T00:00:00Z')
  await use(ask, had.id, calls.code, 10)
  await move('2026-03-02T00:00:00Z')
  assert.deepEqual(await billed(ask, had), [['PLAN 1 → 10'], ['PLAN 1 → 8'], ['PLAN 1 → 8', 'USAGE 10 → 5']])
})

test('a change of plan, its preview and the portal go by the customer’s own prices', async () => {
  const { ask, move, customerId, override } = await world()
  const tenant = await newTenant(server)
  const small = await newPlan(ask, { prices: kes(3) })
  const big = await newPlan(ask, { prices: kes(62), minimumCommitment: kes(90) })
  const subscription = await subscribe(ask, { customerId, planId: small.id })
  await override({ planId: big.id, prices: kes(31), minimumCommitment: kes(0) })
  const change = { newPlanId: big.id, effective: 'now' }
  const previewed = await act(ask, `/subscriptions/${subscription.id}/preview`, { changePlan: change })
  assert.equal(previewed.invoices[0].total, 31)
  await act(ask, `/subscriptions/${subscription.id}/change-plan`, change)
  await move('2026-02-02T00:00:00Z')
  assert.deepEqual(await billed(ask, subscription), [['PLAN 1 → 3'], ['PLAN 1 → 31'], ['PLAN 1 → 31']])

  const as = tenant.test
  await newPlan(as, { code: 'big', prices: [...kes(62), { currency: 'USD', amount: 9 }] })
  const plan = (await get(as, '/plans?search=big')).data[0]
  await tenant.session('PATCH', '/tenants/me', { settings: { portal: { plans: ['big'] } } })
  const [mine, other] = [
    await newCustomer(as, { currency: 'KES' }),
    await newCustomer(as, { currency: 'KES' }),
  ]
  await act(as, '/plan-overrides', { customerId: mine.id, planId: plan.id, prices: kes(31) }, 201)
  const plansOf = async (id: string) => {
    const { guest } = await portalOf(server, as, id)
    return (await guest('GET', '/hosted/portal')).body.plans.map(
      ({ currency, unitAmount }: { currency: string; unitAmount: number }) => `${currency} ${unitAmount}`,
    )
  }
  assert.deepEqual(await plansOf(mine.id), ['KES 31', 'USD 9'])
  assert.deepEqual(await plansOf(other.id), ['KES 62', 'USD 9'])
})

test('an own price makes a currency of it that the plan and its charges have not', async () => {
  const { ask, planId, calls, charge } = await world()
  const customer = await newCustomer(ask, { currency: 'USD', timezone: 'UTC' })
  const body = { customerId: customer.id, planId }
  const usd = [{ currency: 'USD', amount: 2 }]
  assert.equal((await ask('POST', '/subscriptions', body)).body.code, 'plan_has_no_price')
  const { id } = await act(ask, '/plan-overrides', { ...body, prices: usd }, 201)
  assert.equal((await ask('POST', '/subscriptions', body)).body.code, 'charge_has_no_price')
  const changed = await ask('PATCH', `/plan-overrides/${id}`, {
    charges: [{ chargeId: charge.id, prices: [{ currency: 'USD', properties: { unitPrice: 1 } }] }],
  })
  assert.deepEqual([changed.status, changed.body.prices], [200, usd], changed.text)
  const subscription = await subscribe(ask, body)
  await use(ask, subscription.id, calls.code, 3)
  // Both would be left without a price.
  const ended = await ask('DELETE', `/plan-overrides/${id}${applied}`)
  assert.deepEqual([ended.status, ended.body.code], [409, 'plan_has_no_price'])
  const freed = await ask('PATCH', `/plan-overrides/${id}${applied}`, { charges: [] })
  assert.deepEqual([freed.status, freed.body.code], [409, 'charge_has_no_price'])
  assert.equal((await get(ask, `/plan-overrides/${id}`)).charges.length, 1)
})

test('what is changed of own prices replaces list by list, and applied nothing is left behind', async () => {
  const { ask, move, customerId, planId, calls, charge, override } = await world()
  const { id } = await override({ minimumCommitment: kes(15) })
  const own = await subscribe(ask, { customerId, planId })
  // The plan's price came with the commitment.
  const first = await get(ask, `/plan-overrides/${id}`)
  assert.deepEqual([first.prices, first.minimumCommitment], [kes(10), kes(15)])
  const patched = await ask('PATCH', `/plan-overrides/${id}`, {
    charges: [{ chargeId: charge.id, prices: unitPrice(2) }],
  })
  assert.deepEqual(
    [patched.body.prices, patched.body.minimumCommitment, patched.body.charges.length],
    [kes(10), kes(15), 1],
  )
  assert.equal((await ask('PATCH', `/plan-overrides/${id}${applied}`, {})).status, 200)
  await use(ask, own.id, calls.code, 1)
  await move('2026-02-02T00:00:00Z')
  await use(ask, own.id, calls.code, 1)
  await move('2026-03-02T00:00:00Z')
  assert.deepEqual((await billed(ask, own)).slice(1), [
    ['PLAN 1 → 10', 'USAGE 1 → 0.5', 'COMMITMENT 1 → 4.5'],
    ['PLAN 1 → 10', 'USAGE 1 → 2', 'COMMITMENT 1 → 3'],
  ])
  assert.deepEqual(
    (await get(ask, `/plan-overrides?customerId=${customerId}&planId=${planId}`)).meta.total,
    1,
  )
  assert.equal((await get(ask, '/plan-overrides')).data[0].id, id)
})

test('own prices are refused with all that is wrong of them, and a second time', async () => {
  const { ask, customerId, planId, charge, override } = await world()
  const other = await world()
  const body = { customerId, planId }
  const wrong = await ask('POST', '/plan-overrides', {
    ...body,
    prices: [...kes(1), ...kes(2)],
    minimumCommitment: [{ currency: 'USD', amount: 1.001 }],
    charges: [
      { chargeId: charge.id, prices: [{ currency: 'KES', properties: {} }] },
      { chargeId: charge.id, prices: unitPrice(1) },
    ],
  })
  assert.equal(wrong.status, 400)
  assert.deepEqual(
    wrong.body.errors.map(({ path }: { path: string }) => path),
    [
      'prices[1].currency',
      'minimumCommitment[0].amount',
      'charges[0].prices[0].properties.unitPrice',
      'charges[1].chargeId',
      'minimumCommitment',
    ],
  )
  const nothing = await ask('POST', '/plan-overrides', body)
  assert.deepEqual([nothing.status, nothing.body.errors[0].path], [400, 'prices'])
  assert.equal(
    (await ask('POST', '/plan-overrides', { ...body, charges: other.own.charges })).body.code,
    'charge_not_found',
  )
  await override()
  const again = await ask('POST', '/plan-overrides', { ...body, prices: kes(1) })
  assert.deepEqual([again.status, again.body.code], [409, 'plan_override_taken'])
  await subscribe(ask, { customerId, planId, quantity: 1_000_000 })
  const [{ id }] = (await get(ask, '/plan-overrides')).data
  const much = { prices: kes(10_000_000) }
  assert.equal((await ask('PATCH', `/plan-overrides/${id}${applied}`, much)).status, 400)
  assert.equal((await ask('PATCH', `/plan-overrides/${id}`, much)).status, 200)
})

test('a plan goes with the prices that customers have of it, as long as none has subscribed', async () => {
  const { ask, planId, override } = await world()
  await override()
  assert.equal((await ask('DELETE', `/plans/${planId}`)).status, 204)
  assert.equal((await get(ask, '/plan-overrides')).meta.total, 0)
})

test('a simulation of other prices leaves alone who has its own', async () => {
  const { ask, move, customerId, planId, calls, charge, override } = await world()
  await override()
  const another = await newCustomer(ask, { currency: 'KES', timezone: 'UTC' })
  for (const customer of [customerId, another.id]) {
    const { id } = await subscribe(ask, { customerId: customer, planId })
    await use(ask, id, calls.code, 10)
  }
  await move('2026-02-02T00:00:00Z')
  const { body, text } = await ask('POST', `/plans/${planId}/simulate`, {
    from: '2026-01-01T00:00:00Z',
    to: '2026-02-01T00:00:00Z',
    charges: [{ chargeId: charge.id, prices: unitPrice(1) }],
  })
  assert.deepEqual(
    body.customers?.map(({ before, after }: { before: number; after: number }) => [before, after]),
    [
      [5, 10],
      [2, 2],
    ],
    text,
  )
})

test('a price that is another customer’s own is found', async () => {
  const { ask, customerId, planId, override } = await world()
  await override()
  const { id } = await subscribe(ask, { customerId, planId })
  const another = await newCustomer(ask, { currency: 'KES', timezone: 'UTC' })
  const give = (to: string) =>
    rows(server, 'update subscriptions set customer_id = $2 where id = $1', [stored(id), stored(to)])
  await give(another.id)
  const broken: string[] = []
  for await (const { name, breaches } of verify(server.deps.workerDb))
    if (breaches.length > 0) broken.push(name)
  await give(customerId)
  assert.ok(broken.includes('a price that is a customer’s own is paid by that customer alone'), broken.join())
  await everythingHolds(server)
})
