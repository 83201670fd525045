import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseId } from '../../../src/ids.ts'
import { asOwner, eventsOf, newCustomer, subscribe } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { collect, get, newMethod, payingCustomer } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

const advice = { description: 'Advice', quantity: 2, unitAmount: 100 }

async function newDraft(as: Caller, body: object = {}) {
  const customerId = (await newCustomer(as, { currency: 'KES', timezone: 'Africa/Nairobi' })).id
  const {
    status,
    body: draft,
    text,
  } = await as('POST', '/invoices', { customerId, items: [advice], ...body })
  assert.equal(status, 201, text)
  return draft
}

async function post(as: Caller, path: string, body?: object) {
  const answer = await as('POST', path, body)
  assert.equal(answer.status, 200, answer.text)
  return answer.body
}

function refused(answer: { status: number; body: { code?: string }; text: string }, code: string) {
  assert.deepEqual([answer.status, answer.body?.code], [409, code], answer.text)
}

async function ledgerOf(id: string) {
  const rows = await asOwner<{ account: string; minor: string }>(
    server,
    `select account, amount_minor::text as minor from ledger_entries where document_id = $1
     order by occurred_at, transaction_id, account`,
    [parseId('invoice', id)],
  )
  return rows.map(({ account, minor }) => [account, minor])
}

test('a draft has no number, owes nothing in the books and is announced as created only', async () => {
  const { live } = await newTenant(server)
  const draft = await newDraft(live, { notes: 'For January', metadata: { job: 7 } })
  assert.deepEqual(
    [draft.status, draft.number, draft.issuedAt, draft.dueDate, draft.total, draft.notes],
    ['DRAFT', null, null, null, 200, 'For January'],
  )
  assert.deepEqual(draft.metadata, { job: 7 })
  assert.deepEqual(await get(live, `/invoices/${draft.id}`), draft)
  assert.deepEqual((await get(live, '/invoices?status=DRAFT')).data, [draft])
  assert.deepEqual(await ledgerOf(draft.id), [])
  assert.deepEqual(await eventsOf(server, draft.id), ['invoice.created'])
})

test('the exact total of fractional quantities is rounded once, and the lines sum to it', async () => {
  const { live } = await newTenant(server)
  const third = (quantity: number | string) => ({ description: 'A third', quantity, unitAmount: '1.00' })
  const draft = await newDraft(live, { items: [third(0.333), third('0.333'), third(0.334)] })
  assert.equal(draft.total, 1)
  assert.deepEqual(
    draft.items.map((item: { amount: number }) => item.amount),
    [0.33, 0.33, 0.34],
  )
  const half = await newDraft(live, { items: [{ description: 'Half', quantity: 1.5, unitAmount: 0.33 }] })
  assert.deepEqual([half.items[0].quantity, half.items[0].unitAmount, half.total], [1.5, 0.33, 0.5])
  const whole = await newDraft(live, {
    currency: 'UGX',
    items: [{ description: 'Grains', quantity: '0.000000000001', unitAmount: 500_000_000_000 }],
  })
  assert.equal(whole.total, 1)
})

test('quantities and prices that are no exact amounts are told, all at once', async () => {
  const { live } = await newTenant(server)
  const customerId = (await newCustomer(live, { currency: 'KES' })).id
  const item = (quantity: unknown, unitAmount: unknown) => ({ description: 'x', quantity, unitAmount })
  const { status, body } = await live('POST', '/invoices', {
    customerId,
    items: [
      item('0', 1),
      item('1e3', 1),
      item('-1', 1),
      item('1.0000000000001', 1),
      item('1', 0.001),
      item('1000000000', '99999999'),
      item('1.500', '1.50'),
    ],
  })
  assert.equal(status, 400)
  assert.deepEqual(body.errors.map(({ path }: { path: string }) => path).toSorted(), [
    'items[0].quantity',
    'items[1].quantity',
    'items[2].quantity',
    'items[3].quantity',
    'items[4].unitAmount',
    'items[5]',
  ])
  for (const items of [[], [item(0, 1)], [item(-1, 1)], [item(1, -1)], [item(null, 1)], [item(1e-7, 1)]]) {
    assert.equal((await live('POST', '/invoices', { customerId, items })).status, 400)
  }
  const most = { description: 'x', quantity: 1, unitAmount: '6000000000000' }
  const sum = await live('POST', '/invoices', { customerId, items: [most, most] })
  assert.equal(sum.status, 400)
  assert.equal(sum.body.errors[0].path, 'items')
})

test('a draft can be changed, items as a whole, until it is issued and never after', async () => {
  const { live } = await newTenant(server)
  const draft = await newDraft(live, { dueDate: '2026-02-01', notes: 'first' })
  const changed = await live('PATCH', `/invoices/${draft.id}`, {
    items: [
      { description: 'Other', quantity: 3, unitAmount: 10 },
      { description: 'More', quantity: 1, unitAmount: 5 },
    ],
    dueDate: null,
    notes: null,
  })
  assert.equal(changed.status, 200, changed.text)
  assert.deepEqual([changed.body.total, changed.body.dueDate, changed.body.notes], [35, null, null])
  assert.deepEqual(await get(live, `/invoices/${draft.id}`), changed.body)
  const kept = await live('PATCH', `/invoices/${draft.id}`, { notes: 'second' })
  assert.deepEqual([kept.body.notes, kept.body.items.length], ['second', 2])

  const issued = await post(live, `/invoices/${draft.id}/finalize`)
  refused(await live('PATCH', `/invoices/${draft.id}`, { notes: 'third' }), 'invoice_not_draft')
  refused(await live('POST', `/invoices/${draft.id}/finalize`), 'invoice_not_draft')
  refused(await live('DELETE', `/invoices/${draft.id}`), 'invoice_not_draft')
  assert.deepEqual(await get(live, `/invoices/${draft.id}`), issued)
  assert.deepEqual(await eventsOf(server, draft.id), [
    'invoice.created',
    'invoice.updated',
    'invoice.updated',
    'invoice.finalized',
  ])
})

test('an invoice gets its number, dates, names and revenue when it is finalized', async () => {
  const { live, session } = await newTenant(server)
  const { id: customerId } = await newCustomer(live, {
    currency: 'KES',
    name: 'Before',
    timezone: 'Africa/Nairobi',
    netPaymentTerms: 14,
  })
  const { body: draft } = await live('POST', '/invoices', { customerId, items: [advice] })
  await live('PATCH', `/customers/${customerId}`, { name: 'After' })
  await session('PATCH', '/tenants/me', { settings: { invoicePrefix: 'HAND' } })
  const now = server.clock.now().toString()
  server.clock.set('2026-12-31T21:30:00Z')
  const issued = await post(live, `/invoices/${draft.id}/finalize`)
  assert.deepEqual(
    [issued.number, issued.status, issued.billTo.name, issued.dueDate, issued.issuedAt.slice(0, 16)],
    ['HAND-2027-000001', 'PENDING', 'After', '2027-01-15', '2026-12-31T21:30'],
    'the year is that of the customer, where it is 2027 already',
  )
  assert.deepEqual(await ledgerOf(draft.id), [
    ['receivable', '20000'],
    ['revenue', '-20000'],
  ])
  server.clock.set(now)
})

test('drafts that are deleted, or fail to be finalized, leave no gap in the numbers', async () => {
  const { live } = await newTenant(server)
  const [gone, late, good] = [
    await newDraft(live),
    await newDraft(live, { dueDate: '2026-01-10' }),
    await newDraft(live),
  ]
  assert.equal((await live('DELETE', `/invoices/${gone.id}`)).status, 204)
  assert.equal((await live('GET', `/invoices/${gone.id}`)).status, 404)
  assert.equal((await live('POST', `/invoices/${gone.id}/finalize`)).status, 404)
  assert.deepEqual(await eventsOf(server, gone.id), ['invoice.created', 'invoice.deleted'])

  const now = server.clock.now().toString()
  server.clock.set('2026-01-10T21:00:00Z')
  refused(await live('POST', `/invoices/${late.id}/finalize`), 'invoice_due_date_passed')
  const past = await live('PATCH', `/invoices/${late.id}`, { dueDate: '2026-01-10' })
  assert.equal(past.status, 400)
  assert.equal((await post(live, `/invoices/${good.id}/finalize`)).number, 'INV-2026-000001')
  await live('PATCH', `/invoices/${late.id}`, { dueDate: '2026-01-11' })
  assert.equal((await post(live, `/invoices/${late.id}/finalize`)).number, 'INV-2026-000002')
  server.clock.set(now)
})

test('eight parallel finalizations issue an invoice once', async () => {
  const { live } = await newTenant(server)
  const draft = await newDraft(live)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => live('POST', `/invoices/${draft.id}/finalize`)),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, ...Array(7).fill(409)])
  assert.equal((await newDraft(live, { autoFinalize: true })).number, 'INV-2026-000002')
  assert.deepEqual(await eventsOf(server, draft.id), ['invoice.created', 'invoice.finalized'])
})

test('changes and a finalization at once: what is issued is one of them, whole', async () => {
  const { live } = await newTenant(server)
  const draft = await newDraft(live)
  const prices = [1, 2, 3, 4, 5, 6]
  await Promise.all([
    ...prices.map((unitAmount) =>
      live('PATCH', `/invoices/${draft.id}`, {
        items: Array.from({ length: unitAmount }, () => ({ description: 'x', quantity: 1, unitAmount })),
      }),
    ),
    live('POST', `/invoices/${draft.id}/finalize`),
  ])
  const issued = await get(live, `/invoices/${draft.id}`)
  const sum = issued.items.reduce((total: number, { amount }: { amount: number }) => total + amount, 0)
  assert.equal(sum, issued.total)
  assert.deepEqual(await ledgerOf(draft.id), [
    ['receivable', String(issued.total * 100)],
    ['revenue', String(-issued.total * 100)],
  ])
})

test('a finalized invoice is charged to its customer; one over nothing is PAID at once', async () => {
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as)
  const { body: invoice } = await as('POST', '/invoices', {
    customerId: customer.id,
    items: [advice],
    autoFinalize: true,
  })
  assert.equal(invoice.status, 'PENDING')
  await collect(server)
  const paid = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([paid.status, paid.amountPaid], ['PAID', 200])
  const free = await newDraft(as, {
    items: [{ description: 'Gift', quantity: 1, unitAmount: 0 }],
    autoFinalize: true,
  })
  assert.deepEqual([free.status, free.paidAt], ['PAID', free.issuedAt])
  assert.deepEqual(await eventsOf(server, free.id), ['invoice.created', 'invoice.finalized', 'invoice.paid'])
})

test("an invoice for a subscription takes its currency, its method and its plan's terms, and no other customer's", async () => {
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as, 'sandbox_declined')
  const other = await newMethod(as, customer.id, 'sandbox_succeeds', { isDefault: false })
  const subscription = await subscribe(
    as,
    { customerId: customer.id, currency: 'USD', paymentMethodId: other.id },
    { plan: { prices: [{ currency: 'USD', amount: 3 }], netPaymentTerms: 5 } },
  )
  const body = { customerId: customer.id, subscriptionId: subscription.id, items: [advice] }
  const made = await as('POST', '/invoices', { ...body, autoFinalize: true })
  assert.deepEqual([made.body.currency, made.body.dueDate], ['USD', '2026-01-15'], made.text)
  await collect(server)
  assert.equal((await get(as, `/invoices/${made.body.id}`)).status, 'PAID')
  const { id: stranger } = await newCustomer(as)
  const refusal = await as('POST', '/invoices', { ...body, customerId: stranger })
  assert.deepEqual([refusal.status, refusal.body.code], [404, 'subscription_not_found'])
})

test("another tenant's customers, drafts and subscriptions do not exist", async () => {
  const [ours, theirs] = [await newTenant(server), await newTenant(server)]
  const draft = await newDraft(theirs.live)
  const subscription = await subscribe(theirs.live)
  const mine = await newCustomer(ours.live)
  for (const [method, path, body] of [
    ['POST', '/invoices', { customerId: draft.customerId, items: [advice] }],
    ['POST', '/invoices', { customerId: mine.id, subscriptionId: subscription.id, items: [advice] }],
    ['PATCH', `/invoices/${draft.id}`, { notes: 'x' }],
    ['DELETE', `/invoices/${draft.id}`, undefined],
    ['POST', `/invoices/${draft.id}/finalize`, undefined],
    ['POST', `/invoices/${draft.id}/mark-uncollectible`, undefined],
  ] as const) {
    assert.equal((await ours.live(method, path, body)).status, 404, `${method} ${path}`)
  }
  assert.deepEqual(await get(theirs.live, `/invoices/${draft.id}`), draft)
})

test('with its customer a draft vanishes, and what was issued stays; an archived customer gets no invoice', async () => {
  const { live } = await newTenant(server)
  const draft = await newDraft(live)
  const { body: issued } = await live('POST', '/invoices', {
    customerId: draft.customerId,
    items: [advice],
    autoFinalize: true,
  })
  assert.equal((await live('DELETE', `/customers/${draft.customerId}`)).status, 204)
  assert.equal((await live('GET', `/invoices/${draft.id}`)).status, 404)
  assert.equal((await get(live, `/invoices/${issued.id}`)).billTo.name, 'Wanjiku')
  refused(
    await live('POST', '/invoices', { customerId: draft.customerId, items: [advice] }),
    'customer_archived',
  )
})

test('the database itself refuses to remove an issued invoice or one of its lines', async () => {
  const { live } = await newTenant(server)
  const issued = await newDraft(live, { autoFinalize: true })
  const id = parseId('invoice', issued.id)
  await assert.rejects(
    asOwner(server, 'delete from invoice_lines where invoice_id = $1', [id]),
    /never removed/,
  )
  await assert.rejects(
    asOwner(server, 'delete from invoices where id = $1', [id]),
    /never removed|foreign key/,
  )
})

test('a draft is printed as one', async () => {
  const { live } = await newTenant(server)
  const draft = await newDraft(live)
  const { status, headers, text } = await live('GET', `/invoices/${draft.id}/pdf`)
  assert.equal(status, 200)
  assert.equal(headers.get('content-type'), 'application/pdf')
  assert.ok(text.startsWith('%PDF-'))
})
