import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventsOf, invoicesOf, newPlan, subscribe } from '../../billing-story.ts'
import { creditNote, everythingHolds, refused } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { act, balanceOf, creditsOf, moveTo, payAll, planOf, startLife, totalsOf } from '../../life-story.ts'
import { collect, get, payingCustomer, rows, stored } from '../../payment-story.ts'
import { verifyInvoice } from '../../../src/verify-invoice.ts'

const server = await startServer({ start: '2023-01-01T00:00:00Z' })

const at = (instant: string): void => server.clock.set(instant)

/** A change on a day of a period, as `[credit, charge]` in minor units. */
async function changed(from: string, on: string, oldMinor: number, newMinor: number) {
  at(`${from}T00:00:00Z`)
  const { live } = await newTenant(server)
  const { id } = await startLife(live, oldMinor)
  at(on.includes('T') ? on : `${on}T00:00:00Z`)
  await act(live, `/subscriptions/${id}/change-plan`, {
    newPlanId: (await planOf(live, newMinor)).id,
    effective: 'now',
  })
  const [credits, totals] = [await creditsOf(live, id), await totalsOf(live, id)]
  return [credits[0] ?? 0, totals[1]]
}

test('a change now credits the rest of the old plan and invoices that of the new one, by days (A01, A12, A13, A30)', async () => {
  assert.deepEqual(await changed('2025-06-01', '2025-06-16', 1000, 2000), [500, 1000])
  assert.deepEqual(await changed('2025-06-01', '2025-06-16', 10_000, 30_000), [5000, 15_000])
  assert.deepEqual(await changed('2025-06-01', '2025-06-11', 10_000, 30_000), [6667, 20_000])
  assert.deepEqual(await changed('2024-02-18', '2024-02-25', 10_000, 30_000), [7586, 22_759])
  assert.deepEqual(await changed('2017-02-01', '2017-02-15', 0, 2995), [0, 1498])
  // A33 sums to a net of 5.49, and so do our two documents: the credit note and the invoice are rounded each.
  assert.deepEqual(await changed('2025-03-01', '2025-03-15', 1000, 2000), [548, 1097])
})

test('a change there and back at the same instant nets to zero (A07)', async () => {
  at('2024-01-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, planId, customerId } = await startLife(live, 9900)
  await payAll(live, id)
  const other = await planOf(live, 3333)
  at('2024-01-16T10:00:00Z')
  for (const newPlanId of [other.id, planId, other.id, planId])
    await act(live, `/subscriptions/${id}/change-plan`, { newPlanId, effective: 'now' })
  const [credits, totals] = [await creditsOf(live, id), await totalsOf(live, id)]
  const sum = (parts: number[]): number => parts.reduce((total, part) => total + part, 0)
  assert.equal(sum(credits), sum(totals.slice(1)))
  assert.equal(await balanceOf(live, customerId), 0)
  for (const invoice of await invoicesOf(live, id)) assert.equal(invoice.status, 'PAID')
})

test('two upgrades on one day: the plan between lives no day (A03, A04)', async () => {
  at('2024-03-01T12:12:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 1000)
  at('2024-03-12T12:12:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 1500)).id })
  at('2024-03-12T13:12:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 1900)).id })
  assert.deepEqual(await totalsOf(live, id), [1000, 968, 1226])
  assert.deepEqual(await creditsOf(live, id), [645, 968])
})

test('a credit pays for the new plan at once, and the rest for the next periods (A29)', async () => {
  at('2012-05-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 59_995)
  await payAll(live, id)
  at('2012-05-07T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, {
    newPlanId: (await planOf(live, 995)).id,
    effective: 'now',
  })
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[59_995, 802], [48_383]])
  assert.equal(await balanceOf(live, customerId), 47_581)
  at('2012-05-08T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 2995)).id })
  assert.deepEqual((await totalsOf(live, id)).slice(2), [2319])
  assert.deepEqual(await creditsOf(live, id), [48_383, 770])
  assert.equal(await balanceOf(live, customerId), 47_581 - 1549)
  await moveTo(server, '2012-06-01T00:00:00Z')
  const june = (await invoicesOf(live, id)).at(-1)
  assert.deepEqual([june?.total, june?.status, june?.amountCredited], [29.95, 'PAID', 29.95])
})

test('a credit is never more than is left of the line (A28)', async () => {
  at('2012-05-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 24_995)
  await payAll(live, id)
  at('2012-05-02T00:00:00Z')
  const [invoice] = await invoicesOf(live, id)
  await creditNote(live, { invoiceId: invoice.id, amount: 10 })
  await act(live, `/subscriptions/${id}/change-plan`, {
    newPlanId: (await planOf(live, 995)).id,
    effective: 'now',
  })
  assert.deepEqual(await creditsOf(live, id), [1000, 23_995])
  assert.deepEqual(await totalsOf(live, id), [24_995, 963])
  assert.equal(await balanceOf(live, customerId), 1000 + 23_032)
})

test('what has not been paid is credited on its own invoice, and a payment not sent yet is lowered', async () => {
  at('2025-06-01T00:00:00Z')
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as)
  const { id } = await subscribe(
    as,
    { customerId: customer.id },
    { plan: { prices: [{ currency: 'KES', amount: 100 }] } },
  )
  at('2025-06-16T00:00:00Z')
  await act(as, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(as, 30_000)).id })
  const [old, rest] = await invoicesOf(as, id)
  assert.deepEqual([old.amountDue, old.amountCredited, rest.amountDue], [50, 50, 150])
  assert.equal(await balanceOf(as, customer.id), 0)
  await collect(server)
  const payments = (await get(as, `/payments?customerId=${customer.id}&status=SUCCEEDED`)).data
  assert.deepEqual(payments.map(({ amount }: { amount: number }) => amount).toSorted(), [150, 50])
})

test('a change of interval credits the rest and starts a whole period now (A16)', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 10_000)
  at('2025-06-16T08:30:00Z')
  const yearly = await planOf(live, 100_000, { billingInterval: 'YEARLY' })
  const after = await act(live, `/subscriptions/${id}/change-plan`, {
    newPlanId: yearly.id,
    effective: 'now',
  })
  assert.deepEqual(
    [after.planId, after.currentPeriodStart, after.currentPeriodEnd],
    [yearly.id, after.updatedAt, '2026-06-16T00:00:00.000Z'],
  )
  assert.deepEqual([await creditsOf(live, id), await totalsOf(live, id)], [[5000], [10_000, 100_000]])
  await moveTo(server, '2026-06-16T00:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [10_000, 100_000, 100_000])
  assert.deepEqual(await eventsOf(server, id), [
    'subscription.created',
    'subscription.plan_changed',
    'subscription.renewed',
  ])
})

test('interval changes there and back at one instant net to zero', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, planId, customerId } = await startLife(live, 10_000)
  await payAll(live, id)
  const yearly = await planOf(live, 100_000, { billingInterval: 'YEARLY' })
  for (const newPlanId of [yearly.id, planId])
    await act(live, `/subscriptions/${id}/change-plan`, { newPlanId, effective: 'now' })
  assert.deepEqual(
    [await creditsOf(live, id), await totalsOf(live, id)],
    [
      [10_000, 100_000],
      [10_000, 100_000, 10_000],
    ],
  )
  assert.equal(await balanceOf(live, customerId), 0)
  await moveTo(server, '2025-07-01T00:00:00Z')
  assert.equal((await totalsOf(live, id)).length, 4)
})

test('a change in a trial costs nothing, and a trial of the new plan counts from the first start (J02)', async () => {
  at('2024-03-05T12:12:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 5_000_000, { billingAnchor: 'CALENDAR', trialDays: 10 })
  at('2024-03-10T00:00:00Z')
  const dear = await planOf(live, 10_000_000, { trialDays: 13 })
  const after = await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: dear.id })
  assert.deepEqual([after.status, after.trialEnd.slice(0, 16)], ['TRIALING', '2024-03-18T12:12'])
  await moveTo(server, '2024-03-18T12:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [])
  await moveTo(server, '2024-03-18T13:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [4_516_129])
  await moveTo(server, '2024-04-01T00:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [4_516_129, 10_000_000])
})

test('a trial that the new plan does not have any more is over at once', async () => {
  at('2024-03-05T12:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 1000, { trialDays: 30 })
  at('2024-03-15T12:00:00Z')
  const short = await planOf(live, 2000, { trialDays: 5 })
  const after = await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: short.id })
  assert.deepEqual([after.status, after.currentPeriodStart], ['ACTIVE', after.trialEnd])
  assert.deepEqual(await totalsOf(live, id), [2000])
})

test('same plan, new price: a change moves it there', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const plan = await planOf(live, 3000)
  const { id } = await startLife(live, 1, { planId: plan.id })
  refused(await live('POST', `/subscriptions/${id}/change-plan`, { newPlanId: plan.id }), 'plan_unchanged')
  await live('PATCH', `/plans/${plan.id}/prices/${plan.prices[0]?.id}`, { amount: 60 })
  at('2025-06-16T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: plan.id })
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[3000, 3000], [1500]])
})

test('an end date cuts the rest that a change charges', async () => {
  at('2025-10-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3100, { endDate: '2025-10-16T12:00:00Z' })
  assert.deepEqual(await totalsOf(live, id), [1600])
  at('2025-10-10T09:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 6200)).id })
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[1600, 1400], [700]])
})

test('what a change issues explains itself, and is recomputed offline to the cent', async () => {
  at('2025-10-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3100, { customer: { timezone: 'America/New_York' } })
  at('2025-10-10T03:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, {
    newPlanId: (await planOf(live, 7777)).id,
    quantity: 3,
  })
  for (const invoice of await invoicesOf(live, id)) {
    const explained = await get(live, `/invoices/${invoice.id}/explain`)
    const { faults, totalMinor } = verifyInvoice(explained)
    assert.deepEqual([faults, Number(totalMinor)], [[], Math.round(invoice.total * 100)])
  }
})

test('changes of hours and days are counted in seconds', async () => {
  at('2025-10-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 2400, { plan: { billingInterval: 'DAILY' } })
  at('2025-10-01T06:00:00Z')
  const other = await planOf(live, 4800, { billingInterval: 'DAILY' })
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: other.id })
  const [credits, totals] = [await creditsOf(live, id), await totalsOf(live, id)]
  assert.deepEqual([credits, totals], [[1800], [2400, 3600]])
})

test('a subscription that was PAST_DUE only for what is credited is ACTIVE again', async () => {
  at('2025-06-01T00:00:00Z')
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as, 'sandbox_declined')
  const { id } = await subscribe(as, { customerId: customer.id })
  await collect(server)
  assert.equal((await get(as, `/subscriptions/${id}`)).status, 'PAST_DUE')
  const yearly = await newPlan(as, { billingInterval: 'YEARLY', prices: [{ currency: 'KES', amount: 500 }] })
  const after = await act(as, `/subscriptions/${id}/change-plan`, { newPlanId: yearly.id, effective: 'now' })
  const [old] = await invoicesOf(as, id)
  assert.deepEqual([old.status, old.amountCredited, after.status], ['PAID', 49.99, 'ACTIVE'])
})

test('a change that cannot be is refused by name, and leaves no trace', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const subscription = await startLife(live, 1000)
  const { id } = subscription
  const change = (newPlanId: string, body: object = {}) =>
    live('POST', `/subscriptions/${id}/change-plan`, { newPlanId, ...body })
  const dollars = await newPlan(live, { prices: [{ currency: 'USD', amount: 1 }] })
  const dead = await planOf(live, 500)
  await live('PATCH', `/plans/${dead.id}`, { isActive: false })
  const other = await planOf(live, 2000)
  refused(await change('plan_01m86rxvwee48t4trm428xyznt'), 'plan_not_found', 404)
  refused(await change(dollars.id), 'plan_has_no_price')
  refused(await change(dead.id), 'plan_inactive')
  refused(await change(subscription.planId), 'plan_unchanged')
  for (const quantity of [0, 1.5, 1_000_000_000])
    assert.equal((await change(other.id, { quantity })).status, 400, String(quantity))
  assert.deepEqual(await get(live, `/subscriptions/${id}`), subscription)

  await act(live, `/subscriptions/${id}/cancel`)
  refused(await change(other.id), 'subscription_canceling')
  await act(live, `/subscriptions/${id}/uncancel`)
  await act(live, `/subscriptions/${id}/pause`)
  refused(await change(other.id), 'subscription_paused')
  refused(await live('PATCH', `/subscriptions/${id}`, { quantity: 2 }), 'subscription_paused')
  await act(live, `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  refused(await change(other.id), 'subscription_already_canceled')
  assert.deepEqual(await totalsOf(live, id), [1000])
})

test('a subscription that could not be billed up to now is not changed; it can be canceled, with nothing to credit', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 1000)
  const other = await planOf(live, 2000)
  // A zone that no longer exists cannot be computed with.
  await rows(server, `update subscriptions set timezone = 'Mars/Olympus' where id = $1`, [stored(id)])
  await moveTo(server, '2025-07-02T00:00:00Z')
  refused(
    await live('POST', `/subscriptions/${id}/change-plan`, { newPlanId: other.id }),
    'subscription_behind',
  )
  refused(await live('POST', `/subscriptions/${id}/pause`), 'subscription_behind')
  refused(await live('PATCH', `/subscriptions/${id}`, { quantity: 2 }), 'subscription_behind')
  await act(live, `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[1000], []])
})

test('after all of this every promise holds', () => everythingHolds(server))
