import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call } from '../../harness.ts'
import { collect, get } from '../../payment-story.ts'
import { choose, dueBy, moved, onPage, startStage, withAccount, work } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()
const { server, simulator } = stage
const subject = subjects.find(({ name }) => name === 'MPESA')
assert.ok(subject)
const mpesa = subject

test('M-Pesa: shillings with cents are sent to nobody', async () => {
  const { as } = await withAccount(stage, mpesa)
  const cents = { ...mpesa, price: 49.99 }
  const { payment, invoice } = await dueBy(as, cents, '254712345600')
  const page = await as('POST', `/invoices/${invoice.id}/checkout`, {
    successUrl: 'https://shop.example.com',
    phone: '254712345678',
  })
  assert.equal(page.status, 409)
  await work(stage)
  const after = await get(as, `/payments/${payment.id}`)
  assert.deepEqual([after.status, after.failureCode], ['FAILED', 'amount_not_supported'])
  assert.equal(simulator.world.store('mpesa.prompts').size, 0)
})

test('M-Pesa: a prompt that nothing is heard of is never sent again, and given up after a day', async () => {
  const { as } = await withAccount(stage, mpesa)
  simulator.world.delivery = 'never'
  const { payment } = await dueBy(as, mpesa, '254712345600')
  simulator.world.faults.push({ provider: 'MPESA', kind: 'drop_after', path: '/mpesa/stkpush' })
  await collect(server)
  server.clock.advance({ hours: 3 })
  await work(stage)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
  assert.equal(moved(stage, payment.id).length, 1)
  server.clock.advance({ hours: 23 })
  await work(stage)
  const after = await get(as, `/payments/${payment.id}`)
  assert.deepEqual([after.status, after.failureCode], ['FAILED', 'timeout'])
  assert.equal(moved(stage, payment.id).length, 1, 'the provider has seen one')
  simulator.world.delivery = 'once'
})

test('M-Pesa: paid after it had timed out, the money is a payment of its own, and the failed one stays failed', async () => {
  const { as } = await withAccount(stage, mpesa)
  const { payment, invoice, subscription } = await dueBy(as, mpesa, '254712345637')
  await work(stage)
  server.clock.advance({ minutes: 5 })
  await work(stage)
  const failed = await get(as, `/payments/${payment.id}`)
  assert.deepEqual([failed.status, failed.failureCode], ['FAILED', 'timeout'])
  simulator.world.delivery = 'ten_times'
  await choose(stage, null, 'succeed')
  simulator.world.delivery = 'once'
  const { data: payments } = await get(as, `/payments?invoiceId=${invoice.id}`)
  assert.deepEqual(
    payments.map((one: { status: string }) => one.status),
    ['SUCCEEDED', 'FAILED'],
  )
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
})

test('M-Pesa: a callback without the proof of its address, or with another, is refused and seen', async () => {
  const { as, account } = await withAccount(stage, mpesa)
  const { session, invoice } = await onPage(as, mpesa)
  const body = JSON.stringify({ Body: { stkCallback: { CheckoutRequestID: 'ws_CO_1', ResultCode: 0 } } })
  for (const search of ['', `?reference=${session.id}`, `?reference=${session.id}&proof=guess`]) {
    const answer = await call(server, 'POST', `/webhooks/mpesa/${account.id}${search}`, { raw: body })
    assert.deepEqual([answer.status, answer.body.code], [400, 'webhook_not_verified'])
  }
  assert.equal((await get(as, `/payment-providers/${account.id}`)).webhook.refused, 3)
  await work(stage)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
})

async function paidByPhone() {
  const made = await withAccount(stage, mpesa)
  const { payment, invoice } = await dueBy(made.as, mpesa, '254712345600')
  await work(stage)
  server.clock.advance({ minutes: 5 })
  await work(stage)
  assert.equal((await get(made.as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  return { ...made, payment, invoice }
}

async function refunded(as: Awaited<ReturnType<typeof paidByPhone>>['as'], id: string, body: object = {}) {
  const answer = await as('POST', `/payments/${id}/refund`, body)
  assert.equal(answer.status, 200, answer.text)
  await simulator.world.settled()
  server.clock.advance({ hours: 2 })
  await work(stage)
  const after = await get(as, `/payments/${id}`)
  return { ...after, last: after.refunds.at(-1) }
}

test('M-Pesa: a whole payment is reversed by its receipt, once, whether M-Pesa tells of it once or ten times', async () => {
  const { as, payment, invoice } = await paidByPhone()
  simulator.world.delivery = 'ten_times'
  const after = await refunded(as, payment.id)
  simulator.world.delivery = 'once'
  assert.deepEqual([after.status, after.refundedAmount, after.last.status], ['REFUNDED', 1500, 'SUCCEEDED'])
  assert.deepEqual(moved(stage, after.last.id, 'refund'), [['1500', 'KES']])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).amountPaid, 0)
})

test('M-Pesa: a reversal whose answer is lost is never sent again, and ends as M-Pesa tells', async () => {
  const { as, payment } = await paidByPhone()
  simulator.world.faults.push({ provider: 'MPESA', kind: 'drop_after', path: '/mpesa/reversal' })
  const after = await refunded(as, payment.id)
  assert.deepEqual([after.status, after.last.status], ['REFUNDED', 'SUCCEEDED'])
  assert.equal(moved(stage, after.last.id, 'refund').length, 1)

  const other = await paidByPhone()
  simulator.world.delivery = 'never'
  simulator.world.faults.push({ provider: 'MPESA', kind: 'drop_after', path: '/mpesa/reversal' })
  const unknown = await refunded(other.as, other.payment.id)
  simulator.world.delivery = 'once'
  for (let round = 0; round < 36; round++) {
    server.clock.advance({ hours: 2 })
    await work(stage)
  }
  assert.deepEqual([unknown.status, unknown.last.status], ['SUCCEEDED', 'PENDING'])
  assert.equal((await get(other.as, `/payments/${other.payment.id}`)).refunds[0].status, 'PENDING')
  assert.equal(moved(stage, unknown.last.id, 'refund').length, 1)
  // What nobody can tell of keeps no other from being asked for.
  const { payment: next } = await dueBy(other.as, mpesa, '254712345600')
  await work(stage)
  assert.equal(moved(stage, next.id).length, 1)
})

test('M-Pesa: a part, a payment without a receipt, and an account that cannot reverse are refused in words, and the money is free again', async () => {
  const part = await paidByPhone()
  const refused = await refunded(part.as, part.payment.id, { amount: 500 })
  assert.deepEqual([refused.status, refused.last.status], ['SUCCEEDED', 'FAILED'])
  assert.match(refused.last.failureReason, /whole payment/)

  simulator.world.delivery = 'never'
  const untold = await paidByPhone()
  simulator.world.delivery = 'once'
  assert.match((await refunded(untold.as, untold.payment.id)).last.failureReason, /receipt/)

  const { as, payment, account } = await paidByPhone()
  const { credentials } = { credentials: mpesa.credentials() }
  const without = Object.fromEntries(
    Object.entries(credentials).filter(([name]) => name !== 'initiatorName' && name !== 'securityCredential'),
  )
  assert.equal((await as('PATCH', `/payment-providers/${account.id}`, { credentials: without })).status, 200)
  assert.match((await refunded(as, payment.id)).last.failureReason, /initiatorName/)
  const wrong = { ...credentials, initiatorName: 'siminvalid' }
  assert.equal((await as('PATCH', `/payment-providers/${account.id}`, { credentials: wrong })).status, 200)
  assert.match((await refunded(as, payment.id)).last.failureReason, /initiatorName/)
  assert.equal((await as('PATCH', `/payment-providers/${account.id}`, { credentials })).status, 200)
  assert.equal((await refunded(as, payment.id)).status, 'REFUNDED')
})

test('M-Pesa: who tells of a reversal without the proof of its address is refused, and nothing goes back', async () => {
  const { as, payment, account } = await paidByPhone()
  simulator.world.delivery = 'never'
  const { last } = await refunded(as, payment.id)
  simulator.world.delivery = 'once'
  const said = { Result: { ResultCode: '0', ResultDesc: 'done', TransactionID: 'ABC', ConversationID: 'AG' } }
  for (const query of [
    `reversal=${last.id}`,
    `reversal=${last.id}&proof=guessed`,
    `reference=${last.id}&proof=x`,
  ]) {
    const answer = await call(server, 'POST', `/webhooks/mpesa/${account.id}?${query}`, { body: said })
    assert.deepEqual([answer.status, answer.body.code], [400, 'webhook_not_verified'])
  }
  await work(stage)
  assert.equal((await get(as, `/payments/${payment.id}`)).refunds[0].status, 'PENDING')
})
