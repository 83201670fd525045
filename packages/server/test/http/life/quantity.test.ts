import assert from 'node:assert/strict'
import { test } from 'node:test'
import { everythingHolds } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { act, balanceOf, creditsOf, moveTo, payAll, planOf, startLife, totalsOf } from '../../life-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2023-01-01T00:00:00Z' })

const at = (instant: string): void => server.clock.set(instant)

test('more units are charged for the rest of the period, fewer are credited, and nothing else (A34, E04)', async () => {
  at('2025-03-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 1000, { quantity: 5 })
  await payAll(live, id)
  const patch = async (quantity: number) => {
    const { status, body, text } = await live('PATCH', `/subscriptions/${id}`, { quantity })
    assert.equal(status, 200, text)
    return body
  }
  at('2025-03-15T00:00:00Z')
  assert.equal((await patch(10)).quantity, 10)
  // A34 credits five and charges ten; ours charges the five that were added.
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[5000, 2742], []])
  await payAll(live, id)
  await patch(4)
  // Five of the second invoice, one of the first.
  assert.deepEqual((await creditsOf(live, id)).toSorted(), [2742, 548])
  assert.equal(await balanceOf(live, customerId), 3290)
  await patch(4)
  assert.equal((await creditsOf(live, id)).length, 2)
  await moveTo(server, '2025-04-01T00:00:00Z')
  assert.deepEqual((await totalsOf(live, id)).slice(2), [4000])
})

test('a change of plan after changes of quantity credits all that was charged, and no unit twice', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 3000)
  at('2025-06-11T00:00:00Z')
  await live('PATCH', `/subscriptions/${id}`, { quantity: 3 })
  at('2025-06-16T00:00:00Z')
  await live('PATCH', `/subscriptions/${id}`, { quantity: 2 })
  await payAll(live, id)
  at('2025-06-21T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 6000)).id })
  // 30 + 2 × 20, less 15; then 2 × 10 back and 2 × 20 for the last ten days.
  assert.deepEqual(await totalsOf(live, id), [3000, 4000, 4000])
  assert.deepEqual((await creditsOf(live, id)).toSorted(), [1000, 1000, 1500])
  await payAll(live, id)
  await act(live, `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  assert.equal((await creditsOf(live, id)).at(-1), 3600)
  assert.ok((await balanceOf(live, customerId)) > 0)
})

test('eight changes at once are made one after the other, and the sums are right', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 1000)
  await payAll(live, id)
  const plans = await Promise.all(Array.from({ length: 4 }, (_, index) => planOf(live, 2000 + index * 1000)))
  at('2025-06-16T00:00:00Z')
  const answers = await Promise.all(
    [...plans, ...plans].map(({ id: newPlanId }) =>
      live('POST', `/subscriptions/${id}/change-plan`, { newPlanId, effective: 'now' }),
    ),
  )
  for (const { status } of answers) assert.ok(status === 200 || status === 409)
  const [credits, totals] = [await creditsOf(live, id), await totalsOf(live, id)]
  assert.equal(totals.length, credits.length + 1)
  const sum = (parts: number[]): number => parts.reduce((total, part) => total + part, 0)
  const { planId } = await get(live, `/subscriptions/${id}`)
  const price = 2000 + plans.findIndex((plan) => plan.id === planId) * 1000
  assert.equal(sum(totals) - sum(credits), 500 + price / 2)
  assert.equal(await balanceOf(live, customerId), 0)
})

test('after all of this every promise holds', () => everythingHolds(server))
