import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invoicesOf } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { creditsOf, moveTo, startLife, totalsOf } from '../../life-story.ts'
import { rows, stored } from '../../payment-story.ts'

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
