import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, subscribe } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { bookOf, collect, get, newMethod, payingCustomer, rows, stored } from '../../payment-story.ts'

const server = await startServer()

async function due() {
  const { test: as } = await newTenant(server)
  const { customer, method } = await payingCustomer(as)
  const subscription = await subscribe(as, { customerId: customer.id })
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  const payment = (await get(as, `/payments?invoiceId=${invoice.id}`)).data[0]
  return { as, customer, method, subscription, invoice, payment }
}

test('a payment whose method cannot be opened stops no other, is tried a bounded number of times, and is not held against the customer', async () => {
  const poisoned = await due()
  const others = [await due(), await due()]
  await rows(server, `update payment_methods set token_sealed = '\\x00' where id = $1`, [
    stored(poisoned.method.id),
  ])
  await collect(server)
  for (const { as, invoice } of others)
    assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')

  for (let hour = 0; hour < 12; hour++) {
    server.clock.advance({ hours: 1 })
    await collect(server)
  }
  const { as, payment, subscription, invoice } = poisoned
  const after = await get(as, `/payments/${payment.id}`)
  assert.deepEqual([after.status, after.failureCode], ['FAILED', 'provider_config_error'])
  assert.deepEqual(await bookOf(server, payment), [], 'nothing was ever sent')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  const [row] = await rows(server, 'select attempt, due_at from payments where id = $1', [stored(payment.id)])
  assert.deepEqual([row?.['attempt'], row?.['due_at']], [10, null])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).amountDue, 49.99)
})

test('a payment that may have been sent, and cannot be asked about, is asked about less and less often, and stops no other', async () => {
  const { as, payment, method } = await (async () => {
    const { test: caller } = await newTenant(server)
    const customer = await newCustomer(caller, { currency: 'KES' })
    const made = await newMethod(caller, customer.id, 'sandbox_timeout')
    const subscription = await subscribe(caller, { customerId: customer.id })
    const invoice = (await get(caller, `/invoices?subscriptionId=${subscription.id}`)).data[0]
    const open = (await get(caller, `/payments?invoiceId=${invoice.id}`)).data[0]
    return { as: caller, payment: open, method: made }
  })()
  await collect(server)
  const [sealed] = await rows(server, 'select token_sealed from payment_methods where id = $1', [
    stored(method.id),
  ])
  await rows(server, `update payment_methods set token_sealed = '\\x00' where id = $1`, [stored(method.id)])
  const other = await due()
  for (let hour = 0; hour < 5; hour++) {
    server.clock.advance({ hours: 1 })
    await collect(server)
  }
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'PROCESSING')
  assert.equal((await get(other.as, `/invoices/${other.invoice.id}`)).status, 'PAID')
  const [row] = await rows(server, 'select attempt from payments where id = $1', [stored(payment.id)])
  assert.ok(Number(row?.['attempt']) <= 12, `asked ${String(row?.['attempt'])} times`)

  await rows(server, 'update payment_methods set token_sealed = $2 where id = $1', [
    stored(method.id),
    sealed?.['token_sealed'],
  ])
  server.clock.advance({ hours: 2 })
  await collect(server)
  assert.equal((await get(as, `/payments/${payment.id}`)).status, 'SUCCEEDED')
  assert.equal((await bookOf(server, payment)).length, 1)
})
