import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newPlan, subscribe } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, planOf, totalsOf } from '../../life-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })
const at = (instant: string): void => server.clock.set(instant)
const next = '?applyToExisting=next_period'

async function setPrice(as: Caller, planId: string, amount: number, query = next) {
  const { prices } = await get(as, `/plans/${planId}`)
  const { status, body, text } = await as('PATCH', `/plans/${planId}/prices/${prices[0].id}${query}`, {
    amount,
  })
  assert.equal(status, 200, text)
  return body.prices[0]
}

test('a price change moves those who have the plan with their next period, where it is told to', async () => {
  at('2026-01-10T00:00:00Z')
  const { live } = await newTenant(server)
  const [kept, moved, inArrears] = [
    await newPlan(live),
    await newPlan(live),
    await newPlan(live, { billingTiming: 'IN_ARREARS' }),
  ]
  const subscriptions = []
  for (const { id: planId } of [kept, moved, inArrears]) subscriptions.push(await subscribe(live, { planId }))
  const trial = await subscribe(live, { planId: moved.id, trialDays: 20 })
  at('2026-01-20T00:00:00Z')
  await setPrice(live, kept.id, 60, '')
  await setPrice(live, moved.id, 60)
  await setPrice(live, inArrears.id, 60)
  // More units in this period still cost what they did.
  const { status } = await live('PATCH', `/subscriptions/${subscriptions[1].id}`, { quantity: 2 })
  assert.equal(status, 200)
  await moveTo(server, '2026-03-10T00:00:00Z')
  const [first, second, third] = subscriptions
  assert.deepEqual(await totalsOf(live, first.id), [4999, 4999, 4999])
  assert.deepEqual(await totalsOf(live, second.id), [4999, 3386, 12_000, 12_000])
  assert.deepEqual(await totalsOf(live, third.id), [4999, 6000])
  assert.deepEqual(await totalsOf(live, trial.id), [6000, 6000])
  await everythingHolds(server)
})

test('periods from before a price change cost the old price, however late they are billed', async () => {
  at('2026-01-10T00:00:00Z')
  const { live } = await newTenant(server)
  const { id: planId } = await newPlan(live)
  const { id } = await subscribe(live, { planId })
  at('2026-03-20T00:00:00Z')
  await setPrice(live, planId, 60)
  await moveTo(server, '2026-04-15T00:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [4999, 4999, 4999, 6000])
})

test('the last of several changes counts, also for a change of plan that waits and a price that was taken off', async () => {
  at('2026-01-10T00:00:00Z')
  const { live } = await newTenant(server)
  const { id: planId } = await newPlan(live)
  const [stays, waits] = [await subscribe(live, { planId }), await subscribe(live)]
  await act(live, `/subscriptions/${waits.id}/change-plan`, {
    newPlanId: planId,
    quantity: 2,
    effective: 'period_end',
  })
  await setPrice(live, planId, 60)
  const { id: priceId } = await setPrice(live, planId, 70)
  const other = await subscribe(live, { planId })
  assert.equal((await live('DELETE', `/plans/${planId}/prices/${priceId}`)).status, 204)
  await act(live, `/plans/${planId}/prices${next}`, { currency: 'KES', amount: 80 }, 201)
  await moveTo(server, '2026-02-11T00:00:00Z')
  assert.deepEqual(await totalsOf(live, stays.id), [4999, 8000])
  assert.deepEqual(await totalsOf(live, waits.id), [4999, 16_000])
  assert.deepEqual(await totalsOf(live, other.id), [7000, 8000])
  assert.equal((await live('DELETE', `/plans/${planId}`)).status, 409)
  const unused = await planOf(live, 100)
  await setPrice(live, unused.id, 2)
  assert.equal((await live('DELETE', `/plans/${unused.id}`)).status, 204)
})

test('a price that somebody could not pay exactly, and another word than next_period, are refused', async () => {
  at('2026-01-10T00:00:00Z')
  const { live } = await newTenant(server)
  const { id: planId, prices } = await newPlan(live)
  await subscribe(live, { planId, quantity: 1_000_000 })
  const path = `/plans/${planId}/prices/${prices[0]?.id}`
  const much = await live('PATCH', `${path}${next}`, { amount: 10_000_000 })
  assert.deepEqual([much.status, much.body.errors[0].path], [400, 'amount'])
  assert.equal((await live('PATCH', path, { amount: 10_000_000 })).status, 200)
  const word = await live('PATCH', `${path}?applyToExisting=now`, { amount: 1 })
  assert.deepEqual([word.status, word.body.errors[0].path], [400, 'applyToExisting'])
})
