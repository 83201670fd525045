import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { afterEach, test } from 'node:test'
import { parseId } from '../../../src/ids.ts'
import { newestSession } from '../../../src/slices/checkout/index.ts'
import { newCustomer } from '../../billing-story.ts'
import { call } from '../../harness.ts'
import { collect, eventsOf, get, newMethod } from '../../payment-story.ts'
import {
  addAccount,
  choose,
  dueBy,
  invoiceOf,
  moved,
  onPage,
  startStage,
  withAccount,
  work,
} from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()
const { server, simulator } = stage
const { world } = simulator
const named = (name: string) => {
  const subject = subjects.find((one) => one.name === name)
  assert.ok(subject)
  return subject
}
const [paystack, stripe] = [named('PAYSTACK'), named('STRIPE')]

afterEach(() => {
  world.delivery = 'once'
  world.faults.length = 0
  world.letGo()
})

async function later(hours = 1): Promise<void> {
  server.clock.advance({ hours })
  await work(stage)
}

test('Stripe: a failure that it answers again under the same key is told apart, and the charge is made under another, once', async () => {
  const { as } = await withAccount(stage, stripe)
  const { payment } = await dueBy(as, stripe, stripe.tokens?.succeeds ?? '')
  for (let time = 0; time < 2; time++) world.faults.push({ provider: 'STRIPE', kind: 'stored_error' })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
  for (let round = 0; round < 4; round++) await later()
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.equal(moved(stage, payment.id).length, 1)
})

for (const subject of [paystack, stripe]) {
  test(`${subject.name}: one that is too busy is left alone for as long as it asks for`, async () => {
    const { as } = await withAccount(stage, subject)
    const { payment, subscription } = await dueBy(as, subject, subject.tokens?.succeeds ?? '')
    world.faults.push({ provider: subject.name, kind: 'busy', retryAfter: 7200 })
    await collect(server)
    server.clock.advance({ minutes: 110 })
    await work(stage)
    assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PENDING')
    assert.equal(moved(stage, payment.id).length, 0)
    server.clock.advance({ minutes: 11 })
    await work(stage)
    assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
    assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  })
}

for (const subject of [paystack, stripe])
  test(`${subject.name}: an account that is too busy gets no other call meanwhile either; that of another tenant does`, async () => {
    const { as } = await withAccount(stage, subject)
    const due = () => dueBy(as, subject, subject.tokens?.succeeds ?? '')
    const { payment: first } = await due()
    world.faults.push({ provider: subject.name, kind: 'busy', retryAfter: 7200 })
    await collect(server)
    const { payment: second } = await due()
    const { as: other } = await withAccount(stage, subject)
    const { payment: elsewhere } = await dueBy(other, subject, subject.tokens?.succeeds ?? '')
    for (let round = 0; round < 11; round++) {
      server.clock.advance({ minutes: 10 })
      await work(stage)
    }
    assert.equal((await get(other, `/payments/${elsewhere.id}`)).status, 'SUCCEEDED')
    for (const { id } of [first, second]) {
      assert.equal((await get(as, `/payments/${id}`)).status, 'PENDING')
      assert.equal(moved(stage, id).length, 0)
    }
    for (let round = 0; round < 3; round++) await later()
    for (const { id } of [first, second]) {
      assert.equal((await get(as, `/payments/${id}`)).status, 'SUCCEEDED')
      assert.equal(moved(stage, id).length, 1)
    }
  })

test('an account that five calls in a row did not get through to is left alone for half a minute, then asked once', async () => {
  const { as } = await withAccount(stage, paystack)
  const due = async () => (await dueBy(as, paystack, paystack.tokens?.succeeds ?? '')).payment
  const payments = []
  for (let count = 0; count < 5; count++) {
    payments.push(await due())
    world.faults.push({ provider: 'PAYSTACK', kind: 'busy', path: '/transaction' })
    await collect(server)
  }
  world.faults.length = 0
  const last = await due()
  await collect(server)
  assert.equal((await get(as, `/payments/${last.id}`)).failureCode, 'provider_unavailable')
  assert.equal(moved(stage, last.id).length, 0)
  for (let round = 0; round < 3; round++) await later()
  for (const { id } of [...payments, last]) {
    assert.equal((await get(as, `/payments/${id}`)).status, 'SUCCEEDED')
    assert.equal(moved(stage, id).length, 1)
  }
})

test('one provider that is down for six hours delays no other, and takes no retry of the schedule', async () => {
  const { as } = await withAccount(stage, paystack)
  const customer = await newCustomer(as, { currency: 'NGN' })
  await newMethod(as, customer.id, 'AUTH_simsucceeds', { provider: 'PAYSTACK' })
  const { invoice, subscription } = await invoiceOf(as, paystack, customer)
  const { as: other } = await withAccount(stage, stripe)
  const { payment } = await dueBy(other, stripe, stripe.tokens?.succeeds ?? '')
  for (let call = 0; call < 60; call++)
    world.faults.push({ provider: 'PAYSTACK', kind: 'busy', path: '/transaction' })
  await work(stage)
  assert.equal((await get(other, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  for (let hour = 0; hour < 6; hour++) await later()
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
  world.faults.length = 0
  for (let day = 0; day < 3; day++) await later(24)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
})

test('what was sent before comes in after what was sent last, three days late: nothing goes back', async () => {
  const { as, account } = await withAccount(stage, paystack)
  const { session, invoice } = await onPage(as, paystack)
  await choose(stage, session.url, 'succeed')
  await work(stage)
  const { paymentId } = await get(as, `/checkout-sessions/${session.id}`)
  await as('POST', `/payments/${paymentId}/refund`, {})
  await world.settled()
  await later()
  const before = await get(as, `/payments/${paymentId}`)
  assert.equal(before.status, 'REFUNDED')
  const events = await eventsOf(server, { id: paymentId }, invoice)
  server.clock.advance({ days: 3 })

  // Signed by the simulator itself, as it sent it then.
  const key = [...world.addresses].find(([, url]) => url.endsWith(account.id))?.[0].split(' ')[1] ?? ''
  const body = JSON.stringify({
    event: 'charge.success',
    data: { reference: session.id.replaceAll('_', '-') },
  })
  const signature = createHmac('sha512', key).update(body).digest('hex')
  for (let time = 0; time < 3; time++) {
    const heard = await call(server, 'POST', `/webhooks/paystack/${account.id}`, {
      raw: body,
      headers: { 'x-paystack-signature': signature },
    })
    assert.equal(heard.status, 200)
  }
  await later()
  assert.deepEqual(await get(as, `/payments/${paymentId}`), before)
  assert.deepEqual(await eventsOf(server, { id: paymentId }, invoice), events)
})

test('a webhook of a kind that nobody knows, and one of a payment that is nobody’s, are heard and change nothing', async () => {
  const { as, account } = await withAccount(stage, paystack)
  const { session, invoice } = await onPage(as, paystack)
  const key = [...world.addresses].find(([, url]) => url.endsWith(account.id))?.[0].split(' ')[1] ?? ''
  for (const about of [
    { event: 'customeridentification.success', data: { reference: session.id } },
    { event: 'charge.success', data: { reference: 'chk-00000000000000000000000000' } },
    { event: 'charge.success', data: null },
    { event: 7 },
    [],
  ]) {
    const body = JSON.stringify(about)
    const heard = await call(server, 'POST', `/webhooks/paystack/${account.id}`, {
      raw: body,
      headers: { 'x-paystack-signature': createHmac('sha512', key).update(body).digest('hex') },
    })
    assert.equal(heard.status, 200, body)
  }
  await work(stage)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
  assert.equal((await get(as, `/checkout-sessions/${session.id}`)).status, 'OPEN')
})

test('Flutterwave: a refund whose answer was lost is found among those of other transactions, and not sent again', async () => {
  const flutterwave = named('FLUTTERWAVE')
  const { as } = await withAccount(stage, flutterwave)
  const { session } = await onPage(as, flutterwave)
  await choose(stage, session.url, 'succeed')
  await work(stage)
  const { paymentId } = await get(as, `/checkout-sessions/${session.id}`)
  const others = world.store<object>('flutterwave.refunds')
  for (let id = 1; id <= 12; id++)
    others.set(`${id}`, { id, tx_id: id, amount_refunded: 5, status: 'completed', comments: 'of another' })
  world.delivery = 'never'
  world.faults.push({ provider: 'FLUTTERWAVE', kind: 'drop_after' })
  await as('POST', `/payments/${paymentId}/refund`, { amount: 1000 })
  for (let hour = 0; hour < 3; hour++) await later()
  const { refunds, refundedAmount } = await get(as, `/payments/${paymentId}`)
  assert.equal(refundedAmount, 1000)
  assert.equal(moved(stage, refunds[0].id, 'refund').length, 1)
})

test('a checkout that is repeated under its key while the provider is still asked opens no page elsewhere', async () => {
  const { as } = await withAccount(stage, paystack)
  const flutterwave = named('FLUTTERWAVE')
  await addAccount(stage, as, flutterwave, { credentials: flutterwave.credentials() })
  const { invoice } = await invoiceOf(as, paystack, await newCustomer(as, { currency: 'NGN' }))
  const ask = () =>
    as(
      'POST',
      `/invoices/${invoice.id}/checkout`,
      { successUrl: 'https://shop.example.com/paid' },
      { 'idempotency-key': 'page-once' },
    )
  world.faults.push({ provider: 'PAYSTACK', kind: 'hold_after' })
  const first = ask()
  await world.untilHeld()
  const second = await ask()
  assert.deepEqual([second.status, second.body.code], [409, 'idempotency_key_in_use'])
  world.letGo()
  const { status, body: session } = await first
  assert.equal(status, 201)
  assert.deepEqual([session.providerName, session.attempts], ['PAYSTACK', []])
  assert.deepEqual((await ask()).body, session)

  await choose(stage, session.url, 'succeed')
  await work(stage)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
})

test('a checkout that another one has taken the place of asks no further provider', async () => {
  const { as, tenant, credentials } = await withAccount(stage, paystack)
  const flutterwave = named('FLUTTERWAVE')
  await addAccount(stage, as, flutterwave, { credentials: flutterwave.credentials() })
  const { invoice } = await invoiceOf(as, paystack, await newCustomer(as, { currency: 'NGN' }))
  const ask = (page: string) =>
    as('POST', `/invoices/${invoice.id}/checkout`, { successUrl: `https://shop.example.com/${page}` })
  world.faults.push({ provider: 'PAYSTACK', kind: 'hold_before' })
  const first = ask('one')
  await world.untilHeld()
  const [begun] = await server.deps.workerDb.query(
    newestSession(tenant.testEnvironmentId, parseId('invoice', invoice.id) ?? ''),
  )
  // Whatever Paystack gets under this reference now, it refuses.
  const taken = await fetch(`${world.origin}/paystack/transaction/initialize`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credentials['secretKey']}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      reference: begun?.reference.replaceAll('_', '-'),
      email: 'a@example.com',
      amount: '100',
      currency: 'NGN',
    }),
  })
  assert.equal(taken.status, 200)
  const { status, body: session } = await ask('two')
  assert.equal(status, 201)
  world.letGo()
  const { status: refused, body } = await first
  assert.deepEqual([refused, body.code], [409, 'busy'])

  await choose(stage, session.url, 'succeed')
  await work(stage)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
})
