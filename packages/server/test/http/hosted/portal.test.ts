import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slices } from '../../../src/slices/index.ts'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { call, newKey, newTenant, startServer } from '../../harness.ts'
import { portalOf } from '../../hosted-story.ts'
import { collect, get, newMethod, subscribed } from '../../payment-story.ts'

const server = await startServer()

const portalRoutes = slices
  .flatMap(({ routes }) => routes)
  .filter(({ access }) => access.kind === 'link' && access.opens === 'portal')

test('a portal link opens the pages of its customer: subscriptions, invoices, payments, saved methods', async () => {
  const { test: as, session } = await newTenant(server)
  await session('PATCH', '/tenants/me', { companyName: 'Kazi', settings: { brandColor: '#0f766e' } })
  const { customer, subscription, invoice } = await subscribed(server, as)
  const { guest, expiresAt, url } = await portalOf(server, as, customer.id)
  assert.match(url, /\/portal\/[A-Za-z0-9_-]+$/)
  const days = (Date.parse(expiresAt) - server.clock.nowMs()) / 86_400_000
  assert.ok(days > 0.99 && days <= 1)

  const { status, body, text, headers } = await guest('GET', '/hosted/portal')
  assert.equal(status, 200, text)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.deepEqual(body.company, {
    name: 'Kazi',
    brandColor: '#0f766e',
    hasLogo: false,
    returnUrl: null,
    isTest: true,
  })
  assert.equal(body.customer.name, 'Wanjiku')
  assert.deepEqual(
    body.subscriptions.map((one: { id: string; unitAmount: number }) => [one.id, one.unitAmount]),
    [[subscription.id, 49.99]],
  )
  assert.deepEqual(
    body.invoices.data.map((one: { number: string; status: string }) => [one.number, one.status]),
    [[invoice.number, 'PAID']],
  )
  assert.deepEqual(
    body.payments.data.map((one: { amount: number; status: string }) => [one.amount, one.status]),
    [[49.99, 'SUCCEEDED']],
  )
  assert.equal(body.methods[0].last4, '4242')
  const pdf = await fetch(new URL(new URL(body.invoices.data[0].pdfUrl).pathname, server.origin))
  assert.equal(pdf.headers.get('content-type'), 'application/pdf')
})

test('what a tenant keeps for itself is in no answer of the portal', async () => {
  const { test: as } = await newTenant(server)
  const customer = await newCustomer(as, { currency: 'KES', metadata: { segment: 'churn-risk' } })
  await newMethod(as, customer.id)
  await subscribe(as, { customerId: customer.id, metadata: { margin: 'secret-margin' } })
  await as('POST', '/invoices', {
    customerId: customer.id,
    items: [{ description: 'Not yet', quantity: 1, unitAmount: 5 }],
    metadata: { note: 'secret-note' },
  })
  const { guest } = await portalOf(server, as, customer.id)
  const { text, body } = await guest('GET', '/hosted/portal')
  // Nor that there is a draft.
  assert.deepEqual([body.invoices.data.length, body.invoices.meta.total], [1, 1])
  for (const secret of ['churn-risk', 'secret-margin', 'secret-note', 'Not yet', 'sandbox_succeeds'])
    assert.ok(!text.includes(secret), secret)
})

test('a portal sees and changes one customer alone: what is another’s does not exist, on every route', async () => {
  const tenant = await newTenant(server)
  const { test: as, session } = tenant
  const other = await newPlan(as, { code: 'other', prices: [{ currency: 'KES', amount: 99 }] })
  await session('PATCH', '/tenants/me', { settings: { portal: { cancel: true, plans: ['other'] } } })
  const theirs = await subscribed(server, as, 'sandbox_declined')
  const mine = await newCustomer(as, { currency: 'KES' })
  const { guest } = await portalOf(server, as, mine.id)
  const before = (await guest('GET', '/hosted/portal')).body
  assert.deepEqual(
    [before.subscriptions, before.invoices.data, before.payments.data, before.methods],
    [[], [], [], []],
  )

  const ids: Record<string, string> = {
    invoices: theirs.invoice.id,
    subscriptions: theirs.subscription.id,
    'payment-methods': theirs.method.id,
  }
  const bodies: Record<string, object> = {
    'hosted.portalPay': { paymentMethodId: theirs.method.id },
    'hosted.portalChange': { planId: other.id },
    'hosted.portalPreview': {},
  }
  let seen = 0
  for (const { method, url, operation } of portalRoutes) {
    const at = (id: (collection: string) => string): string =>
      url.replaceAll(/\/([a-z-]+)\/:id/g, (_, collection: string) => `/${collection}/${id(collection)}`)
    if (!url.includes('/:')) continue
    seen += 1
    const body = method === 'DELETE' ? undefined : (bodies[operation] ?? {})
    const real = await guest(
      method,
      at((collection) => ids[collection] ?? ''),
      body,
    )
    const invented = await guest(
      method,
      at((collection) => `${ids[collection]?.split('_')[0]}_01m86rxvwee48t4trm428xyznt`),
      body,
    )
    assert.equal(real.status, 404, `${operation}: ${real.text}`)
    assert.equal(real.text, invented.text, operation)
  }
  assert.equal(seen, 7)
  const { status, cancelAt, pendingChange } = await get(as, `/subscriptions/${theirs.subscription.id}`)
  assert.deepEqual([status, cancelAt, pendingChange], ['PAST_DUE', null, null])
  assert.equal((await get(as, `/payment-methods/${theirs.method.id}`)).isDefault, true)

  // Nor is a method of theirs charged for an invoice of mine.
  const subscription = await subscribe(as, { customerId: mine.id })
  const own = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  const paid = await guest('POST', `/hosted/portal/invoices/${own.id}/pay`, {
    paymentMethodId: theirs.method.id,
  })
  assert.equal(paid.status, 404, paid.text)
})

test('a portal link is no key and no session, and neither of those is a portal link', async () => {
  const tenant = await newTenant(server)
  const customer = await newCustomer(tenant.test)
  const { credential } = await portalOf(server, tenant.test, customer.id)
  const asGuest = (path: string) => call(server, 'GET', path, { credential })
  assert.equal(
    (await asGuest('/customers')).text,
    (await call(server, 'GET', '/customers', { credential: tenant.accessToken })).text,
  )
  assert.equal((await asGuest(`/customers/${customer.id}`)).status, 403)
  assert.equal((await asGuest('/tenants/me')).status, 403)
  assert.equal((await asGuest('/hosted/pay')).status, 403)
  for (const wrong of [tenant.testKey, tenant.accessToken])
    assert.equal((await call(server, 'GET', '/hosted/portal', { credential: wrong })).status, 403)
  assert.equal((await call(server, 'GET', '/hosted/portal')).status, 401)
})

test('a link that is over, altered, of another kind or of an archived customer opens nothing', async () => {
  const tenant = await newTenant(server)
  const customer = await newCustomer(tenant.test)
  const { credential, guest } = await portalOf(server, tenant.test, customer.id, { expiresInMinutes: 60 })
  const statusOf = async (wanted: string) =>
    (await call(server, 'GET', '/hosted/portal', { credential: wanted })).status
  assert.equal(await statusOf(credential), 200)
  const bytes = Buffer.from(credential.slice('portal_'.length), 'base64url')
  for (let at = 0; at < bytes.length; at++) {
    const altered = Buffer.from(bytes)
    altered.writeUInt8((altered.readUInt8(at) + 1) % 256, at)
    assert.equal(await statusOf(`portal_${altered.toString('base64url')}`), 401, `byte ${at}`)
  }
  assert.equal(await statusOf(`pay_${bytes.toString('base64url')}`), 401)
  assert.equal(await statusOf('portal_'), 401)

  const brief = await portalOf(server, tenant.test, customer.id, { expiresInMinutes: 5 })
  server.clock.advance({ minutes: 6 })
  assert.equal(await statusOf(brief.credential), 401)
  assert.equal(await statusOf(credential), 200)
  await tenant.test('DELETE', `/customers/${customer.id}`)
  assert.equal((await guest('GET', '/hosted/portal')).status, 401)
  assert.equal((await tenant.test('POST', `/customers/${customer.id}/portal-link`, {})).status, 409)
})

test('a customer cancels and changes only what the tenant allows', async () => {
  const { test: as, session } = await newTenant(server)
  const { customer, subscription } = await subscribed(server, as)
  const bigger = await newPlan(as, {
    code: 'bigger',
    name: 'Bigger',
    prices: [{ currency: 'KES', amount: 99.99 }],
  })
  const hidden = await newPlan(as, { code: 'hidden', prices: [{ currency: 'KES', amount: 1 }] })
  const { guest } = await portalOf(server, as, customer.id)
  const to = (act: string, body: object = {}) =>
    guest('POST', `/hosted/portal/subscriptions/${subscription.id}/${act}`, body)
  const read = () => get(as, `/subscriptions/${subscription.id}`)

  for (const [act, body] of [
    ['cancel', {}],
    ['uncancel', {}],
    ['preview', {}],
    ['change-plan', { planId: bigger.id }],
    ['preview', { planId: bigger.id }],
  ] as const) {
    const refused = await to(act, body)
    assert.equal(refused.body.code, 'portal_action_off', `${act}: ${refused.text}`)
  }

  await session('PATCH', '/tenants/me', { settings: { portal: { cancel: true, plans: ['bigger'] } } })
  const page = (await guest('GET', '/hosted/portal')).body
  assert.equal(page.mayCancel, true)
  assert.deepEqual(
    page.plans.map((plan: { name: string; unitAmount: number }) => [plan.name, plan.unitAmount]),
    [['Bigger', 99.99]],
  )
  assert.equal((await to('change-plan', { planId: hidden.id })).body.code, 'portal_action_off')

  assert.equal((await to('preview')).body.subscription.cancelAt !== null, true)
  assert.equal((await to('cancel')).status, 204)
  const canceling = await read()
  assert.deepEqual([canceling.status, canceling.cancelAt], ['ACTIVE', canceling.currentPeriodEnd])
  assert.equal((await to('uncancel')).status, 204)
  assert.equal((await read()).cancelAt, null)

  const preview = (await to('preview', { planId: bigger.id })).body
  assert.equal((await read()).planId, subscription.planId)
  assert.equal((await to('change-plan', { planId: bigger.id })).status, 204)
  assert.equal((await read()).planId, bigger.id)
  const newest = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  assert.equal(preview.invoices[0].total, newest.total)
})

test('a customer pays with a saved method, chooses which is charged, and takes one away', async () => {
  const { test: as } = await newTenant(server)
  const { customer, invoice, method } = await subscribed(server, as, 'sandbox_declined')
  const good = await newMethod(as, customer.id, 'sandbox_succeeds')
  const { guest } = await portalOf(server, as, customer.id)
  assert.equal((await guest('GET', '/hosted/portal')).body.invoices.data[0].status, 'FAILED')

  assert.equal((await guest('POST', `/hosted/portal/payment-methods/${good.id}/prefer`, {})).status, 204)
  const paying = await guest('POST', `/hosted/portal/invoices/${invoice.id}/pay`, {
    paymentMethodId: good.id,
  })
  assert.equal(paying.status, 204, paying.text)
  await collect(server)
  assert.equal((await guest('GET', '/hosted/portal')).body.invoices.data[0].status, 'PAID')
  assert.equal((await guest('DELETE', `/hosted/portal/payment-methods/${method.id}`)).status, 204)
  const { methods } = (await guest('GET', '/hosted/portal')).body
  assert.deepEqual(
    methods.map((one: { id: string; isDefault: boolean }) => [one.id, one.isDefault]),
    [[good.id, true]],
  )
})

test('a page of the tenant’s own reads a customer by the tenant’s id, each list with its own scope', async () => {
  const tenant = await newTenant(server)
  const { test: as } = tenant
  const customer = await newCustomer(as, { externalId: 'shop/42', currency: 'KES' })
  const subscription = await subscribe(as, { customerId: customer.id })
  const at = `/portal/customers/${encodeURIComponent('shop/42')}`
  const billing = await get(as, `${at}/billing`)
  assert.equal(billing.customer.id, customer.id)
  assert.deepEqual(billing.outstanding, [{ currency: 'KES', amountDue: 49.99, invoices: 1, overdue: 0 }])
  assert.equal(billing.nextInvoiceAt, subscription.currentPeriodEnd)
  assert.equal((await get(as, `${at}/subscriptions`)).data[0].id, subscription.id)
  assert.equal((await get(as, `${at}/invoices`)).data.length, 1)
  assert.equal((await get(as, `${at}/payments`)).data.length, 0)
  assert.deepEqual(await get(as, `/portal/customers/${customer.id}/billing`), billing)
  assert.equal((await as('GET', '/portal/customers/nobody/billing')).status, 404)

  const key = await newKey(tenant.session, ['invoices:read'])
  for (const [list, status] of [
    ['invoices', 200],
    ['billing', 403],
    ['subscriptions', 403],
    ['payments', 403],
  ] as const)
    assert.equal((await call(server, 'GET', `${at}/${list}`, { credential: key })).status, status, list)

  const stranger = await newCustomer(as, { externalId: 'stranger', currency: 'KES' })
  const invoice = (await get(as, `${at}/invoices`)).data[0]
  const body = { successUrl: 'https://shop.example.com' }
  assert.equal(
    (await as('POST', `/portal/customers/${stranger.id}/invoices/${invoice.id}/checkout`, body)).body.code,
    'invoice_not_found',
  )
  assert.equal(
    (await as('POST', `${at}/invoices/${invoice.id}/checkout`, body)).body.code,
    'provider_not_configured',
  )
})
