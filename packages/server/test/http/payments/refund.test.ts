import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'
import { collect, eventsOf, get, rows, stored, subscribed } from '../../payment-story.ts'

const server = await startServer()
const { clock, deps } = server

const refundsOf = (payment: { id: string }) =>
  rows(server, 'select status, amount_minor::int as amount from refunds where payment_id = $1 order by id', [
    stored(payment.id),
  ])

test('a refund of all that was paid: the payment is REFUNDED, the money leaves the books, the invoice stays PAID', async () => {
  const { test: as } = await newTenant(server)
  const { customer, payment, invoice } = await subscribed(server, as)
  const { status, body } = await as('POST', `/payments/${payment.id}/refund`, { reason: 'Asked for' })
  assert.equal(status, 200)
  assert.equal(body.status, 'REFUNDED')
  assert.equal(body.refundedAmount, 49.99)
  assert.equal(body.refunds.length, 1)
  const [refund] = body.refunds
  assert.match(refund.id, /^ref_/)
  assert.deepEqual([refund.amount, refund.status, refund.reason], [49.99, 'SUCCEEDED', 'Asked for'])
  assert.deepEqual(await get(as, `/payments/${payment.id}`), body)
  const after = await get(as, `/invoices/${invoice.id}`)
  assert.deepEqual([after.status, after.amountPaid, after.amountDue], ['PAID', 0, 0])
  assert.equal((await get(as, `/customers/${customer.id}`)).totalSpent, 0)
  const entries = await rows(
    server,
    'select account, amount_minor::int as amount from ledger_entries where document_id = $1 order by account',
    [stored(refund.id)],
  )
  assert.deepEqual(entries, [
    { account: 'cash:SANDBOX', amount: -4999 },
    { account: 'refunds', amount: 4999 },
  ])
  assert.deepEqual(await eventsOf(server, payment), ['payment.succeeded', 'payment.refunded'])
})

test('parts are given back until nothing is left, and never more than was paid', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  const refund = (amount?: number | string) =>
    as('POST', `/payments/${payment.id}/refund`, amount === undefined ? {} : { amount })
  const first = await refund(20)
  assert.deepEqual([first.body.status, first.body.refundedAmount], ['SUCCEEDED', 20])
  const tooMuch = await refund(30)
  assert.deepEqual([tooMuch.status, tooMuch.body.code], [409, 'refund_exceeds_payment'])
  const rest = await refund()
  assert.deepEqual([rest.body.status, rest.body.refundedAmount], ['REFUNDED', 49.99])
  assert.deepEqual(
    rest.body.refunds.map((one: { amount: number }) => one.amount),
    [20, 29.99],
  )
  const more = await refund(0.01)
  assert.deepEqual([more.status, more.body.code], [409, 'payment_not_refundable'])
  for (const [amount, message] of [
    [0, 'must be more than 0'],
    ['1.999', 'has more than the 2 decimals of KES'],
  ] as const) {
    const { body: other } = await subscribedPayment()
    const wrong = await as('POST', `/payments/${other.id}/refund`, { amount })
    assert.deepEqual([wrong.status, wrong.body.errors], [400, [{ path: 'amount', message }]])
  }
  async function subscribedPayment() {
    return { body: (await subscribed(server, as)).payment }
  }
})

test('eight refunds at once of a whole payment: one goes through, the others are 409', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => as('POST', `/payments/${payment.id}/refund`, {})),
  )
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 409, 409, 409, 409, 409, 409, 409])
  assert.deepEqual(await refundsOf(payment), [{ status: 'SUCCEEDED', amount: 4999 }])
})

test('eight refunds at once of a fifth each: five fit, and the sum is what was paid', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  const fifths = await Promise.all(
    Array.from({ length: 8 }, () => as('POST', `/payments/${payment.id}/refund`, { amount: '9.99' })),
  )
  assert.equal(fifths.filter(({ status }) => status === 200).length, 5)
  assert.equal((await get(as, `/payments/${payment.id}`)).refundedAmount, 49.95)
})

test('a repeat with the same Idempotency-Key gets the same bytes and gives nothing back again', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  const path = `/payments/${payment.id}/refund`
  const key = { 'Idempotency-Key': 'refund-1' }
  const first = await as('POST', path, { amount: 10 }, key)
  assert.deepEqual([first.status, first.headers.get('idempotent-replayed')], [200, null])
  const again = await as('POST', path, { amount: 10 }, key)
  assert.deepEqual([again.status, again.headers.get('idempotent-replayed')], [200, 'true'])
  assert.equal(again.text, first.text)
  const other = await as('POST', path, { amount: 11 }, key)
  assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused'])
  assert.deepEqual(await refundsOf(payment), [{ status: 'SUCCEEDED', amount: 1000 }])
})

test('eight requests at once with one Idempotency-Key give back once', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      as('POST', `/payments/${payment.id}/refund`, { amount: 10 }, { 'Idempotency-Key': 'once' }),
    ),
  )
  for (const { status, body } of answers) {
    // The first may find that a repeat of it has taken the refund up, and is at it.
    if (status === 200) assert.equal(body.refundedAmount, body.refunds[0].status === 'PENDING' ? 0 : 10)
    else assert.deepEqual([status, body.code], [409, 'idempotency_key_in_use'])
  }
  assert.ok(answers.some(({ status }) => status === 200))
  assert.deepEqual(await refundsOf(payment), [{ status: 'SUCCEEDED', amount: 1000 }])
})

test('after a crash between writing a refund down and giving it back, a repeat with its key finishes that one', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  const key = { 'Idempotency-Key': 'crash' }
  const crashed = await withBrokenWorker(() =>
    as('POST', `/payments/${payment.id}/refund`, { amount: 10 }, key),
  )
  assert.equal(crashed.status, 500)
  assert.deepEqual(await refundsOf(payment), [{ status: 'PENDING', amount: 1000 }])
  const { body: meanwhile } = await as('GET', `/payments/${payment.id}`)
  assert.deepEqual([meanwhile.refundedAmount, meanwhile.refunds[0].status], [0, 'PENDING'])

  const again = await as('POST', `/payments/${payment.id}/refund`, { amount: 10 }, key)
  assert.deepEqual([again.status, again.body.refundedAmount], [200, 10])
  assert.deepEqual(await refundsOf(payment), [{ status: 'SUCCEEDED', amount: 1000 }])
  const third = await as('POST', `/payments/${payment.id}/refund`, { amount: 10 }, key)
  assert.equal(third.text, again.text)
})

test('after a crash the loop gives the money back without any repeat, once', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  await withBrokenWorker(() => as('POST', `/payments/${payment.id}/refund`, {}))
  clock.advance({ seconds: 6 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'REFUNDED')
  assert.deepEqual(await eventsOf(server, payment), ['payment.succeeded', 'payment.refunded'])
})

test('a refund whose answer is lost is asked about, and given back once', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as, 'sandbox_timeout')
  clock.advance({ seconds: 2 })
  await collect(server)
  const { status, body } = await as('POST', `/payments/${payment.id}/refund`, {})
  assert.deepEqual(
    [status, body.status, body.refundedAmount, body.refunds[0].status],
    [200, 'SUCCEEDED', 0, 'PENDING'],
  )
  const meanwhile = await as('POST', `/payments/${payment.id}/refund`, { amount: 1 })
  assert.deepEqual([meanwhile.status, meanwhile.body.code], [409, 'refund_exceeds_payment'])
  clock.advance({ seconds: 2 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'REFUNDED')
  const [book] = await rows(
    server,
    `select calls from sandbox_book where kind = 'REFUND' and reference = $1`,
    [body.refunds[0].id],
  )
  assert.equal(book?.['calls'], 1)
})

test('a payment that has not succeeded, and one of another tenant, cannot be refunded', async () => {
  const { test: as } = await newTenant(server)
  const { test: stranger } = await newTenant(server)
  const { payment } = await subscribed(server, as, 'sandbox_declined')
  const failed = await as('POST', `/payments/${payment.id}/refund`, {})
  assert.deepEqual([failed.status, failed.body.code], [409, 'payment_not_refundable'])
  const foreign = await stranger('POST', `/payments/${payment.id}/refund`, {})
  const unknown = await stranger('POST', '/payments/pay_00000000000000000000000000/refund', {})
  assert.deepEqual([foreign.status, foreign.text], [404, unknown.text])
})

test('what was given back can never exceed what was paid, whatever the code does', async () => {
  const { test: as } = await newTenant(server)
  const { payment } = await subscribed(server, as)
  await assert.rejects(
    rows(server, 'update payments set refunded_minor = amount_minor + 1 where id = $1', [stored(payment.id)]),
    /payments_refunds_check/,
  )
})

/** As if the process died right after the first stage of what is done inside. */
async function withBrokenWorker<T>(act: () => Promise<T>): Promise<T> {
  const pool = deps.workerDb
  const query = pool.query.bind(pool)
  pool.query = async () => {
    throw new Error('the process died')
  }
  try {
    return await act()
  } finally {
    pool.query = query
  }
}
