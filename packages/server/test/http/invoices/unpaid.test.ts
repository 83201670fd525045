import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseId, publicId } from '../../../src/ids.ts'
import { overdueLoop } from '../../../src/slices/invoices/index.ts'
import { asOwner, eventsOf, invoicesOf, newCustomer, subscribe } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { collect, get, subscribed } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

async function invoiced(as: Caller, timezone: string, body: object = {}) {
  const { id: customerId } = await newCustomer(as, { currency: 'KES', timezone })
  const items = [{ description: 'Advice', quantity: 1, unitAmount: 100 }]
  const {
    body: invoice,
    status,
    text,
  } = await as('POST', '/invoices', { customerId, items, autoFinalize: true, ...body })
  assert.equal(status, 201, text)
  return invoice
}

async function announce() {
  while (await overdueLoop.tick(server.deps));
}

const overdueIds = async (as: Caller) =>
  (await get(as, '/invoices?overdue=true')).data.map(({ id }: { id: string }) => id)

test("an invoice is announced as overdue once, at the midnight after its due date in the customer's zone", async () => {
  const { live } = await newTenant(server)
  const dueDate = '2026-01-20'
  const nairobi = await invoiced(live, 'Africa/Nairobi', { dueDate })
  const dakar = await invoiced(live, 'Africa/Dakar', { dueDate })
  const paid = await invoiced(live, 'Africa/Nairobi', { dueDate })
  await live('POST', `/invoices/${paid.id}/mark-paid`, { paymentMethod: 'CASH' })
  const told = async ({ id }: { id: string }) =>
    (await eventsOf(server, id)).filter((type) => type === 'invoice.overdue').length

  server.clock.set('2026-01-20T20:59:00Z')
  await announce()
  assert.deepEqual([await told(nairobi), await told(dakar), await overdueIds(live)], [0, 0, []])
  server.clock.set('2026-01-20T21:00:00Z')
  await announce()
  assert.deepEqual([await told(nairobi), await told(dakar), await overdueIds(live)], [1, 0, [nairobi.id]])
  server.clock.set('2026-01-25T00:00:00Z')
  await Promise.all([announce(), announce(), announce()])
  assert.deepEqual([await told(nairobi), await told(dakar), await told(paid)], [1, 1, 0])
  assert.deepEqual((await overdueIds(live)).toSorted(), [nairobi.id, dakar.id].toSorted())

  const rows = await asOwner<{ at: Date; status: string }>(
    server,
    `select occurred_at as at, body->>'status' as status from events
     where type = 'invoice.overdue' and resource_id = any($1) order by occurred_at`,
    [[nairobi, dakar].map(({ id }) => parseId('invoice', id))],
  )
  assert.deepEqual(
    rows.map(({ at, status }) => [at.toISOString(), status]),
    [
      ['2026-01-20T21:00:00.000Z', 'PENDING'],
      ['2026-01-21T00:00:00.000Z', 'PENDING'],
    ],
  )
})

test('on a test clock invoices fall overdue in the order of time, among all else, and real time leaves them alone', async () => {
  const tenant = await newTenant(server)
  const { test: as } = tenant
  const id = publicId('environment', tenant.testEnvironmentId)
  const move = async (body: object) => {
    const { status, text } = await tenant.session('POST', `/tenants/me/environments/${id}/clock`, body)
    assert.equal(status, 200, text)
  }
  await move({ now: '2025-01-31T10:00:00Z' })
  const subscription = await subscribe(as, {}, { customer: { timezone: 'UTC', netPaymentTerms: 10 } })
  await announce()
  await move({ advance: { months: 2 } })
  const rows = await asOwner<{ type: string; at: Date }>(
    server,
    `select type, occurred_at as at from events
     where environment_id = $1 and type in ('invoice.finalized', 'invoice.overdue') order by transaction, id`,
    [tenant.testEnvironmentId],
  )
  assert.deepEqual(
    rows.map(({ type, at }) => `${at.toISOString().slice(0, 16)} ${type}`),
    [
      '2025-01-31T10:00 invoice.finalized',
      '2025-02-11T00:00 invoice.overdue',
      '2025-02-28T00:00 invoice.finalized',
      '2025-03-11T00:00 invoice.overdue',
      '2025-03-31T00:00 invoice.finalized',
    ],
  )
  assert.equal((await invoicesOf(as, subscription.id)).length, 3)
})

test('an invoice that was issued on real time falls overdue on the test clock that is set afterwards', async () => {
  const tenant = await newTenant(server)
  const now = server.clock.now()
  const { id } = await invoiced(tenant.test, 'UTC', { dueDate: now.toString().slice(0, 10) })
  await subscribe(tenant.test)
  const environment = publicId('environment', tenant.testEnvironmentId)
  const { status, text } = await tenant.session('POST', `/tenants/me/environments/${environment}/clock`, {
    advance: { days: 2 },
  })
  assert.equal(status, 200, text)
  assert.ok((await eventsOf(server, id)).includes('invoice.overdue'))
})

test('what is given up is bad debt in the books, final, and withdraws the payment that was intended', async () => {
  const { live } = await newTenant(server)
  const invoice = await invoiced(live, 'UTC')
  const answer = await live('POST', `/invoices/${invoice.id}/mark-uncollectible`)
  assert.equal(answer.status, 200, answer.text)
  assert.deepEqual(
    [answer.body.status, answer.body.amountDue, answer.body.amountPaid],
    ['UNCOLLECTIBLE', 0, 0],
  )
  const [debt] = await asOwner<{ minor: string }>(
    server,
    `select sum(amount_minor)::text as minor from ledger_entries where document_id = $1 and account = 'bad_debt'`,
    [parseId('invoice', invoice.id)],
  )
  assert.equal(debt?.minor, '10000')
  for (const path of ['mark-uncollectible', 'void', 'mark-paid', 'finalize']) {
    const body = path === 'mark-paid' ? { paymentMethod: 'CASH' } : undefined
    const again = await live('POST', `/invoices/${invoice.id}/${path}`, body)
    assert.equal(again.status, 409, `${path} ${again.text}`)
  }
  assert.deepEqual(await get(live, `/invoices/${invoice.id}`), answer.body)
  assert.equal(
    (await eventsOf(server, invoice.id)).filter((type) => type === 'invoice.uncollectible').length,
    1,
  )
  const { body: draft } = await live('POST', '/invoices', {
    customerId: invoice.customerId,
    items: [{ description: 'x', quantity: 1, unitAmount: 1 }],
  })
  for (const path of ['void', 'mark-uncollectible']) {
    assert.equal((await live('POST', `/invoices/${draft.id}/${path}`)).status, 409)
  }
})

test('giving up the failed invoice of a subscription makes it ACTIVE again', async () => {
  const { test: as } = await newTenant(server)
  const { subscription, invoice } = await subscribed(server, as, 'sandbox_declined')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'PAST_DUE')
  const { status, text } = await as('POST', `/invoices/${invoice.id}/mark-uncollectible`)
  assert.equal(status, 200, text)
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
})

test('a payment that was intended and not sent is withdrawn when its invoice is given up', async () => {
  const { test: as } = await newTenant(server)
  const { id: customerId } = await newCustomer(as, { currency: 'KES' })
  await as('POST', '/payment-methods', { customerId, provider: 'SANDBOX', token: 'sandbox_succeeds' })
  const items = [{ description: 'x', quantity: 1, unitAmount: 1 }]
  const { body: invoice } = await as('POST', '/invoices', { customerId, items, autoFinalize: true })
  await as('POST', `/invoices/${invoice.id}/mark-uncollectible`)
  await collect(server)
  const [payment] = (await get(as, `/payments?invoiceId=${invoice.id}`)).data
  assert.deepEqual([payment.status, payment.failureCode], ['FAILED', 'withdrawn'])
})

test('voiding an invoice by hand takes its revenue back', async () => {
  const { live } = await newTenant(server)
  const invoice = await invoiced(live, 'UTC')
  assert.equal((await live('POST', `/invoices/${invoice.id}/void`)).status, 200)
  const rows = await asOwner<{ account: string; minor: string }>(
    server,
    `select account, sum(amount_minor)::text as minor from ledger_entries where document_id = $1 group by 1 order by 1`,
    [parseId('invoice', invoice.id)],
  )
  assert.deepEqual(rows, [
    { account: 'receivable', minor: '0' },
    { account: 'revenue', minor: '0' },
  ])
})
