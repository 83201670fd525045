import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { systemClock } from '../../src/clock.ts'
import { startSimulator } from '../../src/simulators/simulator.ts'
import { slices } from '../../src/slices/index.ts'
import { loops } from '../../src/slices/loops.ts'
import { webhooks } from '../../src/slices/webhooks/index.ts'
import { type Caller, type TestTenant, newTenant, startServer } from '../harness.ts'

const simulator = await startSimulator(systemClock)
const server = await startServer({
  settings: { WEBHOOK_TARGETS: 'any', TEST_PROVIDER_URLS: simulator.setting },
})
const owner = new pg.Client({ connectionString: server.databaseUrl })
before(() => owner.connect())
after(() => owner.end())
after(() => simulator.close())

type Ids = Readonly<Record<string, string>>

/** One of everything, by the name of its collection in an address. */
async function fill(ask: Caller, mark: string): Promise<Ids> {
  const made = async (path: string, body: object): Promise<Record<string, string>> => {
    const { status, body: answer, text } = await ask('POST', path, body)
    assert.equal(status, 201, text)
    return answer
  }
  const customer = await made('/customers', { email: `${mark}@example.com`, name: mark, externalId: mark })
  const method = await made('/payment-methods', {
    customerId: customer['id'],
    provider: 'SANDBOX',
    token: 'sandbox_succeeds',
    type: 'CARD',
  })
  const plan = await made('/plans', {
    name: mark,
    code: mark,
    billingInterval: 'MONTHLY',
    prices: [{ currency: 'USD', amount: 10 }],
  })
  const tax = await made('/taxes', { name: mark, code: 'vat', rate: 10 })
  const coupon = await made('/coupons', {
    code: mark,
    name: mark,
    discountType: 'PERCENTAGE',
    discountValue: 1,
    duration: 'FOREVER',
  })
  const addOn = await made('/add-ons', {
    name: mark,
    code: 'setup',
    prices: [{ currency: 'USD', amount: 1 }],
  })
  const wallet = (await made('/wallets', {
    customerId: customer['id'],
    currency: 'USD',
    grantedCredits: 1,
  })) as unknown as { wallet: { id: string } }
  const applied = await made('/coupons/apply', { code: mark, customerId: customer['id'] })
  const assignment = await made('/taxes/assignments', { taxCode: 'vat', customerId: customer['id'] })
  const subscription = await made('/subscriptions', { customerId: customer['id'], planId: plan['id'] })
  const endpoint = await made('/webhook-endpoints', { url: 'http://127.0.0.1:9/refused', isActive: true })
  const sent = await made(`/webhook-endpoints/${endpoint['id']}/test`, {})
  const metric = await made('/billable-metrics', { name: mark, code: mark, aggregationType: 'COUNT' })
  const charge = await made('/charges', {
    planId: plan['id'],
    billableMetricId: metric['id'],
    chargeModel: 'STANDARD',
    prices: [{ currency: 'USD', properties: { unitPrice: 1 } }],
  })
  const override = await made('/plan-overrides', {
    customerId: customer['id'],
    planId: plan['id'],
    prices: [{ currency: 'USD', amount: 9 }],
  })
  const event = await made('/events', { transactionId: mark, subscriptionId: subscription['id'], code: mark })
  const appliedAddOn = await made('/add-ons/apply', { addOnId: addOn['id'], customerId: customer['id'] })
  for (const loop of loops) while (await loop.tick(server.deps));
  await webhooks.settle(server.deps)
  const [invoice] = (await ask('GET', '/invoices')).body.data
  const [payment] = (await ask('GET', '/payments')).body.data
  const { body: note } = await ask('POST', '/credit-notes', {
    invoiceId: invoice.id,
    amount: 1,
    reason: 'OTHER',
  })
  const provider = await made('/payment-providers', {
    providerName: 'PAYSTACK',
    credentials: { secretKey: `sk_test_0000000000${mark}` },
    currencies: ['KES'],
  })
  const guest = await made('/customers', { email: `guest-${mark}@example.com`, currency: 'KES' })
  const draft = await made('/invoices', {
    customerId: guest['id'],
    items: [{ description: mark, quantity: 1, unitAmount: 10 }],
    autoFinalize: true,
  })
  const { body: asked } = await ask('POST', `/invoices/${draft['id']}/send-email`, {})
  const session = await made(`/invoices/${draft['id']}/checkout`, { successUrl: 'https://shop.example.com' })
  const mail = await made(`/mails/${asked['id']}/resend`, {})
  const [logged] = (await ask('GET', '/event-log')).body.data
  const price = (plan as unknown as { prices: { id: string }[] }).prices[0]?.id ?? ''
  return {
    customers: customer['id'] ?? '',
    'payment-methods': method['id'] ?? '',
    plans: plan['id'] ?? '',
    prices: price,
    subscriptions: subscription['id'] ?? '',
    invoices: invoice.id,
    payments: payment.id,
    'credit-notes': note.id,
    'webhook-endpoints': endpoint['id'] ?? '',
    deliveries: sent['id'] ?? '',
    'payment-providers': provider['id'] ?? '',
    'checkout-sessions': session['id'] ?? '',
    'billable-metrics': metric['id'] ?? '',
    events: event['id'] ?? '',
    charges: charge['id'] ?? '',
    'plan-overrides': override['id'] ?? '',
    plan: plan['id'] ?? '',
    mails: mail['id'] ?? '',
    'event-log': logged.id,
    subscription: subscription['id'] ?? '',
    taxes: tax['id'] ?? '',
    assignments: assignment['id'] ?? '',
    coupons: coupon['id'] ?? '',
    applied: applied['id'] ?? '',
    wallets: wallet.wallet.id,
    'add-ons': addOn['id'] ?? '',
    'add-ons/applied': appliedAddOn['id'] ?? '',
  }
}

/** A body that is right for a route, so that only whose things it names can be wrong. */
function bodyFor(operation: string, ids: Ids): object {
  const bodies: Record<string, object> = {
    'charges.create': {
      planId: ids['plans'],
      billableMetricId: ids['billable-metrics'],
      chargeModel: 'STANDARD',
      prices: [{ currency: 'USD', properties: { unitPrice: 1 } }],
    },
    'charges.preview': { chargeId: ids['charges'], currency: 'USD', usage: [{ quantity: 1 }] },
    'plans.simulate': {
      from: '2026-01-01T00:00:00Z',
      to: '2026-02-01T00:00:00Z',
      charges: [{ chargeId: ids['charges'], prices: [{ currency: 'USD', properties: { unitPrice: 1 } }] }],
    },
    'planOverrides.create': {
      customerId: ids['customers'],
      planId: ids['plans'],
      prices: [{ currency: 'USD', amount: 1 }],
    },
    'plans.addPrice': { currency: 'KES', amount: 1 },
    'plans.updatePrice': { amount: 1 },
    'invoices.markPaid': { paymentMethod: 'BANK_TRANSFER' },
    'paymentMethods.update': { isDefault: true },
    'subscriptions.changePlan': { newPlanId: ids['plans'] },
    'subscriptions.preview': { cancel: {} },
    'subscriptions.create': { customerId: ids['customers'], planId: ids['plans'] },
    'paymentMethods.create': {
      customerId: ids['customers'],
      provider: 'SANDBOX',
      token: 'sandbox_succeeds',
      type: 'CARD',
    },
    'portal.checkout': { successUrl: 'https://shop.example.com' },
    'invoices.checkout': { successUrl: 'https://shop.example.com' },
    'payments.create': { invoiceId: ids['invoices'], amount: 1 },
    'addOns.apply': {
      addOnId: ids['add-ons'],
      customerId: ids['customers'],
      subscriptionId: ids['subscriptions'],
    },
    'wallets.create': { customerId: ids['customers'], currency: 'USD' },
    'wallets.move': { walletId: ids['wallets'], grantedCredits: 1 },
    'coupons.apply': {
      couponId: ids['coupons'],
      customerId: ids['customers'],
      subscriptionId: ids['subscriptions'],
    },
    'taxes.assign': { taxCode: 'vat', customerId: ids['customers'] },
    'creditNotes.create': { invoiceId: ids['invoices'], amount: 1, reason: 'OTHER' },
  }
  return bodies[operation] ?? {}
}

/** The address of a route with an id of the right kind in each place. */
function addressOf(url: string, ids: Ids, otherwise: (id: string) => string): string {
  return url.replaceAll(/((?:\/[a-z-]+)?\/([a-z-]+))\/:(\w+)/g, (whole, path: string, collection: string) => {
    const id = ids[path.slice(1)] ?? ids[collection]
    return id === undefined ? whole : `${path}/${otherwise(id)}`
  })
}

function fieldsOf(schema: { properties?: object } = {}): string[] {
  return Object.keys(schema.properties ?? {})
}

const invented = (id: string): string => `${id.split('_')[0] ?? ''}_01m86rxvwee48t4trm428xyznt`
const dataRoutes = slices.flatMap(({ routes }) => routes).filter(({ access }) => access.kind === 'key')

async function contents(): Promise<string> {
  const { rows: tables } = await owner.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ('api_keys', 'api_key_usage', 'api_key_routes') and relname not like 'request_log_%' order by relname`,
  )
  const parts: string[] = []
  for (const { relname } of tables) {
    const { rows } = await owner.query(
      `select coalesce(string_agg(t::text, E'\\n' order by t::text), '') as all from ${relname} t`,
    )
    parts.push(`${relname}\n${rows[0].all}`)
  }
  return parts.join('\n')
}

let theirs: TestTenant
let mine: TestTenant
let ids: Ids
before(async () => {
  theirs = await newTenant(server)
  mine = await newTenant(server)
  ids = await fill(theirs.test, 'theirs')
})

test('on every route, another tenant’s id is an id that does not exist, byte for byte, and nothing changes', async () => {
  const withId = dataRoutes.filter(({ url }) => url.includes('/:'))
  assert.ok(withId.length > 20)
  const before = await contents()
  for (const { method, url, operation } of withId) {
    const body = method === 'GET' || method === 'DELETE' ? undefined : bodyFor(operation, ids)
    const real = await mine.test(
      method,
      addressOf(url, ids, (id) => id),
      body,
    )
    const unknown = await mine.test(method, addressOf(url, ids, invented), body)
    assert.ok(!addressOf(url, ids, (id) => id).includes('/:'), `the test knows no id for ${url}`)
    assert.equal(real.status, 404, `${operation}: ${real.text}`)
    assert.equal(real.text, unknown.text, operation)
    // The tenant's own other environment is another world too.
    assert.equal(
      (
        await theirs.live(
          method,
          addressOf(url, ids, (id) => id),
          body,
        )
      ).text,
      unknown.text,
      operation,
    )
  }
  assert.equal(await contents(), before, 'something was changed')
})

test('in every body and every filter, another tenant’s id is one that does not exist, and nothing is made', async () => {
  const own = await fill(mine.test, 'mine')
  const before = await contents()
  for (const operation of [
    'subscriptions.create',
    'paymentMethods.create',
    'payments.create',
    'creditNotes.create',
    'taxes.assign',
    'coupons.apply',
    'addOns.apply',
    'planOverrides.create',
    'wallets.create',
    'wallets.move',
  ]) {
    const route = dataRoutes.find((one) => one.operation === operation)
    assert.ok(route)
    for (const [collection, field] of [
      ['customers', 'customerId'],
      ['plans', 'planId'],
      ['invoices', 'invoiceId'],
      ['wallets', 'walletId'],
      ['payment-methods', 'paymentMethodId'],
    ] as const) {
      const body = { ...bodyFor(operation, own) }
      if (!(field in body) && !(operation === 'subscriptions.create' && field === 'paymentMethodId')) continue
      const real = await mine.test('POST', route.url, { ...body, [field]: ids[collection] })
      const unknown = await mine.test('POST', route.url, {
        ...body,
        [field]: invented(ids[collection] ?? ''),
      })
      assert.equal(real.status, 404, `${operation} ${field}: ${real.text}`)
      assert.equal(real.text, unknown.text)
    }
  }
  for (const { method, url, query, operation } of dataRoutes) {
    const fields = fieldsOf(query)
    for (const [collection, field] of [
      ['customers', 'customerId'],
      ['plans', 'planId'],
      ['invoices', 'invoiceId'],
      ['subscriptions', 'subscriptionId'],
    ] as const) {
      if (method !== 'GET' || !fields.includes(field) || url.includes('/:')) continue
      const real = await mine.test('GET', `${url}?${field}=${ids[collection]}`)
      const unknown = await mine.test('GET', `${url}?${field}=${invented(ids[collection] ?? '')}`)
      assert.equal(real.text, unknown.text, `${operation} ${field}`)
    }
  }
  assert.equal(await contents(), before)
})
