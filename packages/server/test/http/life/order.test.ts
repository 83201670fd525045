import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invoicesOf } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { creditsOf, moveTo, startLife, totalsOf } from '../../life-story.ts'
import { rows, stored } from '../../payment-story.ts'
import { type Tx, transaction } from '../../../src/db/transaction.ts'
import { findSubscription, lockSubscriptions } from '../../../src/slices/subscriptions/index.ts'
import { updateSubscription } from '../../../src/slices/subscriptions/update.ts'

const server = await startServer({ start: '2026-04-01T00:00:00Z' })

test('a change that comes after another takes effect after it, also where its process has a clock that is behind', async () => {
  await moveTo(server, '2026-04-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000)
  // Two processes whose clocks are two days apart, as far as an API call that waited for a lock can be late.
  await moveTo(server, '2026-04-11T00:00:00Z')
  await live('PATCH', `/subscriptions/${id}`, { quantity: 3 })
  server.clock.set('2026-04-09T00:00:00Z')
  const added = await live('PATCH', `/subscriptions/${id}`, { quantity: 4 })
  assert.equal(added.body.updatedAt.slice(0, 10), '2026-04-11')
  const taken = await live('PATCH', `/subscriptions/${id}`, { quantity: 1 })
  assert.equal(taken.status, 200, taken.text)

  assert.deepEqual(await totalsOf(live, id), [3000, 4000, 2000], 'twenty days of thirty for what is added')
  assert.deepEqual((await creditsOf(live, id)).toSorted(), [2000, 4000])
  const [, , third] = await invoicesOf(live, id)
  assert.equal(third.items[0].periodStart.slice(0, 10), '2026-04-11')
  const told = await rows(
    server,
    'select occurred_at from events where resource_id = $1 order by transaction, id',
    [stored(id)],
  )
  const instants = told.map(({ occurred_at: at }) => Number(at))
  assert.deepEqual(
    instants,
    instants.toSorted((a, b) => a - b),
  )
  await everythingHolds(server)
})

/** The quantities of a subscription, in the order in which the stream tells them. */
async function quantitiesTold(subscriptionId: string): Promise<number[]> {
  const told = await rows(
    server,
    `select (body->>'quantity')::integer as quantity from events
     where resource_id = $1 and type = 'subscription.updated' order by transaction, id`,
    [stored(subscriptionId)],
  )
  return told.map(({ quantity }) => Number(quantity))
}

for (const kind of ['test', 'live'] as const) {
  test(`in a ${kind} environment the stream tells the changes of a resource in the order in which they were made, also where the later one's transaction began first`, async () => {
    await moveTo(server, '2026-04-11T00:00:00Z')
    const tenant = await newTenant(server)
    const as = tenant[kind]
    const environmentId = kind === 'test' ? tenant.testEnvironmentId : tenant.liveEnvironmentId
    const [first, second] = [await startLife(as, 3000), await startLife(as, 3000)]
    const scope = { tenantId: tenant.tenantId, environmentId, isTest: kind === 'test' }
    await transaction(server.deps.db, { scope, now: server.clock.now() }, async (tx: Tx) => {
      // What it holds already gives it its number: here another subscription, as in any change of several.
      if (kind === 'live') await lockSubscriptions(tx, environmentId, [stored(first.id)])
      else await findSubscription(tx, environmentId, first.id)
      assert.equal((await as('PATCH', `/subscriptions/${second.id}`, { quantity: 2 })).status, 200)
      await updateSubscription(server.deps, tx, environmentId, second.id, { quantity: 3 })
    })
    assert.deepEqual(await quantitiesTold(second.id), [2, 3])
    await everythingHolds(server)
  })
}
