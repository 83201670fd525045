import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concludeCharges } from '../../../src/slices/collection/conclude.ts'
import { attemptCharge } from '../../../src/slices/collection/charge.ts'
import { collection } from '../../../src/slices/collection/index.ts'
import { claimPayments } from '../../../src/slices/collection/sql.ts'
import { subscribe } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import {
  bookOf,
  collect,
  eventsOf,
  get,
  newMethod,
  payingCustomer,
  rows,
  stored,
  subscribed,
} from '../../payment-story.ts'

const server = await startServer()
const { clock, deps } = server

/** A payment that has been claimed by a worker which then does no more. */
async function claimOnly() {
  const lease = clock.now().add({ seconds: 90 })
  return deps.workerDb.query(claimPayments(clock.now(), lease, 100))
}

async function intended(as: Caller, token = 'sandbox_succeeds') {
  const { customer } = await payingCustomer(as, token)
  const subscription = await subscribe(as, { customerId: customer.id })
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  const payment = (await get(as, `/payments?invoiceId=${invoice.id}`)).data[0]
  return { customer, subscription, invoice, payment }
}

test('a subscription with a payment method is paid by it: the invoice is PAID and the money is booked', async () => {
  const { test: as } = await newTenant(server)
  const { customer, subscription, invoice, payment, method } = await subscribed(server, as)
  assert.equal(payment.status, 'SUCCEEDED')
  assert.equal(payment.amount, 49.99)
  assert.equal(payment.paymentMethodId, method.id)
  assert.equal(payment.providerTransactionId, `sandbox_${payment.id}`)
  assert.equal(invoice.status, 'PAID')
  assert.equal(invoice.amountPaid, 49.99)
  assert.equal(invoice.amountDue, 0)
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  assert.equal((await get(as, `/customers/${customer.id}`)).totalSpent, 49.99)
  assert.deepEqual(await eventsOf(server, payment, invoice), [
    'invoice.created',
    'invoice.finalized',
    'payment.succeeded',
    'invoice.paid',
  ])
})

for (const [token, code] of [
  ['sandbox_declined', 'card_declined'],
  ['sandbox_insufficient_funds', 'insufficient_funds'],
] as const) {
  test(`${token}: the payment and the invoice FAILED, the subscription is PAST_DUE, each told once`, async () => {
    const { test: as } = await newTenant(server)
    const { customer, subscription, invoice, payment } = await subscribed(server, as, token)
    assert.equal(payment.status, 'FAILED')
    assert.equal(payment.failureCode, code)
    assert.match(payment.failureReason, /\w/)
    assert.equal(invoice.status, 'FAILED')
    assert.equal(invoice.amountDue, 49.99)
    assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'PAST_DUE')
    assert.equal((await get(as, `/customers/${customer.id}`)).totalSpent, 0)
    const events = await eventsOf(server, payment, invoice, subscription)
    assert.deepEqual(events.slice(-3), ['payment.failed', 'invoice.payment_failed', 'subscription.past_due'])
    await collect(server)
    assert.deepEqual(await eventsOf(server, payment, invoice, subscription), events)
  })
}

test('a lost answer is asked about, never guessed, and never charged a second time', async () => {
  const { test: as } = await newTenant(server)
  const { payment, invoice } = await subscribed(server, as, 'sandbox_timeout')
  assert.equal(payment.status, 'PROCESSING')
  assert.equal(invoice.status, 'PENDING')
  clock.advance({ seconds: 2 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  assert.deepEqual(await bookOf(server, payment), [
    { kind: 'CHARGE', outcome: 'SUCCEEDED', calls: 1, amount: 4999 },
  ])
})

test('a call that never arrived is made again under the same reference, once the provider knows nothing of it', async () => {
  const { test: as } = await newTenant(server)
  const { payment, invoice } = await subscribed(server, as, 'sandbox_timeout_not_executed')
  assert.equal(payment.status, 'PROCESSING')
  clock.advance({ seconds: 2 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.deepEqual(await bookOf(server, payment), [
    { kind: 'CHARGE', outcome: 'SUCCEEDED', calls: 2, amount: 4999 },
  ])
  assert.equal((await get(as, `/payments?invoiceId=${invoice.id}`)).meta.total, 1)
})

test('a payment that takes a minute is PROCESSING for a minute', async () => {
  const { test: as } = await newTenant(server)
  const { payment, invoice } = await subscribed(server, as, 'sandbox_pending')
  assert.equal(payment.status, 'PROCESSING')
  clock.advance({ seconds: 50 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
  clock.advance({ seconds: 11 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
})

test('after a crash before the call, the provider is asked first and sees one charge', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await intended(as)
  assert.equal((await claimOnly()).length, 1)
  await collect(server)
  assert.deepEqual(await bookOf(server, payment), [], 'a lease that runs is respected')
  clock.advance({ seconds: 91 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.deepEqual(await bookOf(server, payment), [
    { kind: 'CHARGE', outcome: 'SUCCEEDED', calls: 1, amount: 4999 },
  ])
})

test('after a crash between the call and the commit, the charge is found and not made again', async () => {
  const { test: as } = await newTenant(server)
  const { payment, invoice } = await intended(as)
  const [claimed] = await claimOnly()
  assert.ok(claimed)
  await attemptCharge(deps, claimed)
  clock.advance({ seconds: 91 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  assert.deepEqual(await bookOf(server, payment), [
    { kind: 'CHARGE', outcome: 'SUCCEEDED', calls: 1, amount: 4999 },
  ])
  assert.deepEqual(await eventsOf(server, payment), ['payment.succeeded'])
})

test('a worker that was paused and lost its lease cannot write its outcome any more', async () => {
  const { test: as } = await newTenant(server)
  const { payment, invoice } = await intended(as)
  const [claimed] = await claimOnly()
  assert.ok(claimed)
  clock.advance({ seconds: 91 })
  const [again] = await claimOnly()
  assert.equal(again?.attempt, 2)
  const declined = { status: 'declined', code: 'unknown', reason: 'late' } as const
  await concludeCharges(deps, [{ payment: claimed, found: declined }])
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
  assert.ok(again)
  await concludeCharges(deps, [{ payment: again, found: await attemptCharge(deps, again) }])
  clock.advance({ seconds: 91 })
  await collect(server)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  await concludeCharges(deps, [{ payment: again, found: declined }])
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
})

test('three workers at once charge thirty payments once each', async () => {
  const { test: as } = await newTenant(server)
  const all = []
  for (let index = 0; index < 30; index++)
    all.push(await intended(as, index % 3 === 2 ? 'sandbox_declined' : 'sandbox_succeeds'))
  await Promise.all(
    [1, 2, 3].map(async () => {
      while (await collection.tick(deps));
    }),
  )
  for (const [index, { payment, invoice }] of all.entries()) {
    const [entry, ...more] = await bookOf(server, payment)
    assert.deepEqual([entry?.['calls'], more.length], [1, 0])
    const outcome =
      index % 3 === 2 ? ['payment.failed', 'invoice.payment_failed'] : ['payment.succeeded', 'invoice.paid']
    assert.deepEqual((await eventsOf(server, payment, invoice)).slice(2), outcome)
  }
})

test('money in another amount than was asked for is set aside and never booked as paid', async () => {
  const { test: as } = await newTenant(server)
  const { payment, invoice } = await subscribed(server, as, 'sandbox_timeout')
  await rows(server, 'update sandbox_book set amount_minor = 100 where reference = $1', [payment.id])
  clock.advance({ seconds: 2 })
  await collect(server)
  const set = await get(as, `/payments/${payment.id}`)
  assert.equal(set.status, 'PROCESSING')
  assert.equal(set.failureCode, 'amount_mismatch')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
  assert.deepEqual(
    await rows(server, 'select from ledger_entries where document_id = $1', [stored(payment.id)]),
    [],
  )
})

test('a method that was removed before its charge is not charged', async () => {
  const { test: as } = await newTenant(server)
  const { payment, customer } = await intended(as)
  assert.equal((await as('DELETE', `/payment-methods/${payment.paymentMethodId}`)).status, 204)
  await collect(server)
  const failed = await get(as, `/payments/${payment.id}`)
  assert.deepEqual([failed.status, failed.failureCode], ['FAILED', 'payment_method_removed'])
  assert.deepEqual(await bookOf(server, payment), [])
  assert.equal((await get(as, `/customers/${customer.id}/payment-methods`)).meta.total, 0)
})

test("a subscription's own method is charged; the customer's default takes its place when it is gone", async () => {
  const { test: as } = await newTenant(server)
  const { customer, method: byDefault } = await payingCustomer(as)
  const own = await newMethod(as, customer.id)
  const first = await subscribe(as, { customerId: customer.id, paymentMethodId: own.id })
  const paymentOf = async (subscription: { id: string }) => {
    const [invoice] = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data
    return (await get(as, `/payments?invoiceId=${invoice.id}`)).data[0]
  }
  assert.equal((await paymentOf(first)).paymentMethodId, own.id)
  const second = await subscribe(as, { customerId: customer.id })
  assert.equal((await paymentOf(second)).paymentMethodId, byDefault.id)
  await collect(server)
})
