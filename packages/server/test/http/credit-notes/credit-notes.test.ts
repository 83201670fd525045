import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer } from '../../billing-story.ts'
import { booked, creditNote, everythingHolds, refused } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import {
  bookOf,
  collect,
  eventsOf,
  get,
  newMethod,
  rows,
  stored,
  subscribed,
  unpaidInvoice,
} from '../../payment-story.ts'

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

test('a credit note of a line lowers what is owed on its invoice, is numbered, booked and announced', async () => {
  const { test: as } = await newTenant(server)
  const invoice = await issued(as, [100, 50])
  const note = await creditNote(as, {
    invoiceId: invoice.id,
    items: [{ lineId: invoice.items[0].id, amount: 30 }],
    reason: 'PRODUCT_UNSATISFACTORY',
  })
  assert.deepEqual(
    [note.number, note.status, note.reason, note.total, note.settledAmount, note.balanceAmount],
    ['CN-2026-000001', 'FINALIZED', 'PRODUCT_UNSATISFACTORY', 30, 30, 0],
  )
  assert.deepEqual(
    note.items.map((line: { lineId: string; amount: number }) => [line.lineId, line.amount]),
    [[invoice.items[0].id, 30]],
  )
  assert.match(note.id, /^cn_/)
  assert.equal(note.billTo.name, 'Wanjiku')
  const lowered = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([lowered.status, lowered.amountCredited, lowered.amountDue], ['PENDING', 30, 120])
  assert.deepEqual(await booked(server, note), { receivable: -3000, revenue: 3000 })
  assert.deepEqual(await eventsOf(server, note), ['credit_note.finalized'])
  assert.deepEqual(await get(as, `/credit-notes/${note.id}`), note)
  assert.deepEqual((await get(as, `/credit-notes?invoiceId=${invoice.id}&status=FINALIZED`)).data, [note])
  assert.deepEqual((await get(as, `/credit-notes?customerId=${invoice.customerId}`)).data, [note])
  assert.equal((await get(as, '/credit-notes?status=VOIDED')).meta.total, 0)
})

test('an invoice that a credit note settles is PAID, and its subscription is ACTIVE again', async () => {
  const { test: as } = await newTenant(server)
  const { subscription, invoice } = await subscribed(server, as, 'sandbox_declined')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'PAST_DUE')
  await creditNote(as, { invoiceId: invoice.id, amount: 49.99 })
  const settled = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([settled.status, settled.amountPaid, settled.amountCredited], ['PAID', 0, 49.99])
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  assert.deepEqual((await eventsOf(server, invoice, subscription)).slice(-2), [
    'invoice.paid',
    'subscription.activated',
  ])
})

test('a credit is never more than is left of the invoice and of each line', async () => {
  const { test: as } = await newTenant(server)
  const invoice = await issued(as, [100, 50])
  const [first, second] = invoice.items
  const credit = (body: object) =>
    as('POST', '/credit-notes', { invoiceId: invoice.id, reason: 'OTHER', ...body })
  refused(await credit({ amount: 150.01 }), 'credit_exceeds_invoice')
  refused(await credit({ items: [{ lineId: second.id, amount: 50.01 }] }), 'credit_exceeds_invoice')
  await creditNote(as, { invoiceId: invoice.id, items: [{ lineId: second.id, amount: 50 }] })
  refused(await credit({ items: [{ lineId: second.id, amount: 0.01 }] }), 'credit_exceeds_invoice')
  refused(await credit({ amount: 100.01 }), 'credit_exceeds_invoice')
  const rest = await creditNote(as, { invoiceId: invoice.id, amount: 100 })
  assert.deepEqual(
    rest.items.map((line: { lineId: string; amount: number }) => [line.lineId, line.amount]),
    [[first.id, 100]],
  )
  refused(await credit({ amount: 0.01 }), 'credit_exceeds_invoice')
  assert.equal((await get(as, `/credit-notes?invoiceId=${invoice.id}`)).meta.total, 2)
})

test('what was asked for wrongly is told, all at once', async () => {
  const { test: as } = await newTenant(server)
  const [invoice, other] = [await issued(as, [100]), await issued(as, [100])]
  const lineId = invoice.items[0].id
  const credit = async (body: object) => {
    const { status, body: problem } = await as('POST', '/credit-notes', {
      invoiceId: invoice.id,
      reason: 'OTHER',
      ...body,
    })
    assert.equal(status, 400)
    return problem.errors.map(({ path }: { path: string }) => path)
  }
  assert.deepEqual(await credit({}), ['amount'])
  assert.deepEqual(await credit({ amount: 1, items: [{ lineId, amount: 1 }] }), ['amount'])
  assert.deepEqual(await credit({ amount: 0 }), ['amount'])
  assert.deepEqual(await credit({ amount: 1.001 }), ['amount'])
  assert.deepEqual(
    await credit({
      items: [
        { lineId, amount: 0 },
        { lineId, amount: 1 },
        { lineId: other.items[0].id, amount: 1 },
      ],
    }),
    ['items[0].amount', 'items[1].lineId', 'items[2].lineId'],
  )
  assert.deepEqual(await credit({ amount: 1, reason: 'WHIM' }), ['reason'])
})

test('only an issued invoice that is neither void nor given up can be credited', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  const { body: draft } = await as('POST', '/invoices', { customerId, items: [item(10)] })
  const [gone, lost] = [await issued(as, [10]), await issued(as, [10])]
  await as('POST', `/invoices/${gone.id}/void`)
  await as('POST', `/invoices/${lost.id}/mark-uncollectible`)
  for (const { id } of [draft, gone, lost]) {
    refused(
      await as('POST', '/credit-notes', { invoiceId: id, amount: 1, reason: 'OTHER' }),
      'invoice_not_creditable',
    )
  }
})

test('eight parallel credit notes of one line: exactly as many as fit, and numbers without a gap (C13)', async () => {
  const { test: as } = await newTenant(server)
  const invoice = await issued(as, [100])
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      as('POST', '/credit-notes', {
        invoiceId: invoice.id,
        items: [{ lineId: invoice.items[0].id, amount: 30 }],
        reason: 'DUPLICATE',
      }),
    ),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 201, 201, 409, 409, 409, 409, 409])
  const notes = (await get(as, '/credit-notes')).data
  assert.deepEqual(notes.map(({ number }: { number: string }) => number).toSorted(), [
    'CN-2026-000001',
    'CN-2026-000002',
    'CN-2026-000003',
  ])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).amountDue, 10)
})

test('a payment that was not sent yet asks for what is left after a credit', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  await newMethod(as, customerId)
  const invoice = await issued(as, [100], customerId)
  await creditNote(as, { invoiceId: invoice.id, amount: 40 })
  await collect(server)
  const payments = (await get(as, `/payments?invoiceId=${invoice.id}`)).data
  assert.deepEqual(
    payments.map(({ status, amount }: { status: string; amount: number }) => [status, amount]).toSorted(),
    [
      ['FAILED', 100],
      ['SUCCEEDED', 60],
    ],
  )
  const paid = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([paid.status, paid.amountPaid, paid.amountCredited], ['PAID', 60, 40])
})

test('a payment under way that a credit overtakes is the customer’s credit, as far as it is too much', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  await newMethod(as, customerId, 'sandbox_pending')
  const invoice = await issued(as, [100], customerId)
  await collect(server)
  await creditNote(as, { invoiceId: invoice.id, amount: 40 })
  server.clock.advance({ minutes: 5 })
  await collect(server)
  const paid = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([paid.status, paid.amountPaid, paid.amountCredited], ['PAID', 60, 40])
  assert.equal((await get(as, `/customers/${customerId}`)).balance, 40)
  const [payment] = (await get(as, `/payments?invoiceId=${invoice.id}`)).data
  refused(await as('POST', `/payments/${payment.id}/refund`, { amount: 60.01 }), 'refund_exceeds_payment')
  await as('POST', `/payments/${payment.id}/refund`, {})
  server.clock.advance({ minutes: 5 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).refundedAmount, 60)
  assert.equal((await get(as, `/customers/${customerId}`)).balance, 40)
})

test('a refund gives back what was paid with money, and what came from the balance goes back there (G12)', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice: old } = await subscribed(server, as)
  await creditNote(as, { invoiceId: old.id, amount: 20 })
  const invoice = await issued(as, [100], customer.id)
  await collect(server)
  const [payment] = (await get(as, `/payments?invoiceId=${invoice.id}`)).data
  assert.equal(payment.amount, 80)
  const note = await creditNote(as, { invoiceId: invoice.id, amount: 100, refund: true })
  assert.deepEqual([note.refundAmount, note.balanceAmount], [80, 20])
  await collect(server)
  const refunded = await get(as, `/payments/${payment.id}`)
  assert.deepEqual([refunded.status, refunded.refundedAmount], ['REFUNDED', 80])
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 20)
  const [refund] = refunded.refunds
  assert.deepEqual(await booked(server, refund), { 'cash:SANDBOX': -8000, customer_credit: 8000 })
  assert.deepEqual(
    (await bookOf(server, refund)).map(({ kind, amount }) => [kind, amount]),
    [['REFUND', 8000]],
  )
  refused(await as('POST', `/credit-notes/${note.id}/void`), 'credit_note_not_voidable')
})

test('money that was refunded cannot be credited, nor credit be refunded', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice, payment } = await subscribed(server, as)
  await as('POST', `/payments/${payment.id}/refund`, { amount: 30 })
  const credit = (amount: number) =>
    as('POST', '/credit-notes', { invoiceId: invoice.id, amount, reason: 'OTHER' })
  refused(await credit(20), 'credit_exceeds_invoice')
  assert.equal((await credit(10)).status, 201)
  refused(await as('POST', `/payments/${payment.id}/refund`, { amount: 10 }), 'refund_exceeds_payment')
  const rest = await as('POST', `/payments/${payment.id}/refund`, {})
  assert.equal(rest.body.refundedAmount, 39.99)
  refused(await credit(0.01), 'credit_exceeds_invoice')
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 10)
})

test('a credit note whose credit is unspent can be taken back, once; what was spent stays', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await subscribed(server, as)
  const note = await creditNote(as, { invoiceId: invoice.id, amount: 30 })
  const voided = await as('POST', `/credit-notes/${note.id}/void`)
  assert.deepEqual([voided.status, voided.body.status], [200, 'VOIDED'])
  assert.equal((await get(as, `/customers/${customer.id}`)).balance, 0)
  assert.deepEqual(await booked(server, note), {})
  assert.deepEqual(await eventsOf(server, note), ['credit_note.finalized', 'credit_note.voided'])
  refused(await as('POST', `/credit-notes/${note.id}/void`), 'credit_note_not_voidable')

  const again = await creditNote(as, { invoiceId: invoice.id, amount: 49.99 })
  await issued(as, [1], customer.id)
  refused(await as('POST', `/credit-notes/${again.id}/void`), 'credit_note_not_voidable')
})

test('a void of a credit note makes its invoice owed again, unless that is settled', async () => {
  const { test: as } = await newTenant(server)
  const { invoice } = await unpaidInvoice(as)
  const note = await creditNote(as, { invoiceId: invoice.id, amount: 9.99 })
  refused(await as('POST', `/invoices/${invoice.id}/void`), 'invoice_not_voidable')
  assert.equal((await as('POST', `/credit-notes/${note.id}/void`)).status, 200)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).amountDue, 49.99)
  const whole = await creditNote(as, { invoiceId: invoice.id, amount: 49.99 })
  refused(await as('POST', `/credit-notes/${whole.id}/void`), 'credit_note_not_voidable')
})

test('a customer that is archived with its subscriptions has the rest of credited invoices credited', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice } = await unpaidInvoice(as)
  await creditNote(as, { invoiceId: invoice.id, amount: 9.99 })
  assert.equal((await as('DELETE', `/customers/${customer.id}?cascade=true`)).status, 204)
  const settled = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([settled.status, settled.amountCredited], ['PAID', 49.99])
})

test("another tenant's invoices and credit notes do not exist", async () => {
  const [ours, theirs] = [await newTenant(server), await newTenant(server)]
  const invoice = await issued(theirs.test, [10])
  const note = await creditNote(theirs.test, { invoiceId: invoice.id, amount: 1 })
  for (const [method, path, body] of [
    ['POST', '/credit-notes', { invoiceId: invoice.id, amount: 1, reason: 'OTHER' }],
    ['GET', `/credit-notes/${note.id}`, undefined],
    ['POST', `/credit-notes/${note.id}/void`, undefined],
    ['GET', `/credit-notes?invoiceId=${invoice.id}`, undefined],
  ] as const) {
    assert.equal((await ours.test(method, path, body)).status, 404, path)
  }
  assert.deepEqual(await get(theirs.test, `/credit-notes/${note.id}`), note)
})

test('the database itself refuses to change a finalized credit note, or to remove it', async () => {
  const { test: as } = await newTenant(server)
  const note = await creditNote(as, { invoiceId: (await issued(as, [10])).id, amount: 1 })
  await assert.rejects(
    rows(
      server,
      'update credit_notes set total_minor = 2, settled_minor = 2, subtotal_minor = 2 where id = $1',
      [stored(note.id)],
    ),
    /never changes/,
  )
  for (const table of ['credit_notes', 'credit_note_lines', 'customer_credits', 'credit_applications']) {
    const [can] = await rows(server, `select has_table_privilege('nova_api', '${table}', 'delete') as can`)
    assert.equal(can?.['can'], false, table)
  }
})

test('after all of this every promise holds', () => everythingHolds(server))
