import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { newCharge } from '../../charge-story.ts'
import { invoicesOf, shown, usageWorld } from '../../charge-world.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Caller, startServer } from '../../harness.ts'
import { rows, stored } from '../../payment-story.ts'
import { newMetric, report } from '../../usage-story.ts'
import { verify } from '../../../src/verify.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })

const commitment = (amount: number) => ({ minimumCommitment: [{ currency: 'KES', amount }] })
const world = (plan?: object, start?: string) => usageWorld(server, { ...commitment(31), ...plan }, start)

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

test('what a period is short of its commitment is a line of the invoice that ends it; what reaches it pays nothing more', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await use(ask, id, calls.code, 4)
  await move('2026-02-10T00:00:00Z')
  await use(ask, id, calls.code, 42)
  await move('2026-03-10T00:00:00Z')
  await use(ask, id, calls.code, 50)
  await move('2026-05-01T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [
      ['PLAN 1 → 10'],
      ['PLAN 1 → 10', 'USAGE 4 → 2', 'COMMITMENT 1 → 19'],
      ['PLAN 1 → 10', 'USAGE 42 → 21'],
      ['PLAN 1 → 10', 'USAGE 50 → 25'],
      ['PLAN 1 → 10', 'COMMITMENT 1 → 21'],
    ],
  )
  await everythingHolds(server)
})

test('a plan says its commitment, and refuses one that is there twice or below zero', async () => {
  const { ask, planId } = await world()
  const { body } = await ask('GET', `/plans/${planId}`)
  assert.deepEqual(body.minimumCommitment, [{ currency: 'KES', amount: 31 }])
  const refused = await ask('POST', '/plans', {
    name: 'Twice',
    code: 'twice',
    billingInterval: 'MONTHLY',
    minimumCommitment: [
      { currency: 'KES', amount: 1 },
      { currency: 'KES', amount: 2 },
      { currency: 'UGX', amount: 0.5 },
    ],
  })
  assert.equal(refused.status, 400)
  assert.deepEqual(
    refused.body.errors.map(({ path }: { path: string }) => path),
    ['minimumCommitment[1].currency', 'minimumCommitment[2].amount'],
  )
})

test('a commitment counts by the days of a period that is canceled, and its fee by what was not credited', async () => {
  const { ask, move, customerId, planId } = await world()
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-25T12:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })).status, 200)
  // 25 of 31, less the 10 that were paid and of which 6 / 31 came back.
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [['PLAN 1 → 10'], ['COMMITMENT 1 → 16.94']],
  )
  await everythingHolds(server)
})

test('a change of plan ends the stretch of a commitment, and another begins', async () => {
  const { ask, move, customerId, planId } = await world()
  const bigger = await newPlan(ask, { prices: [{ currency: 'KES', amount: 31 }], ...commitment(62) })
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-01-11T00:00:00Z')
  assert.equal((await ask('POST', `/subscriptions/${id}/change-plan`, { newPlanId: bigger.id })).status, 200)
  await move('2026-02-01T00:00:00Z')
  // 10 of 31 days of 31, less 10 of 31 of 10; then 21 of 31 of 62, less 21.
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [['PLAN 1 → 10'], ['COMMITMENT 1 → 6.77'], ['PLAN 1 → 21'], ['PLAN 1 → 31', 'COMMITMENT 1 → 21']],
  )
  await everythingHolds(server)
})

for (const timing of ['IN_ADVANCE', 'IN_ARREARS'])
  test(`a commitment counts from the period whose fee is its own: not after a change without proration ${timing}`, async () => {
    const { ask, move, customerId, planId } = await world({ billingTiming: timing, minimumCommitment: [] })
    const bigger = await newPlan(ask, {
      billingTiming: timing,
      prices: [{ currency: 'KES', amount: 31 }],
      ...commitment(62),
    })
    const { id } = await subscribe(ask, { customerId, planId })
    await move('2026-01-11T00:00:00Z')
    const change = { newPlanId: bigger.id, effective: 'now', prorate: false }
    assert.equal((await ask('POST', `/subscriptions/${id}/change-plan`, change)).status, 200)
    await move('2026-03-01T00:00:00Z')
    const lines = (await invoicesOf(ask, id)).flatMap(({ items }) =>
      items
        .filter(({ periodStart }) => periodStart < '2026-03')
        .map(({ type, amount, periodStart }) => `${periodStart.slice(0, 10)} ${type} ${amount}`),
    )
    assert.deepEqual(lines.toSorted(), [
      '2026-01-01 PLAN 10',
      '2026-02-01 COMMITMENT 31',
      '2026-02-01 PLAN 31',
    ])
    await everythingHolds(server)
  })

test('a commitment asks nothing of a period that was billed elsewhere', async () => {
  const { ask, move, customerId, planId } = await world()
  await move('2026-01-11T00:00:00Z')
  const { id } = await subscribe(ask, { customerId, planId, currentPeriodStart: '2026-01-01' })
  await move('2026-03-01T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [['PLAN 1 → 10'], ['PLAN 1 → 10', 'COMMITMENT 1 → 21']],
  )
  await everythingHolds(server)
})

for (const { interval, start, to, total, line, words } of [
  { interval: 'WEEKLY', start: '2023-02-01', to: '2023-02-06', total: 7142.86, line: 6428.57, words: 'I01' },
  { interval: 'QUARTERLY', start: '2023-02-04', to: '2023-04-01', total: 6222.22, line: 5600, words: 'I03' },
  { interval: 'YEARLY', start: '2022-02-01', to: '2023-01-01', total: 9150.68, line: 8235.61, words: 'I03' },
]) {
  test(`a commitment of 10000 over a fee of 1000 in arrears, from within a period of the calendar (${words} ${interval})`, async () => {
    const { ask, move, planId } = await usageWorld(
      server,
      {
        billingInterval: interval,
        billingTiming: 'IN_ARREARS',
        prices: [{ currency: 'KES', amount: 1000 }],
        ...commitment(10_000),
      },
      `${start}T00:00:00Z`,
    )
    const customer = await newCustomer(ask, { currency: 'KES', timezone: 'UTC' })
    const { id } = await subscribe(ask, { customerId: customer.id, planId, billingAnchor: 'CALENDAR' })
    await move(`${to}T00:00:00Z`)
    const [invoice, ...more] = await invoicesOf(ask, id)
    assert.deepEqual(more, [])
    assert.equal(invoice?.total, total)
    assert.deepEqual(
      invoice?.items.filter(({ type }) => type === 'COMMITMENT').map(({ amount }) => amount),
      [line],
    )
  })
}

test('usage that is reported late is taken by the commitment that was topped up, and billed only beyond it', async () => {
  const { ask, move, customerId, planId } = await world()
  const calls = await newMetric(ask)
  await newCharge(ask, { planId, billableMetricId: calls.id })
  const { id } = await subscribe(ask, { customerId, planId })
  await use(ask, id, calls.code, 30)
  await move('2026-02-02T00:00:00Z')
  // 10 + 15 were topped up by 6: 10 events more are 5, and 5 events more are 1.5 beyond.
  await use(ask, id, calls.code, 10, '2026-01-30')
  await use(ask, id, calls.code, 42)
  await move('2026-03-02T00:00:00Z')
  await use(ask, id, calls.code, 5, '2026-01-31')
  await use(ask, id, calls.code, 42)
  await move('2026-04-02T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(ask, id)).map(({ items }) => shown(items)),
    [
      ['PLAN 1 → 10'],
      ['PLAN 1 → 10', 'USAGE 30 → 15', 'COMMITMENT 1 → 6'],
      ['PLAN 1 → 10', 'USAGE 42 → 21'],
      ['PLAN 1 → 10', 'USAGE 42 → 21', 'CORRECTION 1 → 1.5'],
    ],
  )
  await everythingHolds(server)
})

test('a commitment that was topped up otherwise than its line says is found by verify', async () => {
  const { ask, move, customerId, planId } = await world()
  const { id } = await subscribe(ask, { customerId, planId })
  await move('2026-02-01T00:00:00Z')
  await rows(server, `update commitment_ratings set topped = '{1,1}' where subscription_id = $1`, [
    stored(id),
  ])
  const breached: string[] = []
  for await (const { name, breaches } of verify(server.deps.workerDb))
    if (breaches.length > 0) breached.push(name)
  assert.deepEqual(breached, ['what is remembered as topped up to a commitment is what its line bills'])
})
