import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, subscribe } from '../../billing-story.ts'
import { booked, creditNote, everythingHolds } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { collect, eventsOf, get, rows, stored, subscribed } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

const item = (unitAmount: number, description = 'Advice') => ({ description, quantity: 1, unitAmount })

/** An invoice by hand over these amounts, issued. */
async function issued(as: Caller, amounts: number[], customerId?: string) {
  const { status, body, text } = await as('POST', '/invoices', {
    customerId: customerId ?? (await newCustomer(as, { currency: 'KES' })).id,
    items: amounts.map((amount) => item(amount)),
    autoFinalize: true,
  })
  assert.equal(status, 201, text)
  return body
}

test('what a credit note does not settle is the customer’s balance and pays for the next invoices, oldest first', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await subscribed(server, as)
  const note = await creditNote(as, { invoiceId: invoice.id, amount: 40 })
  assert.deepEqual([note.settledAmount, note.balanceAmount], [0, 40])
  assert.deepEqual(await booked(server, note), { customer_credit: -4000, deferred_revenue: 4000 })
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 40)
  const more = await creditNote(as, { invoiceId: invoice.id, amount: 9.99 })

  const first = await issued(as, [25], customer.id)
  assert.deepEqual([first.status, first.amountCredited, first.amountDue], ['PAID', 25, 0])
  assert.deepEqual(await eventsOf(server, first), ['invoice.created', 'invoice.finalized', 'invoice.paid'])
  assert.equal((await get(as, `/payments?invoiceId=${first.id}`)).meta.total, 0)
  const second = await issued(as, [30], customer.id)
  assert.deepEqual([second.status, second.amountCredited, second.amountDue], ['PENDING', 24.99, 5.01])
  assert.deepEqual(await booked(server, second), { customer_credit: 2499, receivable: 501, revenue: -3000 })
  await collect(server)
  const [payment] = (await get(as, `/payments?invoiceId=${second.id}`)).data
  assert.equal(payment.amount, 5.01)
  assert.equal((await get(as, `/invoices/${second.id}`)).status, 'PAID')
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 0)
  const spent = await rows(
    server,
    `select source_id, left_minor::int as left, a.amount_minor::int as paid from customer_credits c
     join credit_applications a on a.environment_id = c.environment_id and a.credit_id = c.id
     where c.customer_id = $1 order by c.created_at, c.id, a.applied_at, a.invoice_id`,
    [stored(customer.id)],
  )
  assert.deepEqual(spent, [
    { source_id: stored(note.id), left: 0, paid: 2500 },
    { source_id: stored(note.id), left: 0, paid: 1500 },
    { source_id: stored(more.id), left: 0, paid: 999 },
  ])
})

test('a balance pays only in its own currency', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const dollars = await as('POST', '/invoices', {
    customerId,
    currency: 'USD',
    items: [item(10)],
    autoFinalize: true,
  })
  await as('POST', `/invoices/${dollars.body.id}/mark-paid`, {})
  await creditNote(as, { invoiceId: dollars.body.id, amount: 10 })
  assert.equal((await get(as, `/customers/${customerId}`)).balance, 0)
  assert.equal((await issued(as, [10], customerId)).amountDue, 10)
  const next = await as('POST', '/invoices', {
    customerId,
    currency: 'USD',
    items: [item(10)],
    autoFinalize: true,
  })
  assert.equal(next.body.status, 'PAID')
})

test('a customer that changes its currency has what it spent and has to its credit in that one', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const { body: dollars } = await as('POST', '/invoices', {
    customerId,
    currency: 'USD',
    items: [item(10)],
    autoFinalize: true,
  })
  await as('POST', `/invoices/${dollars.id}/mark-paid`, {})
  await creditNote(as, { invoiceId: dollars.id, amount: 6 })
  const changed = await as('PATCH', `/customers/${customerId}`, { currency: 'USD' })
  assert.deepEqual([changed.status, changed.body.totalSpent, changed.body.balance], [200, 10, 6])
  assert.deepEqual(await get(as, `/customers/${customerId}`), changed.body)
})

test('invoices that are issued at once share a balance, and spend it once', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await subscribed(server, as)
  await creditNote(as, { invoiceId: invoice.id, amount: 20 })
  await creditNote(as, { invoiceId: invoice.id, amount: 5 })
  const made = await Promise.all(Array.from({ length: 8 }, () => issued(as, [10], customer.id)))
  const credited = made.map(({ amountCredited }) => amountCredited).toSorted((a, b) => b - a)
  assert.deepEqual(credited, [10, 10, 5, 0, 0, 0, 0, 0])
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 0)
})

test('a void invoice gives the balance back that paid for it', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice: old } = await subscribed(server, as)
  await creditNote(as, { invoiceId: old.id, amount: 20 })
  const invoice = await issued(as, [100], customer.id)
  await as('POST', `/invoices/${invoice.id}/void`)
  const void1 = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([void1.status, void1.amountCredited], ['VOID', 0])
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 20)
  assert.deepEqual(await booked(server, invoice), {})
  assert.equal((await issued(as, [50], customer.id)).amountCredited, 20)
})

test('the renewal of a subscription is paid from the balance', async () => {
  server.clock.set('2026-03-01T09:00:00Z')
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await subscribed(server, as)
  await creditNote(as, { invoiceId: invoice.id, amount: 49.99 })
  const next = await subscribe(as, { customerId: customer.id })
  const [paid] = (await get(as, `/invoices?subscriptionId=${next.id}`)).data
  assert.deepEqual([paid.status, paid.amountCredited], ['PAID', 49.99])
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 0)
})

test('after all of this every promise holds', () => everythingHolds(server))
