import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'
import {
  collect,
  eventsOf,
  get,
  newMethod,
  rows,
  stored,
  subscribed,
  unpaidInvoice,
} from '../../payment-story.ts'

const server = await startServer()

test('an invoice that was paid elsewhere is PAID by hand, and its subscription ACTIVE again', async () => {
  const { test: as } = await newTenant(server)
  const { subscription, invoice } = await subscribed(server, as, 'sandbox_declined')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'PAST_DUE')
  const { status, body } = await as('POST', `/invoices/${invoice.id}/mark-paid`, {
    paymentMethod: 'BANK_TRANSFER',
    reference: 'BANK-77',
  })
  assert.equal(status, 200)
  assert.deepEqual([body.id, body.status, body.amountPaid, body.amountDue], [invoice.id, 'PAID', 49.99, 0])
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  const [payment] = (await get(as, `/payments?invoiceId=${invoice.id}&status=SUCCEEDED`)).data
  assert.deepEqual(
    [payment.provider, payment.method, payment.providerTransactionId, payment.amount],
    ['MANUAL', 'BANK_TRANSFER', 'BANK-77', 49.99],
  )
  assert.deepEqual((await eventsOf(server, payment, invoice, subscription)).slice(-3), [
    'payment.succeeded',
    'invoice.paid',
    'subscription.activated',
  ])
})

test('eight mark-paids at once: one effect, the rest 409', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await unpaidInvoice(as)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => as('POST', `/invoices/${invoice.id}/mark-paid`, {})),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409, 409, 409, 409, 409, 409, 409])
  assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 1)
  assert.equal((await get(as, `/customers/${customer.id}`)).totalSpent, 49.99)
})

test('a void invoice cannot be paid in any way', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await unpaidInvoice(as)
  await newMethod(as, customer.id)
  assert.equal((await as('POST', `/invoices/${invoice.id}/void`, {})).status, 200)
  for (const [path, body] of [
    [`/invoices/${invoice.id}/mark-paid`, {}],
    [`/invoices/${invoice.id}/pay`, {}],
    ['/payments', { invoiceId: invoice.id, amount: 1 }],
  ] as const) {
    const refused = await as('POST', path, body)
    assert.deepEqual([path, refused.status, refused.body.code], [path, 409, 'invoice_not_payable'])
  }
  assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 0)
})

test('while a provider is charging an invoice, nothing else can pay or void it', async () => {
  const { test: as } = await newTenant(server)
  const { invoice } = await subscribed(server, as, 'sandbox_pending')
  for (const [path, body] of [
    [`/invoices/${invoice.id}/mark-paid`, {}],
    [`/invoices/${invoice.id}/pay`, {}],
    ['/payments', { invoiceId: invoice.id }],
    [`/invoices/${invoice.id}/void`, {}],
  ] as const) {
    const refused = await as('POST', path, body)
    assert.deepEqual([path, refused.status, refused.body.code], [path, 409, 'payment_in_progress'])
  }
})

test('money cannot have come in the future', async () => {
  const { test: as } = await newTenant(server)
  const { invoice } = await unpaidInvoice(as)
  const { status, body } = await as('POST', `/invoices/${invoice.id}/mark-paid`, {
    paidAt: '2150-01-01T00:00:00Z',
  })
  assert.deepEqual([status, body.errors], [400, [{ path: 'paidAt', message: 'must not be in the future' }]])
})

test('an invoice is paid in parts: PAID with the last, and never more than is due', async () => {
  const { test: as } = await newTenant(server)
  const { invoice } = await unpaidInvoice(as)
  const pay = (amount?: number) =>
    as('POST', '/payments', {
      invoiceId: invoice.id,
      method: 'CASH',
      ...(amount === undefined ? {} : { amount }),
    })
  const first = await pay(20)
  assert.deepEqual([first.status, first.body.status, first.body.amount], [201, 'SUCCEEDED', 20])
  const partly = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([partly.status, partly.amountPaid, partly.amountDue], ['PENDING', 20, 29.99])
  const tooMuch = await pay(30)
  assert.deepEqual([tooMuch.status, tooMuch.body.code], [409, 'payment_exceeds_invoice'])
  assert.deepEqual((await pay()).body.amount, 29.99)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  const [sums] = await rows(
    server,
    `select sum(amount_minor) filter (where account = 'receivable')::int as receivable,
       sum(amount_minor) filter (where account = 'cash:MANUAL')::int as cash
     from ledger_entries where environment_id = (select environment_id from invoices where id = $1)`,
    [stored(invoice.id)],
  )
  assert.deepEqual(sums, { receivable: 0, cash: 4999 })
})

test('a declined invoice is collected with another method, and the subscription is ACTIVE again', async () => {
  const { test: as } = await newTenant(server)
  const { customer, subscription, invoice } = await subscribed(server, as, 'sandbox_declined')
  const good = await newMethod(as, customer.id)
  const again = await as('POST', `/invoices/${invoice.id}/pay`, {})
  assert.deepEqual([again.status, again.body.status], [201, 'PENDING'])
  await collect(server)
  assert.equal(
    (await get(as, `/invoices/${invoice.id}`)).status,
    'FAILED',
    'the default is still the declined one',
  )
  const paid = await as('POST', `/invoices/${invoice.id}/pay`, { paymentMethodId: good.id })
  assert.equal(paid.body.paymentMethodId, good.id)
  await collect(server)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  const attempts = (await get(as, `/payments?invoiceId=${invoice.id}`)).data
  assert.deepEqual(
    attempts.map((one: { status: string }) => one.status),
    ['SUCCEEDED', 'FAILED', 'FAILED'],
  )
  assert.deepEqual(
    (await eventsOf(server, invoice, subscription)).filter((type) =>
      /past_due|payment_failed|activated|paid/.test(type),
    ),
    ['invoice.payment_failed', 'subscription.past_due', 'invoice.paid', 'subscription.activated'],
  )
})

test('an invoice cannot be collected without a method, nor with that of another customer', async () => {
  const { test: as } = await newTenant(server)
  const { invoice } = await unpaidInvoice(as)
  const none = await as('POST', `/invoices/${invoice.id}/pay`, {})
  assert.deepEqual([none.status, none.body.code], [409, 'no_payment_method'])
  const { customer } = await unpaidInvoice(as)
  const other = await newMethod(as, customer.id)
  const foreign = await as('POST', `/invoices/${invoice.id}/pay`, { paymentMethodId: other.id })
  assert.deepEqual([foreign.status, foreign.body.code], [404, 'payment_method_not_found'])
})

test('eight tries to collect at once make one payment', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await unpaidInvoice(as)
  await newMethod(as, customer.id)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => as('POST', `/invoices/${invoice.id}/pay`, {})),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 409, 409, 409, 409, 409, 409, 409])
  await collect(server)
  assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 1)
})

test('payments are found by invoice, customer, provider, status and day', async () => {
  const { test: as } = await newTenant(server, { timezone: 'Africa/Nairobi' })
  const { customer, payment, invoice } = await subscribed(server, as)
  const { invoice: other } = await unpaidInvoice(as)
  await as('POST', '/payments', { invoiceId: other.id, paidAt: '2026-03-01T20:30:00Z' })
  const ids = async (query: string) =>
    (await get(as, `/payments?${query}`)).data.map((one: { id: string }) => one.id)
  assert.equal((await ids('')).length, 2)
  assert.deepEqual(await ids(`invoiceId=${invoice.id}`), [payment.id])
  assert.deepEqual(await ids(`customerId=${customer.id}`), [payment.id])
  assert.deepEqual(await ids('provider=SANDBOX'), [payment.id])
  assert.deepEqual(await ids('status=FAILED'), [])
  assert.equal((await ids('provider=MANUAL&status=SUCCEEDED')).length, 1)
  // 20:30 UTC is 23:30 in Nairobi: the first of March, which is inclusive on both sides.
  assert.equal((await ids('dateFrom=2026-03-01&dateTo=2026-03-01')).length, 1)
  assert.equal((await ids('dateFrom=2026-03-02&dateTo=2026-03-02')).length, 0)
  assert.equal((await as('GET', '/payments?dateFrom=2026-03-02&dateTo=2026-03-01')).status, 400)
  assert.deepEqual((await get(as, `/customers/${customer.id}/payments`)).data, [
    await get(as, `/payments/${payment.id}`),
  ])
})
