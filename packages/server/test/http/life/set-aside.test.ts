import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asOwner, eventsOf, invoicesOf, runBilling } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, startLife, totalsOf } from '../../life-story.ts'
import { get, stored } from '../../payment-story.ts'

const server = await startServer({ start: '2025-01-01T00:00:00Z' })
const inArrears = { plan: { billingTiming: 'IN_ARREARS' } }
const cancelNow = { cancelAt: 'now' }

/** Nothing can be invoiced in an environment, from the very last write of an invoice on. */
async function setTrouble(environmentId: string, is: boolean): Promise<void> {
  await asOwner(server, 'drop trigger if exists trouble on invoice_lines')
  if (!is) return
  await asOwner(
    server,
    `create or replace function trouble() returns trigger language plpgsql as
     $$ begin if new.environment_id = '${environmentId}' then raise exception 'no'; end if; return new; end $$`,
  )
  await asOwner(
    server,
    'create trigger trouble before insert on invoice_lines for each row execute function trouble()',
  )
}

/** A subscription that has been set aside on 1 July, with June to pay for. */
async function setAside(
  as: Caller,
  environmentId: string,
  options: Record<string, unknown>,
): Promise<string> {
  await moveTo(server, '2025-06-01T00:00:00Z')
  const { id } = await startLife(as, 3000, options)
  await setTrouble(environmentId, true)
  for (const time of ['00:00', '00:02', '00:10', '01:00', '06:00'])
    await moveTo(server, `2025-07-01T${time}:00Z`)
  const [row] = await asOwner<{ parked_reason: string | null }>(
    server,
    'select parked_reason from subscriptions where id = $1',
    [stored(id)],
  )
  assert.equal(row?.parked_reason, 'no')
  return id
}

test('what was set aside and can be billed again pays for all it had when it is canceled, and a preview says so', async () => {
  for (const [options, totals] of [
    [inArrears, [3000, 968]],
    [{}, [3000, 3000]],
  ] as const) {
    const { live, liveEnvironmentId } = await newTenant(server)
    const id = await setAside(live, liveEnvironmentId, options)
    await setTrouble(liveEnvironmentId, false)
    server.clock.set('2025-07-10T08:00:00Z')
    const preview = await act(live, `/subscriptions/${id}/preview`, { cancel: cancelNow })
    assert.equal((await totalsOf(live, id)).length, options === inArrears ? 0 : 1, 'a preview stores nothing')
    const canceled = await act(live, `/subscriptions/${id}/cancel`, cancelNow)
    assert.equal(canceled.status, 'CANCELED')
    assert.deepEqual(await totalsOf(live, id), totals)
    const made = (await invoicesOf(live, id)).slice(options === inArrears ? 0 : 1)
    assert.deepEqual(
      preview.invoices.map(({ total, issuedAt }: { total: number; issuedAt: string }) => [
        total,
        issuedAt.slice(0, 10),
      ]),
      made.map(({ total, issuedAt }) => [total, issuedAt.slice(0, 10)]),
    )
    await everythingHolds(server)
  }
})

test('what still cannot be billed ends all the same, is charged nothing for it, and keeps no half of the try', async () => {
  const { live, liveEnvironmentId } = await newTenant(server)
  const id = await setAside(live, liveEnvironmentId, {})
  const told = await eventsOf(server, id)
  server.clock.set('2025-07-10T08:00:00Z')
  const canceled = await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  assert.deepEqual([canceled.status, canceled.currentPeriodEnd], ['CANCELED', '2025-07-01T00:00:00.000Z'])
  assert.deepEqual(await eventsOf(server, id), [...told, 'subscription.canceled'])
  await setTrouble(liveEnvironmentId, false)
  await moveTo(server, '2025-09-01T00:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [3000])
  await everythingHolds(server)
})

test('what was set aside is billed by the next call that changes it, where it can be', async () => {
  const { live, liveEnvironmentId } = await newTenant(server)
  const id = await setAside(live, liveEnvironmentId, {})
  server.clock.set('2025-07-10T08:00:00Z')
  const refused = await live('PATCH', `/subscriptions/${id}`, { quantity: 2 })
  assert.deepEqual([refused.status, refused.body.code], [409, 'subscription_behind'])
  await setTrouble(liveEnvironmentId, false)
  assert.equal((await live('PATCH', `/subscriptions/${id}`, { quantity: 2 })).status, 200)
  assert.deepEqual(await totalsOf(live, id), [3000, 3000, 2129], '22 days of 31')
  assert.equal((await get(live, `/subscriptions/${id}`)).status, 'ACTIVE')
  await runBilling(server)
  assert.equal((await invoicesOf(live, id)).length, 3)
  await everythingHolds(server)
})

test('what ended a process is not tried in passing: it could end the next one', async () => {
  const { live, liveEnvironmentId } = await newTenant(server)
  const id = await setAside(live, liveEnvironmentId, inArrears)
  await setTrouble(liveEnvironmentId, false)
  await asOwner(server, 'update subscriptions set parked_reason = $2 where id = $1', [
    stored(id),
    'a process ended while it was billing this',
  ])
  server.clock.set('2025-07-10T08:00:00Z')
  assert.equal((await act(live, `/subscriptions/${id}/cancel`, cancelNow)).status, 'CANCELED')
  assert.deepEqual(await totalsOf(live, id), [])
})

test('what fails while an invoice is drawn up leaves no invoice and no part of one, is seen, and is whole when it is tried again', async () => {
  const { live, liveEnvironmentId } = await newTenant(server)
  await moveTo(server, '2025-06-01T00:00:00Z')
  const { id } = await startLife(live, 3000)
  const told = await eventsOf(server, id)
  await setTrouble(liveEnvironmentId, true)
  await moveTo(server, '2025-07-01T00:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [3000])
  assert.deepEqual(await eventsOf(server, id), told)
  assert.ok(server.logged().includes(`"subscription":"${id}"`), 'it is in the log, by its id')
  await setTrouble(liveEnvironmentId, false)
  await moveTo(server, '2025-07-01T00:05:00Z')
  const [, second] = await invoicesOf(live, id)
  assert.deepEqual([second.total, second.issuedAt], [30, '2025-07-01T00:00:00.000Z'])
  await everythingHolds(server)
})
