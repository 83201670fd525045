import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicId } from '../../../src/ids.ts'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { newKey, caller, newTenant, startServer } from '../../harness.ts'
import { collect, get, payingCustomer, rows, unpaidInvoice } from '../../payment-story.ts'

const server = await startServer()

test('revenue is the money of the books to the cent, by days of the tenant that are inclusive on both sides', async () => {
  const tenant = await newTenant(server, { currency: 'KES', timezone: 'Africa/Nairobi' })
  const as = tenant.test
  const environment = publicId('environment', tenant.testEnvironmentId)
  const clock = (body: object) =>
    tenant.session('POST', `/tenants/me/environments/${environment}/clock`, body)
  await clock({ now: '2026-01-31T20:30:00Z' })
  const { customer } = await payingCustomer(as)
  await subscribe(as, { customerId: customer.id })
  await collect(server)
  const { invoice } = await unpaidInvoice(as)
  await as('POST', '/payments', { invoiceId: invoice.id, amount: 0.01 })
  await clock({ advance: { hours: 1 } })
  await as('POST', '/payments', { invoiceId: invoice.id, amount: 10.07 })
  await clock({ advance: { months: 2 } })
  const [paid] = (await get(as, '/payments?provider=SANDBOX&limit=1')).data
  await as('POST', `/payments/${paid.id}/refund`, { amount: 4.99 })

  const byMonth = await get(as, '/analytics/revenue')
  assert.deepEqual(
    byMonth.breakdown.map((one: { period: string; count: number }) => [one.period, one.count]),
    [
      ['2026-01-01', 2],
      ['2026-02-01', 2],
      ['2026-03-01', 1],
      // the refund alone
      ['2026-04-01', 0],
    ],
  )
  const payments = (await get(as, '/payments?limit=100')).data
  const cents = (amount: number) => Math.round(amount * 100)
  const sum = (of: (one: { amount: number; refundedAmount: number }) => number) =>
    payments.reduce(
      (total: number, one: { amount: number; refundedAmount: number }) => total + cents(of(one)),
      0,
    )
  assert.equal(
    cents(byMonth.total),
    sum(({ amount }) => amount),
  )
  assert.equal(
    cents(byMonth.refunded),
    sum(({ refundedAmount }) => refundedAmount),
  )
  assert.equal(byMonth.refunded, 4.99)
  const [ledger] = await rows(
    server,
    `select sum(amount_minor)::int as cash from ledger_entries where environment_id = $1 and account like 'cash:%'`,
    [tenant.testEnvironmentId],
  )
  assert.equal(cents(byMonth.total) - cents(byMonth.refunded), ledger?.['cash'])

  for (const groupBy of ['day', 'week', 'month']) {
    const report = await get(as, `/analytics/revenue?groupBy=${groupBy}`)
    const total = report.breakdown.reduce((all: number, one: { total: number }) => all + cents(one.total), 0)
    assert.equal(total, cents(report.total), groupBy)
  }
  // 20:30 UTC is 23:30 in Nairobi, still January; an hour later it is February.
  const january = await get(as, '/analytics/revenue?dateFrom=2026-01-31&dateTo=2026-01-31')
  assert.deepEqual([january.total, january.count], [50, 2])
  const february = await get(as, '/analytics/revenue?dateFrom=2026-02-01&dateTo=2026-02-01&groupBy=week')
  assert.deepEqual([february.total, february.breakdown[0].period], [10.07, '2026-01-26'])
  assert.deepEqual((await get(as, '/analytics/revenue?currency=USD')).total, 0)
})

test('what subscriptions are worth a month is exact and rounded once', async () => {
  const { test: as } = await newTenant(server, { currency: 'KES' })
  const kes = (amount: number) => [{ currency: 'KES', amount }]
  const plans = [
    await newPlan(as, { billingInterval: 'MONTHLY', prices: kes(10) }),
    await newPlan(as, { billingInterval: 'YEARLY', prices: kes(100) }),
    await newPlan(as, { billingInterval: 'WEEKLY', intervalCount: 2, prices: kes(7) }),
    await newPlan(as, { billingInterval: 'QUARTERLY', prices: kes(0.01) }),
  ]
  for (const plan of plans) {
    const customer = await newCustomer(as, { currency: 'KES' })
    await subscribe(as, { customerId: customer.id, planId: plan.id, quantity: 2 })
  }
  const trial = await newCustomer(as, { currency: 'KES' })
  await subscribe(as, { customerId: trial.id, planId: plans[0]?.id ?? '', trialDays: 7 })
  const { mrr, arr } = await get(as, '/analytics/revenue')
  // a year: 12·20 + 200 + 26·14 + 4·0.02 = 804.08; a month is the twelfth of it, 67.0066…
  assert.deepEqual([mrr, arr], [67.01, 804.08])
})

test('analytics needs its own scope, and wrong days are told', async () => {
  const { session, test: as } = await newTenant(server)
  const key = caller(server, await newKey(session, ['payments:read']))
  assert.equal((await key('GET', '/analytics/revenue')).status, 403)
  for (const query of [
    'dateFrom=2026-02-30',
    'groupBy=year',
    'dateFrom=2026-02-02&dateTo=2026-02-01',
    'x=1',
    'currency=XXX1',
  ]) {
    assert.equal((await as('GET', `/analytics/revenue?${query}`)).status, 400, query)
  }
})
