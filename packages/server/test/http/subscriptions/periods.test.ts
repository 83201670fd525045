import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newTenant, startServer } from '../../harness.ts'
import { eventsOf, invoicesOf, newCustomer, newPlan, runBilling, subscribe } from '../../billing-story.ts'

const server = await startServer({ start: '2026-01-31T09:00:00Z' })
const at = (instant: string): void => server.clock.set(instant)
type Line = { periodStart: string; periodEnd: string; amount: number }

test('a subscription of 31 January is billed on the last day of each shorter month, and never drifts', async () => {
  at('2026-01-31T09:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await subscribe(live, {}, { customer: { timezone: 'Africa/Kampala' } })
  for (let month = 2; month <= 12; month++) {
    at(`2026-${String(month).padStart(2, '0')}-28T12:00:00Z`)
    await runBilling(server)
  }
  at('2027-01-31T12:00:00Z')
  await runBilling(server)
  const invoices = await invoicesOf(live, id)
  // Midnight in Kampala is 21:00 UTC of the day before.
  assert.deepEqual(
    invoices.slice(1).map(({ issuedAt }) => issuedAt),
    ['02-27', '03-30', '04-29', '05-30', '06-29', '07-30', '08-30', '09-29', '10-30', '11-29', '12-30']
      .map((day) => `2026-${day}T21:00:00.000Z`)
      .concat('2027-01-30T21:00:00.000Z'),
  )
  for (const [index, invoice] of invoices.entries()) {
    const [line] = invoice.items as Line[]
    assert.equal(line?.periodStart, index === 0 ? invoice.issuedAt : invoices[index - 1]?.items[0].periodEnd)
    assert.equal(invoice.total, 49.99)
  }
  assert.deepEqual(
    invoices.map(({ number }) => number),
    [
      ...Array.from({ length: 12 }, (_, index) => `INV-2026-${String(index + 1).padStart(6, '0')}`),
      'INV-2027-000001',
    ],
  )
})

test('after three days of downtime each missed period is invoiced once, with its own dates', async () => {
  at('2026-03-01T00:00:00Z')
  const { live } = await newTenant(server)
  const daily = await subscribe(live, {}, { plan: { billingInterval: 'DAILY' } })
  const hourly = await subscribe(
    live,
    { startDate: '2026-03-01T00:00:00Z' },
    { plan: { billingInterval: 'HOURLY' } },
  )
  at('2026-03-04T00:30:00Z')
  await runBilling(server)
  const days = await invoicesOf(live, daily.id)
  assert.deepEqual(
    days.slice(1).map(({ issuedAt }) => issuedAt),
    ['02', '03', '04'].map((day) => `2026-03-${day}T00:00:00.000Z`),
  )
  const hours = await invoicesOf(live, hourly.id)
  assert.equal(hours.length, 73)
  assert.deepEqual(
    hours.map(({ items }) => items[0].periodStart),
    Array.from({ length: 73 }, (_, hour) =>
      Temporal.Instant.from('2026-03-01T00:00:00Z')
        .add({ hours: hour })
        .toString({ smallestUnit: 'millisecond' }),
    ),
  )
})

test('a calendar subscription pays the part of its first month, counted in local days', async () => {
  at('2026-04-21T15:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await subscribe(
    live,
    { billingAnchor: 'CALENDAR' },
    { customer: { currency: 'UGX' }, plan: { prices: [{ currency: 'UGX', amount: 180_000 }] } },
  )
  at('2026-05-01T00:00:00Z')
  await runBilling(server)
  const invoices = await invoicesOf(live, id)
  // 21 to 30 April: 10 of 30 days.
  assert.deepEqual(
    invoices.map(({ total, items }) => [total, items[0].periodEnd]),
    [
      [60_000, '2026-05-01T00:00:00.000Z'],
      [180_000, '2026-06-01T00:00:00.000Z'],
    ],
  )
})

test('a start in the past bills each period since then on an invoice of its own, in order, issued today', async () => {
  at('2026-05-10T08:00:00Z')
  const { live } = await newTenant(server)
  const subscription = await subscribe(live, { startDate: '2026-02-15', quantity: 3 })
  const invoices = await invoicesOf(live, subscription.id)
  assert.deepEqual(
    invoices.map(({ number, total, items }) => [number, total, items[0].periodStart.slice(0, 10)]),
    [
      ['INV-2026-000001', 149.97, '2026-02-15'],
      ['INV-2026-000002', 149.97, '2026-03-15'],
      ['INV-2026-000003', 149.97, '2026-04-15'],
    ],
  )
  for (const { issuedAt, dueDate } of invoices) {
    assert.equal(issuedAt, subscription.createdAt)
    assert.equal(dueDate, '2026-06-09')
  }
  assert.equal(subscription.currentPeriodEnd, '2026-05-15T00:00:00.000Z')
  const far = await live('POST', '/subscriptions', {
    customerId: subscription.customerId,
    planId: (await newPlan(live, { billingInterval: 'HOURLY' })).id,
    startDate: '2026-02-15',
  })
  assert.equal(far.status, 400)
  assert.equal(far.body.errors[0].path, 'startDate')
})

test('a start in the future is billed when it comes', async () => {
  at('2026-05-10T08:00:00Z')
  const { live } = await newTenant(server)
  const subscription = await subscribe(live, { startDate: '2026-06-01T00:00:00Z' })
  assert.equal(subscription.currentPeriodStart, null)
  assert.equal(subscription.nextInvoiceAt, '2026-06-01T00:00:00.000Z')
  at('2026-05-31T23:59:00Z')
  await runBilling(server)
  assert.equal((await invoicesOf(live, subscription.id)).length, 0)
  at('2026-06-01T00:00:01Z')
  await runBilling(server)
  assert.equal((await invoicesOf(live, subscription.id)).length, 1)
  assert.deepEqual(await eventsOf(server, subscription.id), [
    'subscription.created',
    'subscription.activated',
  ])
})

test('a trial is not billed before its end; then it is ACTIVE with its first invoice, and told of once', async () => {
  at('2026-06-10T15:30:00Z')
  const { live } = await newTenant(server)
  const subscription = await subscribe(
    live,
    {},
    { customer: { timezone: 'America/New_York' }, plan: { trialDays: 14 } },
  )
  assert.equal(subscription.status, 'TRIALING')
  assert.equal(subscription.trialEnd.slice(0, 16), '2026-06-24T15:30')
  at('2026-06-24T15:29:00Z')
  await runBilling(server)
  assert.equal((await invoicesOf(live, subscription.id)).length, 0)
  at('2026-06-26T00:00:00Z')
  await runBilling(server)
  await runBilling(server)
  const { body } = await live('GET', `/subscriptions/${subscription.id}`)
  assert.equal(body.status, 'ACTIVE')
  const [invoice, ...others] = await invoicesOf(live, subscription.id)
  assert.equal(others.length, 0)
  assert.equal(invoice.issuedAt, subscription.trialEnd)
  assert.deepEqual(await eventsOf(server, subscription.id), [
    'subscription.created',
    'subscription.activated',
  ])
  assert.deepEqual(await eventsOf(server, invoice.id), ['invoice.created', 'invoice.finalized'])
})

test('a canceled trial bills nothing, ever', async () => {
  at('2026-07-01T00:00:00Z')
  const { live } = await newTenant(server)
  const later = await subscribe(live, { trialDays: 7 })
  const now = await subscribe(live, { trialDays: 7 })
  const scheduled = await live('POST', `/subscriptions/${later.id}/cancel`, { reason: 'too dear' })
  assert.equal(scheduled.body.status, 'TRIALING')
  assert.equal(scheduled.body.cancelAt, later.trialEnd)
  assert.equal(scheduled.body.nextInvoiceAt, null)
  const ended = await live('POST', `/subscriptions/${now.id}/cancel`, { cancelAt: 'now' })
  assert.equal(ended.body.status, 'CANCELED')
  at('2026-09-15T00:00:00Z')
  await runBilling(server)
  for (const { id } of [later, now]) {
    assert.equal((await live('GET', `/subscriptions/${id}`)).body.status, 'CANCELED')
    assert.equal((await invoicesOf(live, id)).length, 0)
  }
  assert.deepEqual(await eventsOf(server, later.id), [
    'subscription.created',
    'subscription.updated',
    'subscription.canceled',
  ])
})

test('a cancellation at the period’s end takes effect at that instant, and nothing is billed past it', async () => {
  at('2026-07-01T00:00:00Z')
  const { live } = await newTenant(server)
  const subscription = await subscribe(live)
  const canceling = await live('POST', `/subscriptions/${subscription.id}/cancel`)
  assert.equal(canceling.body.status, 'ACTIVE')
  assert.equal(canceling.body.cancelAt, '2026-08-01T00:00:00.000Z')
  at('2026-08-20T00:00:00Z')
  await runBilling(server)
  const { body } = await live('GET', `/subscriptions/${subscription.id}`)
  assert.equal(body.status, 'CANCELED')
  assert.equal(body.canceledAt, '2026-08-01T00:00:00.000Z')
  assert.equal((await invoicesOf(live, subscription.id)).length, 1)
  const customer = await live('GET', `/customers/${subscription.customerId}`)
  assert.equal(customer.body.activeSubscriptions, 0)
  assert.equal(
    (await live('POST', `/subscriptions/${subscription.id}/cancel`)).body.code,
    'subscription_already_canceled',
  )
})

test('a cancellation that was taken back goes on as if it had never been', async () => {
  at('2026-07-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await subscribe(live)
  assert.equal((await live('POST', `/subscriptions/${id}/uncancel`)).body.code, 'subscription_not_canceling')
  await live('POST', `/subscriptions/${id}/cancel`)
  const { body } = await live('POST', `/subscriptions/${id}/uncancel`)
  assert.equal(body.cancelAt, null)
  assert.equal(body.nextInvoiceAt, '2026-08-01T00:00:00.000Z')
  at('2026-08-01T00:00:00Z')
  await runBilling(server)
  assert.equal((await invoicesOf(live, id)).length, 2)
})

test('a change meets the period that had begun, also where the billing run is late', async () => {
  at('2026-07-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await subscribe(live)
  at('2026-08-03T00:00:00Z')
  const { body } = await live('POST', `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  assert.equal(body.status, 'CANCELED')
  const invoices = await invoicesOf(live, id)
  assert.deepEqual(
    invoices.map(({ items }) => items[0].periodStart.slice(0, 10)),
    ['2026-07-01', '2026-08-01'],
  )
})

test('an end date ends it, and the last period pays its days only', async () => {
  at('2026-09-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await subscribe(
    live,
    { endDate: '2026-10-16' },
    { plan: { prices: [{ currency: 'KES', amount: 310 }] } },
  )
  at('2026-12-01T00:00:00Z')
  await runBilling(server)
  const invoices = await invoicesOf(live, id)
  assert.deepEqual(
    invoices.map(({ total, items }) => [total, items[0].periodEnd]),
    [
      [310, '2026-10-01T00:00:00.000Z'],
      [150, '2026-10-16T00:00:00.000Z'],
    ],
  )
  const { body } = await live('GET', `/subscriptions/${id}`)
  assert.equal(body.canceledAt, '2026-10-16T00:00:00.000Z')
})

test('customers in two zones at one instant are each billed at their own midnight', async () => {
  at('2026-10-20T12:00:00Z')
  const { live } = await newTenant(server)
  const plan = await newPlan(live, { billingInterval: 'DAILY' })
  const zones = ['America/New_York', 'Asia/Kathmandu']
  const subscriptions = await Promise.all(
    zones.map(async (timezone) =>
      subscribe(live, {
        planId: plan.id,
        customerId: (await newCustomer(live, { currency: 'KES', timezone })).id,
      }),
    ),
  )
  // New York leaves summer time on 1 November: that day has 25 hours.
  at('2026-11-02T12:00:00Z')
  await runBilling(server)
  for (const [index, { id }] of subscriptions.entries()) {
    const invoices = await invoicesOf(live, id)
    for (const { issuedAt } of invoices.slice(1)) {
      const local = Temporal.Instant.from(issuedAt).toZonedDateTimeISO(zones[index] ?? '')
      assert.equal(local.toPlainTime().toString(), '00:00:00')
    }
    const starts = new Set(invoices.map(({ items }) => items[0].periodStart))
    assert.equal(starts.size, invoices.length)
    assert.equal(invoices.length, 14)
  }
})
