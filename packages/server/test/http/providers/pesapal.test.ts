import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer } from '../../billing-story.ts'
import { call } from '../../harness.ts'
import { get } from '../../payment-story.ts'
import { choose, moved, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()
const { server, simulator } = stage
const subject = subjects.find(({ name }) => name === 'PESAPAL')
assert.ok(subject)
const pesapal = subject

const addresses = () => simulator.world.store<{ url: string }>('pesapal.addresses')

test('Pesapal: a notice without the proof of its address, or with another, is refused and seen; with it Pesapal is asked', async () => {
  const { as, account } = await withAccount(stage, pesapal)
  const { session, invoice } = await onPage(as, pesapal)
  const body = JSON.stringify({
    OrderNotificationType: 'IPNCHANGE',
    OrderTrackingId: 'sim-order-1',
    OrderMerchantReference: session.id,
  })
  for (const search of ['', '?proof=guess']) {
    const answer = await call(server, 'POST', `/webhooks/pesapal/${account.id}${search}`, { raw: body })
    assert.deepEqual([answer.status, answer.body.code], [400, 'webhook_not_verified'])
  }
  assert.equal((await get(as, `/payment-providers/${account.id}`)).webhook.refused, 2)

  const [registered] = [...addresses().values()].filter(({ url }) => url.includes(account.id))
  const { search } = new URL(registered?.url ?? '')
  const heard = await call(server, 'POST', `/webhooks/pesapal/${account.id}${search}`, { raw: body })
  assert.deepEqual(heard.body, {
    orderNotificationType: 'IPNCHANGE',
    orderTrackingId: 'sim-order-1',
    orderMerchantReference: session.id,
    status: 200,
  })
  const byQuery = `${search}&orderTrackingId=x&OrderMerchantReference=${session.id}&OrderNotificationType=IPNCHANGE`
  assert.equal((await call(server, 'GET', `/webhooks/pesapal/${account.id}${byQuery}`)).status, 200)
  await work(stage)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING', 'it was only said to be paid')
})

test('Pesapal: the address of notices is registered once, whatever the number of pages', async () => {
  const { as, account } = await withAccount(stage, pesapal)
  for (let page = 0; page < 3; page++) await onPage(as, pesapal)
  assert.equal([...addresses().values()].filter(({ url }) => url.includes(account.id)).length, 1)
})

test('Pesapal: an access token that has run out is asked for anew', async () => {
  const { as } = await withAccount(stage, pesapal)
  await onPage(as, pesapal)
  simulator.world.store('pesapal.tokens').clear()
  const { session } = await onPage(as, pesapal)
  assert.deepEqual([session.status, session.attempts], ['OPEN', []])
})

test('Pesapal: a refund waits for its approval, is asked for once, and a part of a payment is refused', async () => {
  const { as } = await withAccount(stage, pesapal)
  // The simulator never approves an amount that ends in .03.
  const { session, invoice } = await onPage(as, { ...pesapal, price: 5000.03 })
  await choose(stage, session.url, 'succeed')
  await work(stage)
  const { paymentId } = await get(as, `/checkout-sessions/${session.id}`)

  await as('POST', `/payments/${paymentId}/refund`, { amount: 1000 })
  const [part] = (await get(as, `/payments/${paymentId}`)).refunds
  assert.deepEqual(
    [part.status, part.failureReason],
    ['FAILED', 'Pesapal gives back the whole payment only.'],
  )

  const whole = await as('POST', `/payments/${paymentId}/refund`, {})
  assert.equal(whole.status, 200, whole.text)
  for (let hour = 0; hour < 30; hour++) {
    server.clock.advance({ hours: 1 })
    await work(stage)
  }
  const waiting = await get(as, `/payments/${paymentId}`)
  assert.deepEqual([waiting.status, waiting.refunds.at(-1).status], ['SUCCEEDED', 'PENDING'])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).amountPaid, 5000.03)

  const order = [
    ...simulator.world.store<{ reference: string; state: string }>('pesapal.orders').values(),
  ].find(({ reference }) => reference === session.id)
  assert.ok(order)
  order.state = 'reversed'
  server.clock.advance({ hours: 2 })
  await work(stage)
  const after = await get(as, `/payments/${paymentId}`)
  assert.deepEqual([after.status, after.refundedAmount], ['REFUNDED', 5000.03])
  assert.deepEqual(moved(stage, session.id).length, 1)
})

test('Pesapal: nothing can be saved that would be charged without the customer', async () => {
  const { as } = await withAccount(stage, pesapal)
  const customer = await newCustomer(as, { currency: 'TZS' })
  const answer = await as('POST', '/payment-methods', {
    customerId: customer.id,
    provider: 'PESAPAL',
    token: 'anything',
  })
  assert.deepEqual([answer.status, answer.body.errors[0].path], [400, 'token'])
})
