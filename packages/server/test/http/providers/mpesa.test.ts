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
