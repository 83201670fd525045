import assert from 'node:assert/strict'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { newCustomer, subscribe } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { collect, get, newMethod } from '../../payment-story.ts'

/** A port that nothing listens on: no connection comes to be. */
async function deadPort(): Promise<number> {
  const once = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => once.once('listening', resolve))
  const { port } = once.address() as AddressInfo
  await new Promise((resolve) => once.close(resolve))
  return port
}

const server = await startServer({
  settings: { TEST_PROVIDER_URLS: `PAYSTACK=http://127.0.0.1:${await deadPort()}` },
})

async function withUnreachable(others: readonly string[]) {
  const { test: as } = await newTenant(server)
  const account = await as('POST', '/payment-providers', {
    providerName: 'PAYSTACK',
    credentials: { secretKey: 'sk_test_0123456789' },
  })
  assert.equal(account.status, 201, account.text)
  const customer = await newCustomer(as, { currency: 'KES' })
  const paystack = await newMethod(as, customer.id, 'AUTH_simsucceeds', { provider: 'PAYSTACK' })
  for (const token of others) await newMethod(as, customer.id, token)
  const subscription = await subscribe(as, { customerId: customer.id })
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  const payments = async () => (await get(as, `/payments?invoiceId=${invoice.id}`)).data.toReversed()
  return { as, customer, account: account.body, paystack, subscription, invoice, payments }
}

test('a provider that cannot be reached: the next one is charged, both attempts are kept, each with its reference', async () => {
  const { as, subscription, invoice, payments, paystack } = await withUnreachable(['sandbox_succeeds'])
  await collect(server)
  const [first, second, ...more] = await payments()
  assert.equal(more.length, 0)
  assert.deepEqual(
    [first.provider, first.status, first.failureCode, first.paymentMethodId],
    ['PAYSTACK', 'FAILED', 'provider_unavailable', paystack.id],
  )
  assert.deepEqual([second.provider, second.status], ['SANDBOX', 'SUCCEEDED'])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
})

test('a method at a provider that cannot take the money is passed over, and is no failure of the customer’s', async () => {
  const { as, customer, subscription, invoice, payments } = await withUnreachable([])
  await as('POST', '/payment-providers', {
    providerName: 'MPESA',
    credentials: { consumerKey: 'sim', consumerSecret: 's', shortCode: '174379', passkey: 'p' },
  })
  // Whole shillings only, and the invoice is over 49.99.
  await newMethod(as, customer.id, '254712345678', { provider: 'MPESA' })
  await collect(server)
  const [first, ...more] = await payments()
  assert.deepEqual([first.provider, first.status, more.length], ['PAYSTACK', 'PENDING', 0])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PENDING')
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).status, 'ACTIVE')
  await newMethod(as, customer.id, 'sandbox_succeeds')
  server.clock.advance({ hours: 1 })
  await collect(server)
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
})

test('an unknown outcome falls over to nobody', async () => {
  const { payments } = await withUnreachable(['sandbox_timeout'])
  await collect(server)
  const [, second, ...more] = await payments()
  assert.deepEqual([second.status, more.length], ['PROCESSING', 0])
})

test('without another one the same is tried for hours, and then the attempt has failed', async () => {
  const { as, payments, invoice } = await withUnreachable([])
  await collect(server)
  assert.deepEqual(
    (await payments()).map(({ status }: { status: string }) => status),
    ['PENDING'],
  )
  for (let hour = 0; hour < 12; hour++) {
    server.clock.advance({ hours: 1 })
    await collect(server)
  }
  const [only, ...more] = await payments()
  assert.deepEqual([only.status, only.failureCode, more.length], ['FAILED', 'provider_unavailable', 0])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).amountDue, 49.99)
})

test('a test of an account that cannot be reached says so', async () => {
  const { as, account } = await withUnreachable([])
  const { body } = await as('POST', `/payment-providers/${account.id}/test`, {})
  assert.deepEqual(body, { success: false, message: 'The provider cannot be reached.' })
})

test('a live environment takes live credentials only, and a test environment test ones', async () => {
  const { live, test: as } = await newTenant(server)
  for (const [ask, key] of [
    [live, 'sk_test_0123456789'],
    [as, 'sk_live_0123456789'],
  ] as const) {
    const { status, body } = await ask('POST', '/payment-providers', {
      providerName: 'PAYSTACK',
      credentials: { secretKey: key },
    })
    assert.deepEqual([status, body.errors[0].path], [400, 'credentials.secretKey'])
  }
})
