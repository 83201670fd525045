import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseId } from '../../../src/ids.ts'
import { newTenant, startServer } from '../../harness.ts'
import {
  asOwner,
  eventsOf,
  invoicesOf,
  newCustomer,
  newPlan,
  runBilling,
  subscribe,
} from '../../billing-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

test('a customer with a subscription is not deleted, and nothing changes', async () => {
  const { live } = await newTenant(server)
  const { customerId, id } = await subscribe(live)
  const refused = await live('DELETE', `/customers/${customerId}`)
  assert.equal(refused.status, 409)
  assert.equal(refused.body.code, 'customer_in_use')
  assert.equal((await live('GET', `/subscriptions/${id}`)).body.status, 'ACTIVE')
})

test('a cascade ends subscriptions, voids unpaid invoices, erases the profile and keeps what was issued', async () => {
  const { live } = await newTenant(server)
  const customer = await newCustomer(live, {
    currency: 'KES',
    externalId: 'crm-7',
    taxId: 'T1',
    address: { city: 'Kisumu' },
    metadata: { note: 'personal' },
  })
  const plan = await newPlan(live)
  const [a, b] = [
    await subscribe(live, { customerId: customer.id, planId: plan.id }),
    await subscribe(live, { customerId: customer.id, planId: plan.id, trialDays: 5 }),
  ]
  assert.equal((await live('GET', `/customers/${customer.id}`)).body.activeSubscriptions, 2)
  assert.equal((await live('DELETE', `/customers/${customer.id}?cascade=true`)).status, 204)
  for (const { id } of [a, b])
    assert.equal((await live('GET', `/subscriptions/${id}`)).body.status, 'CANCELED')
  const [invoice] = await invoicesOf(live, a.id)
  assert.equal(invoice.status, 'VOID')
  assert.equal(invoice.billTo.name, 'Wanjiku')
  const { body } = await live('GET', `/customers/${customer.id}`)
  assert.deepEqual(
    [
      body.status,
      body.email,
      body.name,
      body.externalId,
      body.taxId,
      body.address,
      body.metadata,
      body.activeSubscriptions,
    ],
    ['ARCHIVED', null, null, null, null, null, {}, 0],
  )
  server.clock.advance({ months: 2 })
  await runBilling(server)
  assert.equal((await invoicesOf(live, a.id)).length, 1)
  assert.deepEqual((await eventsOf(server, customer.id)).at(-1), 'customer.archived')
  assert.equal((await live('DELETE', `/customers/${customer.id}`)).status, 409)
  const refused = await live('POST', '/subscriptions', { customerId: customer.id, planId: plan.id })
  assert.equal(refused.body.code, 'customer_archived')
  server.clock.set('2026-01-10T09:00:00Z')
})

test('its e-mail and externalId can be used again after the deletion', async () => {
  const { live } = await newTenant(server)
  const profile = { email: 'again@example.com', externalId: 'again' }
  const { id } = await newCustomer(live, profile)
  assert.equal((await live('DELETE', `/customers/${id}`)).status, 204)
  await newCustomer(live, profile)
})

test('a deletion and eight subscriptions at once leave no subscription of an archived customer', async () => {
  const { live } = await newTenant(server)
  const plan = await newPlan(live)
  const { id } = await newCustomer(live, { currency: 'KES' })
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, () => live('POST', '/subscriptions', { customerId: id, planId: plan.id })),
    live('DELETE', `/customers/${id}?cascade=true`),
  ])
  for (const { status, text } of answers) assert.ok([201, 204, 409].includes(status), text)
  const open = await asOwner(
    server,
    `select 1 from subscriptions s join customers c using (environment_id) where c.id = s.customer_id and c.id = $1
       and c.status = 'ARCHIVED' and s.status <> 'CANCELED'`,
    [parseId('customer', id)],
  )
  assert.deepEqual(open, [])
})

test('the count of active subscriptions is that of the subscriptions that are not canceled', async () => {
  const { live } = await newTenant(server)
  const customer = await newCustomer(live, { currency: 'KES' })
  const plan = await newPlan(live)
  const all = await Promise.all(
    Array.from({ length: 6 }, () => subscribe(live, { customerId: customer.id, planId: plan.id })),
  )
  await Promise.all([
    live('POST', `/subscriptions/${all[0].id}/cancel`, { cancelAt: 'now' }),
    live('POST', `/subscriptions/${all[0].id}/cancel`, { cancelAt: 'now' }),
    live('POST', `/subscriptions/${all[1].id}/cancel`, { cancelAt: 'now' }),
    live('POST', `/subscriptions/${all[2].id}/cancel`),
  ])
  assert.equal((await live('GET', `/customers/${customer.id}`)).body.activeSubscriptions, 4)
  const list = await live('GET', `/customers/${customer.id}/subscriptions?status=CANCELED`)
  assert.equal(list.body.meta.total, 2)
})

test('what a subscription may not be is refused with its reason', async () => {
  const { live } = await newTenant(server)
  const customer = await newCustomer(live, { currency: 'KES' })
  const plan = await newPlan(live)
  const refused = async (body: object): Promise<[number, string]> => {
    const answer = await live('POST', '/subscriptions', { customerId: customer.id, planId: plan.id, ...body })
    return [
      answer.status,
      answer.body.code === 'invalid_request'
        ? answer.body.errors.map((fault: { path: string }) => fault.path).join()
        : answer.body.code,
    ]
  }
  assert.deepEqual(await refused({ currency: 'USD' }), [409, 'plan_has_no_price'])
  assert.deepEqual(await refused({ customerId: 'cust_no' }), [404, 'customer_not_found'])
  assert.deepEqual(await refused({ planId: 'plan_no' }), [404, 'plan_not_found'])
  assert.deepEqual(await refused({ paymentMethodId: 'pm_no' }), [404, 'payment_method_not_found'])
  assert.deepEqual(await refused({ quantity: 0, trialDays: 366 }), [400, 'quantity,trialDays'])
  assert.deepEqual(await refused({ startDate: 'tomorrow', endDate: '2026-02-30' }), [
    400,
    'startDate,endDate',
  ])
  assert.deepEqual(await refused({ startDate: '2026-03-01', endDate: '2026-02-01' }), [400, 'endDate'])
  assert.deepEqual(await refused({ couponCode: 'X' }), [404, 'coupon_not_found'])
  await live('PATCH', `/plans/${plan.id}`, { isActive: false })
  assert.deepEqual(await refused({}), [409, 'plan_inactive'])
  const dear = await newPlan(live, { prices: [{ currency: 'KES', amount: 9_999_999_999 }] })
  assert.deepEqual(await refused({ planId: dear.id, quantity: 1_000_000 }), [400, 'quantity'])
})

test('an update changes metadata and what it says, and not what it costs', async () => {
  const { live } = await newTenant(server)
  const { id } = await subscribe(live)
  const { body } = await live('PATCH', `/subscriptions/${id}`, { metadata: { seat: 'a' } })
  assert.deepEqual(body.metadata, { seat: 'a' })
  assert.equal((await invoicesOf(live, id)).length, 1)
  for (const quantity of [0, 1.5, 1_000_000_000, '2']) {
    const refused = await live('PATCH', `/subscriptions/${id}`, { quantity })
    assert.deepEqual([refused.status, refused.body.errors[0].path], [400, 'quantity'])
  }
})

test('a subscription keeps its price when the plan’s changes, and the plan cannot be deleted', async () => {
  const { live } = await newTenant(server)
  const plan = await newPlan(live)
  const old = await subscribe(live, { planId: plan.id })
  await live('PATCH', `/plans/${plan.id}/prices/${plan.prices[0]?.id}`, { amount: 99 })
  const young = await subscribe(live, { planId: plan.id })
  server.clock.set('2026-02-10T09:00:00Z')
  await runBilling(server)
  assert.deepEqual(
    (await invoicesOf(live, old.id)).map(({ total }) => total),
    [49.99, 49.99],
  )
  assert.deepEqual(
    (await invoicesOf(live, young.id)).map(({ total }) => total),
    [99, 99],
  )
  assert.equal((await live('DELETE', `/plans/${plan.id}`)).body.code, 'plan_in_use')
  server.clock.set('2026-01-10T09:00:00Z')
})

test('a creation that is repeated with its key bills once', async () => {
  const { live } = await newTenant(server)
  const customer = await newCustomer(live, { currency: 'KES' })
  const plan = await newPlan(live)
  const body = { customerId: customer.id, planId: plan.id }
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => live('POST', '/subscriptions', body, { 'idempotency-key': 'once' })),
  )
  const made = answers.filter(({ status }) => status === 201)
  assert.ok(made.length > 0)
  assert.equal(new Set(made.map(({ text }) => text)).size, 1)
  assert.equal((await live('GET', `/customers/${customer.id}/invoices`)).body.meta.total, 1)
})
