import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publicId } from '../../../src/ids.ts'
import { newPlan, subscribe } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { collect, get, payingCustomer, rows } from '../../payment-story.ts'

const server = await startServer()

async function tenantAt(instant: string) {
  const tenant = await newTenant(server, { currency: 'KES', timezone: 'Africa/Nairobi' })
  const environment = publicId('environment', tenant.testEnvironmentId)
  const clock = async (body: object): Promise<void> => {
    const { status, text } = await tenant.session(
      'POST',
      `/tenants/me/environments/${environment}/clock`,
      body,
    )
    assert.equal(status, 200, text)
  }
  await clock({ now: instant })
  return { tenant, as: tenant.test, clock }
}

/** A story: in January three start, in February one does and one ends, in March nobody pays one who started. */
async function story() {
  const told = await tenantAt('2026-01-31T20:30:00Z')
  const { as, clock } = told
  const plan = await newPlan(as, { netPaymentTerms: 10 })
  const start = async (token: string): Promise<{ id: string }> => {
    const { customer } = await payingCustomer(as, token)
    const subscription = await subscribe(as, { customerId: customer.id, planId: plan.id })
    await collect(server)
    return subscription
  }
  const first = await start('sandbox_succeeds')
  await start('sandbox_succeeds')
  // An hour later it is February in Nairobi.
  await clock({ advance: { hours: 1 } })
  await start('sandbox_succeeds')
  await as('POST', `/subscriptions/${first.id}/cancel`, { cancelAt: 'now' })
  await clock({ now: '2026-03-10T09:00:00Z' })
  await start('sandbox_declined')
  return told
}

test('subscriptions are counted by status, and started and ended on the days of the tenant', async () => {
  const { as } = await story()
  const all = await get(as, '/analytics/subscriptions')
  assert.deepEqual(
    [all.total, all.canceled, all.active + all.pastDue, all.new, all.churned, all.churnRate, all.parked],
    [4, 1, 3, 4, 1, 25, 0],
  )
  assert.deepEqual(all.breakdown, [
    { period: '2026-01-01', new: 2, churned: 0 },
    { period: '2026-02-01', new: 1, churned: 1 },
    { period: '2026-03-01', new: 1, churned: 0 },
  ])
  const february = await get(as, '/analytics/subscriptions?dateFrom=2026-02-01&dateTo=2026-02-28')
  assert.deepEqual([february.new, february.churned, february.churnRate], [1, 1, 33.33])
  const empty = await get((await newTenant(server)).test, '/analytics/subscriptions')
  assert.deepEqual([empty.total, empty.churnRate, empty.breakdown], [0, null, []])
})

test('cohorts tell how many of each month still ran after one month, two months', async () => {
  const { as, clock } = await story()
  assert.deepEqual((await get(as, '/analytics/cohorts')).cohorts, [
    { month: '2026-01-01', started: 2, kept: [2, 1] },
    { month: '2026-02-01', started: 1, kept: [1] },
    { month: '2026-03-01', started: 1, kept: [] },
  ])
  await clock({ now: '2027-02-10T09:00:00Z' })
  const { cohorts } = await get(as, '/analytics/cohorts')
  assert.deepEqual(
    cohorts.map(({ month }: { month: string }) => month),
    ['2026-03-01'],
  )
})

test('the rate of payments that succeed, by provider, reason and month, is that of the payments there are', async () => {
  const { as } = await story()
  const figures = await get(as, '/analytics/payments')
  const payments = (await get(as, '/payments?limit=100')).data as { status: string; amount: number }[]
  const of = (status: string) => payments.filter((payment) => payment.status === status)
  const [succeeded, failed] = [of('SUCCEEDED').length, of('FAILED').length]
  assert.ok(succeeded > 3 && failed === 1)
  assert.deepEqual([figures.total, figures.succeeded, figures.failed], [succeeded + 1, succeeded, 1])
  assert.equal(figures.successRate, Math.round((succeeded / (succeeded + 1)) * 10_000) / 100)
  assert.equal(Math.round(figures.totalProcessed * 100), succeeded * 4999)
  assert.deepEqual(figures.failureReasons, [{ code: 'card_declined', count: 1 }])
  assert.equal(figures.byProvider.length, 1)
  assert.equal(figures.byProvider[0].provider, 'SANDBOX')
  const sum = (field: string): number =>
    figures.breakdown.reduce((all: number, one: Record<string, number>) => all + (one[field] ?? 0), 0)
  assert.deepEqual([sum('total'), sum('succeeded'), sum('failed')], [succeeded + 1, succeeded, 1])
  assert.equal((await get(as, '/analytics/payments?provider=STRIPE')).total, 0)
  assert.equal((await get(as, '/analytics/payments?currency=USD')).successRate, null)
})

test('what is unpaid is shown by its age in the days of the tenant, and comes to the receivables of the books', async () => {
  const { as, tenant, clock } = await story()
  const aged = async () => {
    const { asOf, currencies } = await get(as, '/analytics/ageing')
    const [kes] = currencies
    const found = ['notDue', 'days1To30', 'days31To60', 'days61To90', 'over90Days'].filter(
      (age) => kes[age].invoices > 0,
    )
    return { asOf, found, ...kes }
  }
  const now = await aged()
  assert.deepEqual([now.asOf, now.found, now.total, now.overdue], ['2026-03-10', ['notDue'], 49.99, 0])
  await clock({ now: '2026-03-20T20:00:00Z' })
  assert.deepEqual((await aged()).found, ['notDue'])
  await clock({ now: '2026-03-20T21:30:00Z' })
  const late = await aged()
  // What is left after the subscription that nobody pays was ended.
  assert.deepEqual([late.asOf, late.found, late.overdue], ['2026-03-21', ['days1To30'], late.total])
  assert.ok(late.total > 0)
  const [books] = await rows(
    server,
    `select sum(amount_minor)::int as open from ledger_entries where environment_id = $1 and account = 'receivable'`,
    [tenant.testEnvironmentId],
  )
  assert.equal(Math.round(late.total * 100), books?.['open'])
})

test('net revenue is the revenue account of the books to the cent, by month', async () => {
  const { as, tenant } = await story()
  const { total, breakdown, currency } = await get(as, '/analytics/net-revenue')
  const [books] = await rows(
    server,
    `select -sum(amount_minor)::int as earned from ledger_entries where environment_id = $1 and account = 'revenue'`,
    [tenant.testEnvironmentId],
  )
  assert.equal(currency, 'KES')
  assert.ok(total > 0)
  assert.equal(Math.round(total * 100), books?.['earned'])
  const sum = breakdown.reduce((all: number, one: { total: number }) => all + Math.round(one.total * 100), 0)
  assert.equal(sum, books?.['earned'])
})
