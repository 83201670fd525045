import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkoutLoop } from '../../../src/slices/checkout/index.ts'
import { newCustomer, subscribe } from '../../billing-story.ts'
import { type Caller, call, newTenant } from '../../harness.ts'
import { type Guest, credentialOf, guestOf, portalOf } from '../../hosted-story.ts'
import { collect, get } from '../../payment-story.ts'
import { addAccount, choose, startStage } from '../../provider-story.ts'
import { subjects } from '../../provider-subjects.ts'

const stage = await startStage()
const { server } = stage

/** An invoice of 49.99 KES that awaits payment, and the browser of whoever was sent its link. */
async function owed(as: Caller) {
  const customer = await newCustomer(as, { currency: 'KES', locale: 'sw', metadata: { note: 'secret-note' } })
  const subscription = await subscribe(as, { customerId: customer.id })
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  return { customer, subscription, invoice, guest: guestOf(server, invoice.hostedUrl) }
}

async function work(): Promise<void> {
  server.clock.advance({ seconds: 10 })
  while (await checkoutLoop.tick(server.deps));
  await collect(server)
}

const look = async (guest: Guest) => {
  const { status, body, text } = await guest('GET', '/hosted/pay')
  assert.equal(status, 200, text)
  return body
}

test('the hostedUrl of an issued invoice opens it to whoever has it, and shows nothing else', async () => {
  const { test: as } = await newTenant(server)
  const { invoice, guest, customer } = await owed(as)
  const page = await look(guest)
  assert.equal(page.locale, 'sw')
  assert.deepEqual(
    [page.invoice.number, page.invoice.amountDue, page.invoice.status, page.invoice.items.length],
    [invoice.number, 49.99, 'PENDING', 1],
  )
  assert.deepEqual(page.ways, [{ providerName: 'SANDBOX', kind: 'EITHER' }])
  assert.ok(!JSON.stringify(page).includes('secret-note'))
  assert.ok(!JSON.stringify(page).includes(customer.id))
  const pdf = await fetch(page.invoice.pdfUrl)
  assert.equal(pdf.headers.get('content-type'), 'application/pdf')

  const draft = await as('POST', '/invoices', {
    customerId: customer.id,
    items: [{ description: 'A day', quantity: 1, unitAmount: 5 }],
  })
  assert.equal(draft.body.hostedUrl, null)
  assert.equal((await guest('GET', '/hosted/portal')).status, 403)
  assert.equal((await guest('GET', '/invoices')).status, 403)
})

test('the page of an invoice names each tax, its rate and its amount', async () => {
  const { test: as } = await newTenant(server)
  const made = await as('POST', '/taxes', { name: 'VAT', code: 'vat', rate: 16, appliedByDefault: true })
  assert.equal(made.status, 201, made.text)
  const { guest } = await owed(as)
  const { invoice } = await look(guest)
  assert.deepEqual(invoice.taxes, [{ name: 'VAT', rate: 16, amount: 8, note: null }])
  assert.deepEqual([invoice.subtotal, invoice.total], [49.99, 57.99])
})

test('an invoice’s link cannot be made into another’s, nor into a portal', async () => {
  const { test: as } = await newTenant(server)
  const [mine, theirs] = [await owed(as), await owed(as)]
  const bytes = Buffer.from(credentialOf(mine.invoice.hostedUrl).slice(4), 'base64url')
  const other = Buffer.from(credentialOf(theirs.invoice.hostedUrl).slice(4), 'base64url')
  const forged = Buffer.concat([other.subarray(0, 40), bytes.subarray(40)]).toString('base64url')
  const statusOf = async (credential: string, path: string) =>
    (await call(server, 'GET', path, { credential })).status
  assert.equal(await statusOf(`pay_${forged}`, '/hosted/pay'), 401)
  assert.equal(await statusOf(`portal_${bytes.toString('base64url')}`, '/hosted/portal'), 401)
})

test('an invoice’s link lasts until 90 days after it is settled', async () => {
  const { test: as } = await newTenant(server)
  const { guest, invoice } = await owed(as)
  server.clock.advance({ days: 400 })
  assert.equal((await guest('GET', '/hosted/pay')).status, 200)
  await as('POST', `/invoices/${invoice.id}/mark-paid`, {})
  server.clock.advance({ days: 89 })
  assert.equal((await look(guest)).invoice.status, 'PAID')
  server.clock.advance({ days: 2 })
  assert.equal((await guest('GET', '/hosted/pay')).status, 401)
})

test('a test environment is paid on the sandbox’s own page, and declined there, without any account', async () => {
  const { test: as } = await newTenant(server)
  const { guest, invoice } = await owed(as)
  const started = await guest('POST', '/hosted/pay/checkout', { providerName: 'SANDBOX' })
  assert.equal(started.status, 201, started.text)
  const { id: checkoutId, url } = started.body
  assert.equal(new URL(url).pathname, new URL(invoice.hostedUrl).pathname)
  assert.equal(new URL(url).searchParams.get('sandbox'), checkoutId)
  const again = await guest('POST', '/hosted/pay/checkout', { providerName: 'SANDBOX' })
  assert.equal(again.body.id, checkoutId)

  const declined = await guest('POST', '/hosted/pay/sandbox', { checkoutId, outcome: 'sandbox_declined' })
  assert.equal(declined.body.url, `${invoice.hostedUrl}?back=done`)
  await work()
  const failed = await look(guest)
  assert.deepEqual([failed.checkout.status, failed.checkout.failureCode], ['FAILED', 'card_declined'])
  assert.equal(failed.invoice.status, 'PENDING')

  const second = (await guest('POST', '/hosted/pay/checkout', { providerName: 'SANDBOX' })).body
  assert.notEqual(second.id, checkoutId)
  const paying = { checkoutId: second.id, outcome: 'sandbox_succeeds' }
  assert.equal(
    (await guest('POST', '/hosted/pay/sandbox', { ...paying, outcome: 'CANCEL' })).body.url,
    `${invoice.hostedUrl}?back=canceled`,
  )
  await guest('POST', '/hosted/pay/sandbox', paying)
  await guest('POST', '/hosted/pay/sandbox', { ...paying, outcome: 'sandbox_declined' })
  await work()
  const paid = await look(guest)
  assert.deepEqual([paid.invoice.status, paid.checkout.status, paid.ways], ['PAID', 'COMPLETED', []])
  const payments = await get(as, `/payments?invoiceId=${invoice.id}`)
  assert.deepEqual(
    payments.data.map((one: { provider: string; amount: number; status: string }) => [
      one.provider,
      one.amount,
      one.status,
    ]),
    [['SANDBOX', 49.99, 'SUCCEEDED']],
  )
  assert.equal((await guest('POST', '/hosted/pay/checkout', {})).body.code, 'invoice_not_payable')
})

test('the sandbox asks on a phone too, and its last digit decides', async () => {
  const { test: as } = await newTenant(server)
  const { guest } = await owed(as)
  const ask = (phone: string) => guest('POST', '/hosted/pay/checkout', { providerName: 'SANDBOX', phone })
  const declined = await ask('+254700000001')
  assert.deepEqual([declined.body.url, declined.body.isOnPhone], [null, true])
  assert.equal((await look(guest)).checkout.status, 'OPEN')
  await work()
  assert.equal((await look(guest)).checkout.status, 'OPEN', 'it is not asked before its time')
  assert.equal((await guest('POST', '/hosted/pay/ask', {})).status, 204)
  await work()
  assert.equal((await look(guest)).checkout.status, 'FAILED')
  await ask('+254700000009')
  await guest('POST', '/hosted/pay/ask', {})
  await work()
  assert.equal((await look(guest)).invoice.status, 'PAID')
})

test('the sandbox’s page serves its own invoice alone, and no live environment', async () => {
  const tenant = await newTenant(server)
  const [mine, theirs] = [await owed(tenant.test), await owed(tenant.test)]
  const { body } = await theirs.guest('POST', '/hosted/pay/checkout', { providerName: 'SANDBOX' })
  const stolen = await mine.guest('POST', '/hosted/pay/sandbox', {
    checkoutId: body.id,
    outcome: 'sandbox_declined',
  })
  assert.equal(stolen.body.code, 'checkout_not_found')
  await work()
  assert.equal((await look(theirs.guest)).checkout.status, 'OPEN')

  const live = await owed(tenant.live)
  assert.deepEqual((await look(live.guest)).ways, [])
  const refused = await live.guest('POST', '/hosted/pay/checkout', { providerName: 'SANDBOX' })
  assert.equal(refused.body.code, 'provider_not_configured')
})

test('a provider’s page and a phone’s prompt are offered by priority, and pay the invoice', async () => {
  const { test: as } = await newTenant(server)
  const [paystack, mpesa] = ['PAYSTACK', 'MPESA'].map((name) => subjects.find((one) => one.name === name))
  assert.ok(paystack && mpesa)
  await addAccount(stage, as, paystack, { credentials: paystack.credentials(), priority: 2 } as never)
  await addAccount(stage, as, mpesa, { credentials: mpesa.credentials(), priority: 1 } as never)
  const customer = await newCustomer(as, { currency: 'KES', country: 'KE' })
  const subscription = await subscribe(
    as,
    { customerId: customer.id },
    { plan: { prices: [{ currency: 'KES', amount: 1500 }] } },
  )
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  const guest = guestOf(server, invoice.hostedUrl)
  assert.deepEqual((await look(guest)).ways, [
    { providerName: 'MPESA', kind: 'PHONE' },
    { providerName: 'PAYSTACK', kind: 'PAGE' },
    { providerName: 'SANDBOX', kind: 'EITHER' },
  ])
  const page = await guest('POST', '/hosted/pay/checkout', { providerName: 'PAYSTACK' })
  assert.equal(page.status, 201, page.text)
  assert.ok(new URL(page.body.url).origin !== server.origin)
  const prompt = await guest('POST', '/hosted/pay/checkout', { providerName: 'MPESA', phone: '254712345678' })
  assert.equal(prompt.status, 201, prompt.text)
  assert.equal(prompt.body.isOnPhone, true)
  await choose(stage, null, 'succeed')
  await work()
  assert.equal((await look(guest)).invoice.status, 'PAID')
})

test('a link has a rate limit of its own and leaves the tenant’s alone', async () => {
  const { test: as } = await newTenant(server)
  const customer = await newCustomer(as)
  const { guest } = await portalOf(server, as, customer.id)
  let last = 200
  for (let count = 0; count < 125 && last === 200; count++)
    last = (await guest('GET', '/hosted/portal/logo')).status
  assert.equal(last, 429)
  assert.equal((await as('GET', '/customers')).status, 200)
})
