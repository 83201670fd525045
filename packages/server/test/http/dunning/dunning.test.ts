import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { type Caller, type TestTenant, newTenant, startServer } from '../../harness.ts'
import { eventsOf, get, newMethod, rows, stored } from '../../payment-story.ts'
import { customerMail } from '../../../src/slices/mail/index.ts'
import { verify } from '../../../src/verify.ts'
import { publicId } from '../../../src/ids.ts'

const server = await startServer()

const start = '2026-03-02T08:30:00Z'

/** A subscription whose first charge falls due on a test clock, at 11:30 of 2 March in Nairobi. */
async function unpaid(token: string, dunning?: object, method: object = {}) {
  const tenant = await newTenant(server, { currency: 'KES', timezone: 'Africa/Nairobi' })
  if (dunning) {
    const { status, text } = await tenant.session('PATCH', '/tenants/me', { settings: { dunning } })
    assert.equal(status, 200, text)
  }
  await move(tenant, start)
  const { test: as } = tenant
  const customer = await newCustomer(as, { currency: 'KES', timezone: 'Africa/Nairobi' })
  const first = await newMethod(as, customer.id, token, method)
  const { id: planId } = await newPlan(as)
  const subscription = await subscribe(as, { customerId: customer.id, planId })
  await move(tenant, '2026-03-02T08:31:00Z')
  const invoice = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  return { tenant, as, customer, method: first, subscription, invoice }
}

async function move(tenant: TestTenant, now: string): Promise<void> {
  const id = publicId('environment', tenant.testEnvironmentId)
  const { status, text } = await tenant.session('POST', `/tenants/me/environments/${id}/clock`, { now })
  assert.equal(status, 200, text)
}

async function attempts(as: Caller, invoice: { id: string }): Promise<string[]> {
  const { data: payments } = await get(as, `/payments?limit=100&invoiceId=${invoice.id}`)
  return payments
    .toReversed()
    .map(
      ({ createdAt, status }: { createdAt: string; status: string }) => `${createdAt.slice(5, 16)} ${status}`,
    )
}

const statusOf = async (as: Caller, subscription: { id: string }): Promise<string> =>
  (await get(as, `/subscriptions/${subscription.id}`)).status

test('a soft decline is tried again on days 1, 3, 5 and 7, and then the subscription is canceled', async () => {
  const { tenant, as, subscription, invoice } = await unpaid('sandbox_insufficient_funds')
  assert.equal(await statusOf(as, subscription), 'PAST_DUE')
  await move(tenant, '2026-03-09T08:29:00Z')
  assert.equal(await statusOf(as, subscription), 'PAST_DUE')
  await move(tenant, '2026-04-20T00:00:00Z')
  assert.deepEqual(await attempts(as, invoice), [
    '03-02T08:30 FAILED',
    '03-03T08:30 FAILED',
    '03-05T08:30 FAILED',
    '03-07T08:30 FAILED',
    '03-09T08:30 FAILED',
  ])
  const ended = await get(as, `/subscriptions/${subscription.id}`)
  assert.deepEqual([ended.status, ended.canceledAt], ['CANCELED', '2026-03-09T08:30:00.000Z'])
  assert.equal(
    (await eventsOf(server, subscription)).filter((type) => type === 'subscription.canceled').length,
    1,
  )
  assert.equal((await get(as, `/invoices?subscriptionId=${subscription.id}`)).meta.total, 1)
  for await (const { name, breaches } of verify(server.deps.workerDb)) assert.deepEqual(breaches, [], name)
})

test('a clock moved day by day gives the same attempts as one moved at once', async () => {
  const { tenant, as, invoice, subscription } = await unpaid('sandbox_insufficient_funds')
  for (let day = 3; day <= 12; day++) await move(tenant, `2026-03-${String(day).padStart(2, '0')}T20:00:00Z`)
  assert.deepEqual(
    (await attempts(as, invoice)).map((one) => one.slice(0, 5)),
    ['03-02', '03-03', '03-05', '03-07', '03-09'],
  )
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).canceledAt, '2026-03-09T08:30:00.000Z')
})

test('a hard decline is not tried again; another method is, on the next day of the schedule, and all is well', async () => {
  const { tenant, as, customer, subscription, invoice } = await unpaid('sandbox_declined')
  await move(tenant, '2026-03-06T00:00:00Z')
  assert.deepEqual(await attempts(as, invoice), ['03-02T08:30 FAILED'])
  await newMethod(as, customer.id, 'sandbox_succeeds', { isDefault: true })
  await move(tenant, '2026-03-20T00:00:00Z')
  assert.deepEqual(await attempts(as, invoice), ['03-02T08:30 FAILED', '03-07T08:30 SUCCEEDED'])
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  assert.equal(await statusOf(as, subscription), 'ACTIVE')
})

test('a hard decline that nobody mends ends on the last day', async () => {
  const { tenant, as, subscription, invoice } = await unpaid('sandbox_declined')
  await move(tenant, '2026-03-20T00:00:00Z')
  assert.deepEqual(await attempts(as, invoice), ['03-02T08:30 FAILED'])
  assert.equal((await get(as, `/subscriptions/${subscription.id}`)).canceledAt, '2026-03-09T08:30:00.000Z')
})

test('an invoice paid by any way meanwhile is tried no more, and its subscription goes on', async () => {
  const { tenant, as, subscription, invoice } = await unpaid('sandbox_insufficient_funds')
  await move(tenant, '2026-03-04T00:00:00Z')
  assert.equal((await as('POST', `/invoices/${invoice.id}/mark-paid`, {})).status, 200)
  assert.equal(await statusOf(as, subscription), 'ACTIVE')
  await move(tenant, '2026-03-20T00:00:00Z')
  assert.deepEqual(await attempts(as, invoice), [
    '03-02T08:30 FAILED',
    '03-03T08:30 FAILED',
    '03-04T00:00 SUCCEEDED',
  ])
  assert.equal(await statusOf(as, subscription), 'ACTIVE')
})

for (const [finalAction, status] of [
  ['PAUSE', 'PAUSED'],
  ['NONE', 'PAST_DUE'],
] as const) {
  test(`a tenant's own schedule, with ${finalAction} at its end`, async () => {
    const { tenant, as, subscription, invoice } = await unpaid('sandbox_insufficient_funds', {
      retryDays: [4, 2],
      finalAction,
    })
    await move(tenant, '2026-03-30T00:00:00Z')
    assert.deepEqual(await attempts(as, invoice), [
      '03-02T08:30 FAILED',
      '03-04T08:30 FAILED',
      '03-06T08:30 FAILED',
    ])
    assert.equal(await statusOf(as, subscription), status)
    await move(tenant, '2026-04-03T00:00:00Z')
    const invoices = (await get(as, `/invoices?subscriptionId=${subscription.id}`)).meta.total
    assert.equal(invoices, finalAction === 'PAUSE' ? 1 : 2, 'a pause bills nothing')
  })
}

test('without retries the first failure is the last', async () => {
  const { tenant, as, subscription, invoice } = await unpaid('sandbox_insufficient_funds', {
    retryDays: [],
    finalAction: 'CANCEL',
  })
  await move(tenant, '2026-03-03T00:00:00Z')
  assert.deepEqual(await attempts(as, invoice), ['03-02T08:30 FAILED'])
  assert.equal(await statusOf(as, subscription), 'CANCELED')
})

test('mobile money rings at ten in the morning of the customer, who is told of it by mail two hours before', async () => {
  const { tenant, as, customer, invoice } = await unpaid('sandbox_insufficient_funds', undefined, {
    type: 'MOBILE_MONEY',
  })
  await move(tenant, '2026-03-06T00:00:00Z')
  assert.deepEqual(await attempts(as, invoice), [
    '03-02T08:30 FAILED',
    '03-03T07:00 FAILED',
    '03-05T07:00 FAILED',
  ])
  const prompts = async () => {
    while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)
    const { data } = await get(as, `/mails?customerId=${customer.id}&kind=PHONE_PROMPT`)
    const found: { id: string; status: string }[] = data.toReversed()
    const times = await rows(
      server,
      `select to_char(occurred_at, 'MM-DD"T"HH24:MI') as at from customer_mails where kind = 'PHONE_PROMPT' and customer_id = $1 order by occurred_at`,
      [stored(customer.id)],
    )
    return {
      first: found[0],
      told: times.map(({ at }) => at),
      statuses: found.map(({ status }) => status),
    }
  }
  const { first, told, statuses } = await prompts()
  assert.deepEqual(told, ['03-03T05:00', '03-05T05:00', '03-07T05:00'])
  assert.deepEqual(statuses, ['CAUGHT', 'CAUGHT', 'PENDING'])
  const { subject, text } = await get(as, `/mails/${first?.id}`)
  assert.match(subject, /^Today we ask for .* on your phone$/)
  assert.match(text, /two hours/)

  // Paid meanwhile, there is nothing to be told.
  assert.equal((await as('POST', `/invoices/${invoice.id}/mark-paid`, {})).status, 200)
  await move(tenant, '2026-03-10T00:00:00Z')
  assert.deepEqual((await prompts()).statuses, ['CAUGHT', 'CAUGHT', 'SKIPPED'])
})

test('who declined for good, by card, or wants no such mail is told of no prompt', async () => {
  for (const [token, type, emails] of [
    ['sandbox_declined', 'MOBILE_MONEY', {}],
    ['sandbox_insufficient_funds', 'CARD', {}],
    ['sandbox_insufficient_funds', 'MOBILE_MONEY', { phonePrompt: false }],
  ] as const) {
    const { tenant, as, customer } = await unpaid(token, undefined, { type })
    assert.equal((await tenant.session('PATCH', '/tenants/me', { settings: { emails } })).status, 200)
    await move(tenant, '2026-03-06T00:00:00Z')
    while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)
    assert.equal((await get(as, `/mails?customerId=${customer.id}&kind=PHONE_PROMPT`)).meta.total, 0)
  }
})

test('retries that were forgotten are found', async () => {
  const { invoice } = await unpaid('sandbox_insufficient_funds')
  const found = async (): Promise<string[]> => {
    const names: string[] = []
    for await (const { name, breaches } of verify(server.deps.workerDb))
      if (breaches.length > 0) names.push(name)
    return names
  }
  assert.deepEqual(await found(), [])
  const id = stored(invoice.id)
  await rows(server, 'update dunnings set due_at = null where invoice_id = $1', [id])
  assert.deepEqual(await found(), [
    'every failed invoice whose retries are not over has a day for the next, or a charge under way',
  ])
  await rows(server, 'update dunnings set due_at = started_at where invoice_id = $1', [id])
})

test('a schedule that cannot be is refused by its field', async () => {
  const { session } = await newTenant(server)
  for (const [dunning, path] of [
    [{ retryDays: [0], finalAction: 'NONE' }, 'settings.dunning.retryDays'],
    [{ retryDays: [1, 1], finalAction: 'NONE' }, 'settings.dunning.retryDays'],
    [{ retryDays: [1], finalAction: 'SUE' }, 'settings.dunning.finalAction'],
    [{ retryDays: [1] }, 'settings.dunning.finalAction'],
  ] as const) {
    const { status, body } = await session('PATCH', '/tenants/me', { settings: { dunning } })
    assert.equal(status, 400)
    assert.ok(
      body.errors.some((fault: { path: string }) => fault.path.startsWith(path)),
      JSON.stringify(body),
    )
  }
})
