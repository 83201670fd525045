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

test('numbers of 50 parallel creations are unique and without a gap', async () => {
  const { live, liveEnvironmentId } = await newTenant(server)
  const plan = await newPlan(live)
  const customers = await Promise.all(
    Array.from({ length: 50 }, () => newCustomer(live, { currency: 'KES' })),
  )
  await Promise.all(
    customers.map((customer) => subscribe(live, { customerId: customer.id, planId: plan.id })),
  )
  const rows = await asOwner<{ number: string }>(
    server,
    'select number from invoices where environment_id = $1 order by number',
    [liveEnvironmentId],
  )
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: 50 }, (_, index) => `INV-2026-${String(index + 1).padStart(6, '0')}`),
  )
})

test('a request that is refused takes no number', async () => {
  const { live } = await newTenant(server)
  const { customerId, planId } = await subscribe(live, { externalId: 'one' })
  const again = await live('POST', '/subscriptions', { customerId, planId, externalId: 'one' })
  assert.equal(again.status, 409)
  assert.equal(again.body.code, 'subscription_external_id_taken')
  const other = await subscribe(live, { customerId, planId })
  assert.equal((await invoicesOf(live, other.id))[0].number, 'INV-2026-000002')
})

test('amounts are exact to the last unit of each currency', async () => {
  const { live } = await newTenant(server)
  const prices = [
    { currency: 'UGX', amount: 180_000 },
    { currency: 'KES', amount: '1234.56' },
    { currency: 'USD', amount: 0.07 },
    { currency: 'XOF', amount: 9_007_199_254 },
    { currency: 'KWD', amount: 1.125 },
  ]
  const plan = await newPlan(live, { prices })
  for (const { currency, amount } of prices) {
    const subscription = await subscribe(live, { planId: plan.id, currency, quantity: 3 })
    const [invoice] = await invoicesOf(live, subscription.id)
    const units = Number(amount)
    assert.equal(invoice.total, Math.round(units * 3000) / 1000)
    assert.equal(invoice.items[0].amount, invoice.subtotal)
    assert.equal(invoice.items[0].unitAmount, units)
    assert.equal(invoice.amountDue, invoice.total)
  }
  const entries = await asOwner<{ currency: string; account: string; minor: string }>(
    server,
    `select currency, account, sum(amount_minor)::text as minor from ledger_entries e
     join environments v on v.id = e.environment_id where document_id in (select id from invoices where currency = any($1))
       and environment_id = (select environment_id from invoices where currency = 'KWD' limit 1)
     group by 1, 2 order by 1, 2`,
    [prices.map(({ currency }) => currency)],
  )
  assert.deepEqual(
    entries.filter(({ account }) => account === 'receivable').map(({ currency, minor }) => [currency, minor]),
    [
      ['KES', '370368'],
      ['KWD', '3375'],
      ['UGX', '540000'],
      ['USD', '21'],
      ['XOF', '27021597762'],
    ],
  )
})

test('an invoice over nothing is PAID at once and announced as paid once', async () => {
  const { live } = await newTenant(server)
  const subscription = await subscribe(live, {}, { plan: { prices: [{ currency: 'KES', amount: 0 }] } })
  const [invoice] = await invoicesOf(live, subscription.id)
  assert.equal(invoice.status, 'PAID')
  assert.equal(invoice.paidAt, invoice.issuedAt)
  assert.deepEqual(await eventsOf(server, invoice.id), [
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
  ])
})

test('an invoice keeps the names and addresses it was issued with', async () => {
  const { live, session } = await newTenant(server)
  await session('PATCH', '/tenants/me', {
    settings: { invoicePrefix: 'ACME', taxId: 'P0001', address: { city: 'Nairobi', country: 'KE' } },
  })
  const subscription = await subscribe(
    live,
    {},
    { customer: { name: 'Zawadi', taxId: 'X1', address: { line1: 'Moi Avenue 1' } } },
  )
  await live('PATCH', `/customers/${subscription.customerId}`, { name: 'Somebody else', address: null })
  await session('PATCH', '/tenants/me', { companyName: 'Another', settings: { taxId: null } })
  const [invoice] = await invoicesOf(live, subscription.id)
  assert.equal(invoice.number, 'ACME-2026-000001')
  assert.deepEqual(
    [invoice.billTo.name, invoice.billTo.taxId, invoice.billTo.address],
    ['Zawadi', 'X1', { line1: 'Moi Avenue 1' }],
  )
  assert.deepEqual(
    [invoice.from.name, invoice.from.taxId, invoice.from.address.city],
    ['Acme', 'P0001', 'Nairobi'],
  )
})

test('the terms of the customer go before those of the plan, the tenant, and 30 days', async () => {
  const { live, session } = await newTenant(server)
  const due = async (customer: object, plan: object): Promise<string> => {
    const subscription = await subscribe(live, {}, { customer, plan })
    return (await invoicesOf(live, subscription.id))[0].dueDate
  }
  assert.equal(await due({}, {}), '2026-02-09')
  await session('PATCH', '/tenants/me', { settings: { netPaymentTerms: 14 } })
  assert.equal(await due({}, {}), '2026-01-24')
  assert.equal(await due({}, { netPaymentTerms: 7 }), '2026-01-17')
  assert.equal(await due({ netPaymentTerms: 0 }, { netPaymentTerms: 7 }), '2026-01-10')
  // It is the eleventh already where this customer lives.
  server.clock.set('2026-01-10T22:30:00Z')
  assert.equal(await due({ netPaymentTerms: 0, timezone: 'Africa/Nairobi' }, {}), '2026-01-11')
})

test('a void invoice stays void, turns its booking round, and cannot be voided again', async () => {
  const { live } = await newTenant(server)
  const subscription = await subscribe(live)
  const [invoice] = await invoicesOf(live, subscription.id)
  const [first, second] = await Promise.all([1, 2].map(() => live('POST', `/invoices/${invoice.id}/void`)))
  assert.deepEqual([first?.status, second?.status].toSorted(), [200, 409])
  const { body } = await live('GET', `/invoices/${invoice.id}`)
  assert.equal(body.status, 'VOID')
  assert.equal(body.amountDue, 0)
  assert.notEqual(body.voidedAt, null)
  const sums = await asOwner<{ account: string; minor: string; count: string }>(
    server,
    `select account, sum(amount_minor)::text as minor, count(*)::text as count
     from ledger_entries where document_id = $1 group by account order by account`,
    [parseId('invoice', invoice.id)],
  )
  assert.deepEqual(sums, [
    { account: 'deferred_revenue', minor: '0', count: '2' },
    { account: 'receivable', minor: '0', count: '2' },
  ])
  assert.deepEqual(await eventsOf(server, invoice.id), [
    'invoice.created',
    'invoice.finalized',
    'invoice.voided',
  ])
})

test('lists filter by status, customer, subscription, days of issue, and what is overdue', async () => {
  server.clock.set('2026-03-31T22:30:00Z')
  const { live } = await newTenant(server, { timezone: 'Africa/Nairobi' })
  const a = await subscribe(live, {}, { customer: { netPaymentTerms: 0, timezone: 'Africa/Nairobi' } })
  server.clock.set('2026-04-02T08:00:00Z')
  const b = await subscribe(live)
  const [ofA] = await invoicesOf(live, a.id)
  const [ofB] = await invoicesOf(live, b.id)
  await live('POST', `/invoices/${ofB.id}/void`)
  const ids = async (query: string): Promise<string[]> => {
    const { status, body, text } = await live('GET', `/invoices?${query}`)
    assert.equal(status, 200, text)
    return body.data.map(({ id }: { id: string }) => id)
  }
  assert.deepEqual(await ids(''), [ofB.id, ofA.id])
  assert.deepEqual(await ids('status=VOID'), [ofB.id])
  assert.deepEqual(await ids(`customerId=${a.customerId}`), [ofA.id])
  assert.deepEqual(await ids(`subscriptionId=${b.id}`), [ofB.id])
  // 31 March 22:30 UTC is 1 April in Nairobi.
  assert.deepEqual(await ids('dateFrom=2026-04-01&dateTo=2026-04-01'), [ofA.id])
  assert.deepEqual(await ids('dateTo=2026-03-31'), [])
  assert.deepEqual(await ids('dateFrom=2026-04-02'), [ofB.id])
  // It was due on 1 April, a day that ends in Nairobi at 21:00 UTC.
  server.clock.set('2026-04-01T20:59:00Z')
  assert.deepEqual(await ids('overdue=true'), [])
  server.clock.set('2026-04-01T21:01:00Z')
  assert.deepEqual(await ids('overdue=true'), [ofA.id])
  assert.deepEqual(await ids('overdue=false'), [ofB.id])
  const nested = await live('GET', `/customers/${a.customerId}/invoices`)
  assert.deepEqual(
    nested.body.data.map(({ id }: { id: string }) => id),
    [ofA.id],
  )
  assert.equal((await live('GET', '/invoices?dateFrom=2026-02-30')).status, 400)
  assert.equal((await live('GET', '/invoices?customerId=cust_nobody')).status, 404)
})

test('another tenant’s objects answer exactly as those that do not exist', async () => {
  const [mine, theirs] = [await newTenant(server), await newTenant(server)]
  const subscription = await subscribe(theirs.live)
  const [invoice] = await invoicesOf(theirs.live, subscription.id)
  const pairs: [string, string, string][] = [
    ['GET', '/subscriptions/', subscription.id],
    ['GET', '/invoices/', invoice.id],
    ['GET', '/plans/', subscription.planId],
    ['GET', '/invoices?customerId=', subscription.customerId],
    ['GET', '/subscriptions?planId=', subscription.planId],
  ]
  for (const [method, path, id] of pairs) {
    const unknown = await mine.live(method, `${path}${id.slice(0, -4)}zzzz`)
    for (const key of [mine.live, theirs.test]) {
      const other = await key(method, `${path}${id}`)
      assert.equal(other.status, 404, path)
      assert.equal(other.text, unknown.text)
    }
  }
  for (const [method, path] of [
    ['POST', `/subscriptions/${subscription.id}/cancel`],
    ['PATCH', `/subscriptions/${subscription.id}`],
    ['POST', `/invoices/${invoice.id}/void`],
    ['DELETE', `/customers/${subscription.customerId}?cascade=true`],
    ['DELETE', `/plans/${subscription.planId}`],
  ] as const) {
    assert.equal((await mine.live(method, path)).status, 404, path)
  }
  const ownPlan = await newPlan(mine.live)
  const made = await mine.live('POST', '/subscriptions', {
    customerId: subscription.customerId,
    planId: ownPlan.id,
  })
  assert.equal(made.status, 404)
  assert.equal((await theirs.live('GET', `/subscriptions/${subscription.id}`)).body.status, 'ACTIVE')
  assert.equal((await theirs.live('GET', `/invoices/${invoice.id}`)).body.status, 'PENDING')
  await runBilling(server)
})
