import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recogniseEnvironment } from '../../../src/slices/recognition/index.ts'
import { asOwner, invoicesOf, subscribe } from '../../billing-story.ts'
import { booked, creditNote, everythingHolds } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { act, balanceOf, creditsOf, moveTo, payAll, planOf, startLife, totalsOf } from '../../life-story.ts'
import { eventsOf, get, stored } from '../../payment-story.ts'

const server = await startServer({ start: '2023-01-01T00:00:00Z' })
const at = (instant: string): void => server.clock.set(instant)
const cancelNow = { cancelAt: 'now' }

test('a cancellation now credits what is left from the next day on; the day of it stays billed (A25, A26, G07, G09)', async () => {
  for (const [from, to, minor, plan, anchor, charged, credited] of [
    ['2024-02-01T03:00:00Z', '2024-02-01T18:00:00Z', 2900, 'MONTHLY', 'ANNIVERSARY', 2900, 2800],
    ['2023-02-08T00:00:00Z', '2023-02-08T12:00:00Z', 5000, 'MONTHLY', 'CALENDAR', 3750, 3571],
    ['2025-09-18T00:00:00Z', '2025-09-18T12:00:00Z', 20_000, 'MONTHLY', 'ANNIVERSARY', 20_000, 19_333],
    ['2025-10-06T00:00:00Z', '2025-10-06T12:00:00Z', 2999, 'WEEKLY', 'ANNIVERSARY', 2999, 2571],
  ] as const) {
    at(from)
    const { live } = await newTenant(server)
    const { id } = await startLife(live, minor, { plan: { billingInterval: plan }, billingAnchor: anchor })
    at(to)
    const ended = await act(live, `/subscriptions/${id}/cancel`, cancelNow)
    assert.equal(ended.status, 'CANCELED')
    assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[charged], [credited]], from)
  }
})

test('what was paid becomes the balance, what was not is not owed any more', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const [paid, owed] = [await startLife(live, 3000), await startLife(live, 3000)]
  await payAll(live, paid.id)
  at('2025-06-10T08:00:00Z')
  for (const { id } of [paid, owed]) await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  assert.equal(await balanceOf(live, paid.customerId), 2000)
  const [note] = (await get(live, `/credit-notes?subscriptionId=${paid.id}`)).data
  assert.deepEqual(
    [note.reason, note.items[0].periodStart, note.items[0].periodEnd],
    ['ORDER_CHANGE', '2025-06-11T00:00:00.000Z', '2025-07-01T00:00:00.000Z'],
  )
  assert.deepEqual(await booked(server, note), { customer_credit: -2000, deferred_revenue: 2000 })
  const [invoice] = await invoicesOf(live, owed.id)
  assert.deepEqual([invoice.status, invoice.amountCredited, invoice.amountDue], ['PENDING', 20, 10])
  assert.equal(await balanceOf(live, owed.customerId), 0)
  assert.deepEqual((await eventsOf(server, paid, note)).slice(-2), [
    'subscription.canceled',
    'credit_note.finalized',
  ])
})

test('the last day of a period, a trial and a cancellation at the period’s end leave nothing to credit', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const [last, trial, later] = [
    await startLife(live, 3000),
    await startLife(live, 3000, { trialDays: 40 }),
    await startLife(live, 3000),
  ]
  await act(live, `/subscriptions/${later.id}/cancel`)
  at('2025-06-30T23:00:00Z')
  for (const { id } of [last, trial]) await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  await moveTo(server, '2025-08-01T00:00:00Z')
  assert.equal((await get(live, '/credit-notes')).meta.total, 0)
  assert.deepEqual(await totalsOf(live, last.id), [3000])
})

test('a day is one of the customer’s own zone', async () => {
  for (const [timezone, credited] of [
    ['America/New_York', 2100],
    ['Africa/Nairobi', 2000],
  ] as const) {
    at('2025-06-01T12:00:00Z')
    const { live } = await newTenant(server)
    const { id } = await startLife(live, 3000, { customer: { timezone } })
    // The evening of 9 June in New York, and 10 June already in Nairobi.
    at('2025-06-10T02:00:00Z')
    await act(live, `/subscriptions/${id}/cancel`, cancelNow)
    assert.deepEqual(await creditsOf(live, id), [credited], timezone)
  }
})

test('a quarter counts all its days, also where the subscription has changed into it within (A24)', async () => {
  at('2024-05-15T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 91_000, { plan: { billingInterval: 'QUARTERLY' } })
  at('2024-06-20T10:00:00Z')
  await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  const [[total], [credit]] = [await totalsOf(live, id), await creditsOf(live, id)]
  // 37 of 92 days stay billed: 15 May to 20 June. A24 has 32 of 91 from another anchor, in arrears.
  assert.equal((total ?? 0) - (credit ?? 0), 91_000 - Math.round((91_000 * 55) / 92))
})

test('an end date that cut the period leaves less to credit', async () => {
  at('2025-10-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3100, { endDate: '2025-10-16T12:00:00Z' })
  at('2025-10-10T09:00:00Z')
  await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[1600], [600]])
})

test('a cancellation is credited no more than is left of what it charged', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000)
  await payAll(live, id)
  const [invoice] = await invoicesOf(live, id)
  const [payment] = (await get(live, `/payments?invoiceId=${invoice.id}`)).data
  await creditNote(live, { invoiceId: invoice.id, amount: 10 })
  await act(live, `/payments/${payment.id}/refund`, { amount: 15 })
  at('2025-06-10T08:00:00Z')
  await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  assert.deepEqual(await creditsOf(live, id), [1000, 500])
})

test('an invoice that was voided or given up has nothing to give back', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  for (const end of ['void', 'mark-uncollectible']) {
    const { id } = await startLife(live, 3000)
    const [invoice] = await invoicesOf(live, id)
    await act(live, `/invoices/${invoice.id}/${end}`)
    await act(live, `/subscriptions/${id}/cancel`, cancelNow)
    assert.deepEqual(await creditsOf(live, id), [], end)
  }
})

test('revenue that was deferred and is given back is never earned', async () => {
  at('2025-06-01T00:00:00Z')
  const { live, liveEnvironmentId } = await newTenant(server, { timezone: 'UTC' })
  const { id, customerId } = await startLife(live, 3000)
  await payAll(live, id)
  const account = async (name: string, asOf: string) => {
    const { currencies } = await get(live, `/ledger/trial-balance?asOf=${asOf}`)
    const row = currencies[0].accounts.find((one: { account: string }) => one.account === name)
    return row === undefined ? 0 : Math.round((row.credit - row.debit) * 100)
  }
  const recognise = () => recogniseEnvironment(server.deps, liveEnvironmentId, server.clock.now())
  at('2025-06-10T08:00:00Z')
  await recognise()
  await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  await everythingHolds(server)
  at('2025-07-05T00:00:00Z')
  await recognise()
  assert.equal(await account('revenue', '2025-06-10'), 1000)
  assert.equal(await account('revenue', '2025-07-04'), 1000)
  assert.equal(await account('deferred_revenue', '2025-07-04'), 0)
  assert.equal(await account('customer_credit', '2025-07-04'), 2000)

  // A goodwill credit takes back a part of what was earned, and a void of it gives that back.
  const again = await subscribe(live, { customerId, planId: (await planOf(live, 3000)).id })
  await payAll(live, again.id)
  at('2025-07-20T08:00:00Z')
  await recognise()
  const note = await creditNote(live, { invoiceId: (await invoicesOf(live, again.id))[0].id, amount: 6 })
  await recognise()
  await everythingHolds(server)
  at('2025-07-25T00:00:00Z')
  await recognise()
  await everythingHolds(server)
  await act(live, `/credit-notes/${note.id}/void`)
  await act(live, `/subscriptions/${again.id}/cancel`)
  at('2025-08-10T00:00:00Z')
  await moveTo(server, '2025-08-10T00:00:00Z')
  await recognise()
  assert.equal(await account('revenue', '2025-08-09'), 4000)
  assert.equal(await account('deferred_revenue', '2025-08-09'), 0)
})

test('after all of this every promise holds', () => everythingHolds(server))

test('one that is behind by more periods than are billed in one go pays for all of them before it ends', async () => {
  at('2025-01-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 100, { plan: { billingInterval: 'HOURLY' } })
  at('2025-01-18T00:30:00Z')
  await act(live, `/subscriptions/${id}/cancel`, cancelNow)
  const [row] = await asOwner<{ count: number }>(
    server,
    'select count(*)::integer as count from invoices where subscription_id = $1',
    [stored(id)],
  )
  assert.equal(row?.count, 17 * 24 + 1)
})
