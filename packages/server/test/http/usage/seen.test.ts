import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseId } from '../../../src/ids.ts'
import { newTenant, startServer } from '../../harness.ts'
import { asOwner, subscribe } from '../../billing-story.ts'
import { newMetric, report } from '../../usage-story.ts'

const server = await startServer({ start: '2026-05-20T12:00:00Z' })
const { live } = await newTenant(server)
const { code } = await newMetric(live)

let sent = 0
const send = async (subscriptionId: string): Promise<{ code?: string; subscriptionId?: string }> =>
  (await live('POST', '/events', { transactionId: `seen ${++sent}`, subscriptionId, code })).body

const refused = 'usage_event_outside_subscription'

test('a subscription that was reported for before is met as it is now: paused, resumed, ended', async () => {
  const { id } = await subscribe(live, { startDate: '2026-05-01', externalId: 'seen/1' })
  for (const reference of [id, 'seen/1']) assert.equal((await send(reference)).subscriptionId, id)
  await live('POST', `/subscriptions/${id}/pause`, {})
  for (const reference of [id, 'seen/1']) assert.equal((await send(reference)).code, refused)
  await live('POST', `/subscriptions/${id}/resume`, {})
  for (const reference of [id, 'seen/1']) assert.equal((await send(reference)).subscriptionId, id)
  await live('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  for (const reference of [id, 'seen/1']) assert.equal((await send(reference)).code, refused)
})

test('what another process changes is met too, and an external id is of the one that has it now', async () => {
  const [one, other] = [
    await subscribe(live, { startDate: '2026-05-01', externalId: 'seen/2' }),
    await subscribe(live, { startDate: '2026-05-01' }),
  ]
  await report(
    live,
    [one.id, other.id, 'seen/2'].map((subscriptionId) => ({ subscriptionId, code })),
  )
  const move = (id: string, externalId: string | null): Promise<unknown> =>
    asOwner(server, `update subscriptions set external_id = $2 where id = $1`, [
      parseId('subscription', id),
      externalId,
    ])
  await move(one.id, null)
  assert.equal((await send('seen/2')).code, 'subscription_not_found')
  await move(other.id, 'seen/2')
  assert.equal((await send('seen/2')).subscriptionId, other.id)
  await move(other.id, null)
  await move(one.id, 'seen/2')
  assert.equal((await send('seen/2')).subscriptionId, one.id)
  // Seen as of one, and in the same breath of another.
  await asOwner(
    server,
    `update subscriptions set external_id = case when id = $1 then null else 'seen/3' end where id = any($2)`,
    [parseId('subscription', one.id), [one.id, other.id].map((id) => parseId('subscription', id))],
  )
  await move(other.id, 'seen/2')
  assert.equal((await send('seen/2')).subscriptionId, other.id)
})

test('a subscription that was not there when it was reported for is found once it is', async () => {
  assert.equal((await send('seen/4')).code, 'subscription_not_found')
  const { id } = await subscribe(live, { startDate: '2026-05-01', externalId: 'seen/4' })
  assert.equal((await send('seen/4')).subscriptionId, id)
})
