import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicId } from '../../../src/ids.ts'
import { trialEndingLoop } from '../../../src/slices/subscriptions/index.ts'
import { asOwner, newPlan, runBilling, subscribe } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act } from '../../life-story.ts'
import { stored } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })

/** When the end of a trial was told of, to the minute, by the events of a subscription. */
async function told(id: string): Promise<string[]> {
  const rows = await asOwner<{ at: string }>(
    server,
    `select to_char(occurred_at at time zone 'UTC', 'MM-DD HH24:MI') as at from events
     where resource_id = $1 and type = 'subscription.trial_ending' order by transaction, id`,
    [stored(id)],
  )
  return rows.map(({ at }) => at)
}

async function runTo(instant: string): Promise<void> {
  server.clock.set(instant)
  while (await trialEndingLoop.tick(server.deps));
  await runBilling(server)
}

async function start(as: Caller, trialDays: number, body: object = {}, timezone = 'UTC') {
  return subscribe(as, { trialDays, ...body }, { customer: { timezone } })
}

test('the end of a trial is told of once, three local days ahead, however late and by however many workers', async () => {
  server.clock.set('2026-03-05T02:30:00Z')
  const { live } = await newTenant(server)
  const plain = await start(live, 14)
  // Berlin loses an hour on 29 March, two days before the end.
  const summer = await start(live, 26, {}, 'Europe/Berlin')
  await runTo('2026-03-16T02:29:00Z')
  assert.deepEqual(await told(plain.id), [])
  server.clock.set('2026-03-16T02:31:00Z')
  await Promise.all([1, 2, 3].map(() => trialEndingLoop.tick(server.deps)))
  assert.deepEqual(await told(plain.id), ['03-16 02:30'])
  await runTo('2026-03-30T00:00:00Z')
  assert.deepEqual(await told(summer.id), ['03-28 02:30'])
  await runTo('2026-05-30T00:00:00Z')
  assert.deepEqual([await told(plain.id), await told(summer.id)], [['03-16 02:30'], ['03-28 02:30']])
})

test('a trial of three days or less is told of at its start, one without days or in the past never', async () => {
  server.clock.set('2026-06-01T09:00:00Z')
  const { live } = await newTenant(server)
  const [short, none, over, left, later] = [
    await start(live, 2),
    await start(live, 0),
    await start(live, 7, { startDate: '2026-05-01' }),
    await start(live, 7, { startDate: '2026-05-26' }),
    await start(live, 1, { startDate: '2026-06-03' }),
  ]
  assert.deepEqual(await Promise.all([short, none, over, left].map(({ id }) => told(id))), [
    ['06-01 09:00'],
    [],
    [],
    ['06-01 09:00'],
  ])
  await runTo('2026-07-01T09:00:00Z')
  assert.deepEqual(await Promise.all([short, none, over, left, later].map(({ id }) => told(id))), [
    ['06-01 09:00'],
    [],
    [],
    ['06-01 09:00'],
    ['06-03 00:00'],
  ])
})

test('a trial whose end moves is told of for the new end, and one that is over or canceled is not', async () => {
  server.clock.set('2026-06-01T09:00:00Z')
  const { live } = await newTenant(server)
  const change = async (id: string, trialDays: number) =>
    act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await newPlan(live, { trialDays })).id })
  const [before, after, soon, over, canceled, ending] = [
    await start(live, 10),
    await start(live, 10),
    await start(live, 30),
    await start(live, 30),
    await start(live, 10),
    await start(live, 10),
  ]
  await change(before.id, 20)
  await act(live, `/subscriptions/${canceled.id}/cancel`, { cancelAt: 'now' })
  await act(live, `/subscriptions/${ending.id}/cancel`)
  await runTo('2026-06-09T09:00:00Z')
  await change(after.id, 20)
  await change(soon.id, 9)
  await change(over.id, 5)
  await runTo('2026-08-01T00:00:00Z')
  assert.deepEqual(
    await Promise.all([before, after, soon, over, canceled, ending].map(({ id }) => told(id))),
    [['06-18 09:00'], ['06-08 09:00', '06-18 09:00'], ['06-09 09:00'], [], [], ['06-08 09:00']],
  )
})

test('on a test clock it is told of at its instant, between all else that happens', async () => {
  const { test: as, session, testEnvironmentId } = await newTenant(server)
  const clock = `/tenants/me/environments/${publicId('environment', testEnvironmentId)}/clock`
  await act(session, clock, { now: '2026-01-01T00:00:00Z' })
  const early = await start(as, 14)
  const monthly = await start(as, 0)
  await act(session, clock, { now: '2026-03-01T00:00:00Z' })
  assert.deepEqual(await told(early.id), ['01-12 00:00'])
  const rows = await asOwner<{ type: string }>(
    server,
    `select type from events where environment_id = $1 and type like 'subscription%' order by transaction, id`,
    [testEnvironmentId],
  )
  assert.deepEqual(
    rows.map(({ type }) => type),
    [
      'subscription.created',
      'subscription.created',
      'subscription.trial_ending',
      'subscription.activated',
      'subscription.renewed',
      'subscription.renewed',
      'subscription.renewed',
    ],
  )
  assert.equal(monthly.status, 'ACTIVE')
})
