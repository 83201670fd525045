import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventsOf, invoicesOf } from '../../billing-story.ts'
import { everythingHolds, refused } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { act, creditsOf, moveTo, planOf, startLife, totalsOf } from '../../life-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2023-01-01T00:00:00Z' })

const at = (instant: string): void => server.clock.set(instant)

test('what costs less by the month waits for the end of the period, and is priced in the one it starts (A22)', async () => {
  at('2023-07-19T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 12_900)
  await moveTo(server, '2023-11-09T00:00:00Z')
  const yearly = await planOf(live, 118_800, { billingInterval: 'YEARLY' })
  const pending = await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: yearly.id })
  assert.deepEqual(pending.pendingChange, {
    planId: yearly.id,
    quantity: 1,
    effectiveAt: '2023-11-19T00:00:00.000Z',
  })
  assert.equal((await totalsOf(live, id)).length, 4)
  // A22 keeps the old anchor and charges 243/366; ours starts a new year of its own, whole.
  await moveTo(server, '2023-11-20T00:00:00Z')
  const last = (await invoicesOf(live, id)).at(-1)
  assert.deepEqual(
    [last?.total, last?.items[0].periodStart, last?.items[0].periodEnd],
    [1188, '2023-11-19T00:00:00.000Z', '2024-11-19T00:00:00.000Z'],
  )
  const after = await get(live, `/subscriptions/${id}`)
  assert.deepEqual([after.planId, after.quantity, after.pendingChange], [yearly.id, 1, null])
  assert.deepEqual((await eventsOf(server, id)).slice(-3), [
    'subscription.updated',
    'subscription.plan_changed',
    'subscription.renewed',
  ])
  assert.deepEqual(await creditsOf(live, id), [])
})

test('a pending change of the same interval keeps the anchor, and a late run gives each period its own plan', async () => {
  at('2025-01-31T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000)
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 1000)).id })
  await moveTo(server, '2025-05-01T00:00:00Z')
  const invoices = await invoicesOf(live, id)
  assert.deepEqual(
    invoices.map(({ total, items }) => [total, items[0].periodStart.slice(0, 10)]),
    [
      [30, '2025-01-31'],
      [10, '2025-02-28'],
      [10, '2025-03-31'],
      [10, '2025-04-30'],
    ],
  )
})

test('a pending change is superseded by another one, and taken back by asking for what there is', async () => {
  at('2025-01-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, planId } = await startLife(live, 3000)
  const change = (newPlanId: string, body: object = {}) =>
    act(live, `/subscriptions/${id}/change-plan`, { newPlanId, ...body })
  const [low, lower, high] = [await planOf(live, 2000), await planOf(live, 1000), await planOf(live, 9000)]
  await change(low.id)
  assert.equal((await change(lower.id)).pendingChange.planId, lower.id)
  assert.equal((await change(planId)).pendingChange, null)
  await change(lower.id)
  assert.equal((await change(high.id)).pendingChange, null)
  assert.deepEqual(await totalsOf(live, id), [3000, 9000])
})

test('without proration only the next period costs something else', async () => {
  at('2025-01-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000)
  at('2025-01-16T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, {
    newPlanId: (await planOf(live, 9000)).id,
    prorate: false,
  })
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[3000], []])
  await moveTo(server, '2025-02-01T00:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [3000, 9000])
})

test('an end makes a pending change void', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 1000)
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 500)).id })
  await act(live, `/subscriptions/${id}/cancel`)
  await moveTo(server, '2025-07-02T00:00:00Z')
  const ended = await get(live, `/subscriptions/${id}`)
  assert.deepEqual([ended.status, ended.pendingChange], ['CANCELED', null])
  assert.deepEqual(await totalsOf(live, id), [1000])
})

test('a plan that a subscription is about to change to cannot be deleted', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 1000)
  const low = await planOf(live, 500)
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: low.id })
  refused(await live('DELETE', `/plans/${low.id}`), 'plan_in_use')
})

test('after all of this every promise holds', () => everythingHolds(server))
