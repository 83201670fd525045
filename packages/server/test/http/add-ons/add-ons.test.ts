import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { invoicesOf, newCustomer } from '../../billing-story.ts'
import { booked, everythingHolds, refused } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, startLife } from '../../life-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

let made = 0

async function newAddOn(as: Caller, amount: number, body: object = {}) {
  const prices = [{ currency: 'KES', amount }]
  return act(as, '/add-ons', { name: 'Setup', code: `setup-${++made}`, prices, ...body }, 201)
}

const linesOf = (invoice: {
  items: { type: string; description: string; quantity: number; amount: number }[]
}) => invoice.items.map(({ type, description, quantity, amount }) => [type, description, quantity, amount])

test('an add-on is made, read, listed, changed and removed', async () => {
  const { test: as } = await newTenant(server)
  const addOn = await newAddOn(as, 25, { code: 'setup' })
  assert.match(addOn.id, /^addon_/)
  assert.deepEqual(addOn.prices, [{ currency: 'KES', amount: 25 }])
  const prices = [{ currency: 'KES', amount: 1 }]
  refused(await as('POST', '/add-ons', { name: 'x', code: 'setup', prices }), 'add_on_code_taken')
  const { body: twice } = await as('POST', '/add-ons', {
    name: 'x',
    code: 'x',
    prices: [...prices, { currency: 'KES', amount: 1.999 }],
  })
  assert.deepEqual(
    twice.errors.map(({ path }: { path: string }) => path),
    ['prices[1].currency', 'prices[1].amount'],
  )
  const { body: changed } = await as('PATCH', `/add-ons/${addOn.id}`, { prices, description: 'Once' })
  assert.deepEqual([changed.prices, changed.description], [prices, 'Once'])
  assert.deepEqual((await get(as, '/add-ons?code=setup')).data, [changed])
  assert.equal((await as('DELETE', `/add-ons/${addOn.id}`)).status, 204)
  refused(await as('GET', `/add-ons/${addOn.id}`), 'add_on_not_found', 404)
})

test('an add-on goes on the next invoice, once, as revenue of that day, and the invoice explains it', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-01-10T09:00:00Z')
  const subscription = await startLife(as, 10_000)
  const addOn = await newAddOn(as, 33.33)
  const target = { addOnId: addOn.id, customerId: subscription.customerId }
  const applied = await act(as, '/add-ons/apply', { ...target, quantity: 3 }, 201)
  await as('PATCH', `/add-ons/${addOn.id}`, { prices: [{ currency: 'KES', amount: 50 }] })
  const gone = await act(
    as,
    '/add-ons/apply',
    { ...target, subscriptionId: subscription.id, amount: '7.5' },
    201,
  )
  assert.deepEqual([applied.status, applied.unitAmount, gone.unitAmount], ['PENDING', 33.33, 7.5])
  assert.equal((await as('DELETE', `/add-ons/applied/${gone.id}`)).status, 204)
  refused(await as('DELETE', `/add-ons/applied/${gone.id}`), 'applied_add_on_not_found', 404)
  await moveTo(server, '2026-02-10T00:00:00Z')
  await moveTo(server, '2026-03-10T00:00:00Z')
  const [, next, after] = await invoicesOf(as, subscription.id)
  assert.deepEqual(linesOf(next), [
    ['PLAN', 'Pro', 1, 100],
    ['ADD_ON', 'Setup', 3, 99.99],
  ])
  assert.deepEqual([next.total, after.total], [199.99, 100])
  assert.deepEqual(await booked(server, next), {
    receivable: 19_999,
    deferred_revenue: -10_000,
    revenue: -9999,
  })
  assert.deepEqual(verifyInvoice(await get(as, `/invoices/${next.id}/explain`)).faults, [])
  const [, listed] = (await get(as, `/add-ons/applied/list?customerId=${subscription.customerId}`)).data
  assert.deepEqual([listed.id, listed.status, listed.invoiceId], [applied.id, 'INVOICED', next.id])
  refused(await as('DELETE', `/add-ons/applied/${applied.id}`), 'add_on_invoiced')
  refused(await as('DELETE', `/add-ons/${addOn.id}`), 'add_on_in_use')
  await everythingHolds(server)
})

test('an add-on is taxed and discounted as the invoice is, and a coupon for a plan leaves it alone', async () => {
  const { test: as } = await newTenant(server)
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 10, appliedByDefault: true }, 201)
  const subscription = await startLife(as, 10_000)
  const coupon = (body: object) =>
    act(as, '/coupons', { name: 'x', discountType: 'PERCENTAGE', duration: 'FOREVER', ...body }, 201)
  const all = await coupon({ code: 'ALL', discountValue: 50 })
  const plan = await coupon({ code: 'PLAN', discountValue: 20, appliesToPlanIds: [subscription.planId] })
  for (const { id: couponId } of [all, plan])
    await act(as, '/coupons/apply', { couponId, customerId: subscription.customerId }, 201)
  const addOn = await newAddOn(as, 40)
  await act(as, '/add-ons/apply', { addOnId: addOn.id, customerId: subscription.customerId }, 201)
  await moveTo(server, '2026-04-12T00:00:00Z')
  const [, next] = await invoicesOf(as, subscription.id)
  assert.deepEqual(
    next.items.map(({ discountAmount }: { discountAmount: number }) => discountAmount),
    [60, 20],
  )
  assert.deepEqual([next.subtotal, next.discountAmount, next.taxAmount, next.total], [140, 80, 6, 66])
  assert.deepEqual(verifyInvoice(await get(as, `/invoices/${next.id}/explain`)).faults, [])
  await everythingHolds(server)
})

test('an add-on can be invoiced at once; a void gives one that was on a period back to the next', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-05-10T09:00:00Z')
  const subscription = await startLife(as, 10_000)
  const addOn = await newAddOn(as, 25)
  const target = { addOnId: addOn.id, customerId: subscription.customerId }
  const now = await act(as, '/add-ons/apply', { ...target, invoiceNow: true, quantity: 2 }, 201)
  const own = await get(as, `/invoices/${now.invoiceId}`)
  assert.deepEqual([linesOf(own), own.status, own.total], [[['ADD_ON', 'Setup', 2, 50]], 'PENDING', 50])
  await act(as, `/invoices/${own.id}/void`)
  await act(as, '/add-ons/apply', target, 201)
  await moveTo(server, '2026-06-10T00:00:00Z')
  const [, next] = await invoicesOf(as, subscription.id)
  assert.equal(next.total, 125)
  await act(as, `/invoices/${next.id}/void`)
  await moveTo(server, '2026-07-10T00:00:00Z')
  assert.equal((await invoicesOf(as, subscription.id)).at(-1).total, 125)
  await everythingHolds(server)
})

test('an add-on without a price in the currency, of an archived customer or of another’s subscription is refused', async () => {
  const { test: as } = await newTenant(server)
  const addOn = await newAddOn(as, 25)
  const customer = await newCustomer(as, { currency: 'USD' })
  const subscription = await startLife(as, 10_000)
  const apply = (body: object) =>
    as('POST', '/add-ons/apply', { addOnId: addOn.id, customerId: customer.id, ...body })
  refused(await apply({}), 'add_on_has_no_price')
  refused(await apply({ subscriptionId: subscription.id }), 'subscription_not_found', 404)
  refused(
    await apply({ currency: 'KES', quantity: 1_000_000_000, amount: 9_999_999 }),
    'invalid_request',
    400,
  )
  refused(
    await apply({
      customerId: subscription.customerId,
      subscriptionId: subscription.id,
      currency: 'USD',
      amount: 1,
    }),
    'invalid_request',
    400,
  )
  await as('DELETE', `/customers/${customer.id}`)
  refused(await apply({ currency: 'KES' }), 'customer_archived')
})

test('a recurring add-on goes on the invoice of every period, not of a change, until it is removed', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-08-10T09:00:00Z')
  const subscription = await startLife(as, 10_000)
  const addOn = await newAddOn(as, 25)
  const target = { addOnId: addOn.id, customerId: subscription.customerId, recurring: true }
  for (const body of [target, { ...target, subscriptionId: subscription.id, invoiceNow: true }])
    refused(await as('POST', '/add-ons/apply', body), 'invalid_request', 400)
  const applied = await act(as, '/add-ons/apply', { ...target, subscriptionId: subscription.id }, 201)
  assert.deepEqual([applied.recurring, applied.recurringId, applied.status], [true, null, 'PENDING'])
  await as('PATCH', `/subscriptions/${subscription.id}`, { quantity: 2 })
  // Two periods that are billed in one pass have it each.
  await moveTo(server, '2026-10-11T00:00:00Z')
  const totals = async () => (await invoicesOf(as, subscription.id)).map(({ total }) => total)
  assert.deepEqual(await totals(), [100, 100, 225, 225])
  const [, , first] = await invoicesOf(as, subscription.id)
  assert.deepEqual(verifyInvoice(await get(as, `/invoices/${first.id}/explain`)).faults, [])
  const { data } = await get(as, `/add-ons/applied/list?customerId=${subscription.customerId}`)
  assert.deepEqual(
    data.map(({ status, recurringId }: { status: string; recurringId: string | null }) => [
      status,
      recurringId,
    ]),
    [
      ['INVOICED', applied.id],
      ['INVOICED', applied.id],
      ['PENDING', null],
    ],
  )
  await act(as, `/invoices/${first.id}/void`)
  await moveTo(server, '2026-11-11T00:00:00Z')
  assert.deepEqual((await totals()).at(-1), 225)
  assert.equal((await as('DELETE', `/add-ons/applied/${applied.id}`)).status, 204)
  await moveTo(server, '2026-12-11T00:00:00Z')
  assert.deepEqual((await totals()).at(-1), 200)
  await everythingHolds(server)
})
