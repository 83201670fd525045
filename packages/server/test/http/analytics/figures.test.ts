import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { publicId } from '../../../src/ids.ts'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
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

type Month = Record<
  'opening' | 'new' | 'expansion' | 'contraction' | 'churn' | 'reactivation' | 'closing',
  number
> & {
  month: string
}
const figuresOf = ({ opening, closing, ...one }: Month): number[] => [
  opening,
  one.new,
  one.expansion,
  one.contraction,
  one.churn,
  one.reactivation,
  closing,
]

test('each month tells what moved the recurring revenue: what began, grew, shrank, stopped and came back', async () => {
  const { as, clock } = await tenantAt('2026-01-31T20:30:00Z')
  const [small, large] = [
    await newPlan(as, { prices: [{ currency: 'KES', amount: 100 }] }),
    await newPlan(as, { billingInterval: 'QUARTERLY', prices: [{ currency: 'KES', amount: 1000 }] }),
  ]
  const start = async (body: object): Promise<string> => {
    const { id: customerId } = await newCustomer(as, { currency: 'KES' })
    return (await subscribe(as, { customerId, planId: small.id, ...body })).id
  }
  const deed = async (id: string, path: string, body: object = {}): Promise<void> => {
    const { status, text } = await as('POST', `/subscriptions/${id}/${path}`, body)
    assert.equal(status, 200, text)
  }
  const grows = await start({})
  const shrinks = await start({ quantity: 3 })
  const onTrial = await start({ trialDays: 40 })
  // An hour later it is February in Nairobi.
  await clock({ advance: { hours: 1 } })
  await deed(grows, 'change-plan', { newPlanId: large.id, effective: 'now' })
  await as('PATCH', `/subscriptions/${shrinks}`, { quantity: 1 })
  await clock({ now: '2026-03-20T09:00:00Z' })
  await deed(shrinks, 'pause')
  await clock({ now: '2026-04-02T09:00:00Z' })
  await deed(shrinks, 'resume')
  await deed(onTrial, 'cancel', { cancelAt: 'now' })
  await start({ startDate: '2026-03-25' })

  const { currency, months } = await get(as, '/analytics/mrr?dateFrom=2025-12-15')
  assert.equal(currency, 'KES')
  assert.deepEqual(
    months.map((one: Month) => [one.month, ...figuresOf(one)]),
    [
      ['2025-12-01', 0, 0, 0, 0, 0, 0, 0],
      ['2026-01-01', 0, 400, 0, 0, 0, 0, 400],
      ['2026-02-01', 400, 0, 233.33, -200, 0, 0, 433.33],
      ['2026-03-01', 433.33, 200, 0, 0, -100, 0, 533.33],
      ['2026-04-01', 533.33, 0, 0, 0, -100, 100, 533.33],
    ],
  )
  assert.equal((await get(as, '/analytics/revenue')).mrr, 533.33)
  assert.deepEqual(
    figuresOf((await get(as, '/analytics/mrr?dateFrom=2026-03-31&dateTo=2026-03-01')).months[0]),
    figuresOf(months[3]),
  )
  assert.equal((await get(as, '/analytics/mrr')).months.length, 12)
  assert.equal((await as('GET', '/analytics/mrr?dateFrom=2026-05-01&dateTo=2026-04-01')).status, 400)
  assert.equal((await as('GET', '/analytics/mrr?dateFrom=1990-01-01')).status, 400)
  assert.deepEqual(figuresOf((await get(as, '/analytics/mrr?currency=USD')).months[0]), Array(7).fill(0))
  await everythingHolds(server)
})

test('whatever happens to subscriptions, what moved in a month leads from what they were worth to what they are', async () => {
  const deeds = fc.array(
    fc.tuple(fc.constantFrom('start', 'plan', 'quantity', 'pause', 'resume', 'cancel'), fc.nat(5), fc.nat(3)),
    { minLength: 3, maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(deeds, { minLength: 3, maxLength: 4 }), async (year) => {
      const { as, clock } = await tenantAt('2026-01-10T08:00:00Z')
      const plans = [
        await newPlan(as, { prices: [{ currency: 'KES', amount: 49.99 }] }),
        await newPlan(as, { billingInterval: 'QUARTERLY', prices: [{ currency: 'KES', amount: 100 }] }),
        await newPlan(as, { billingInterval: 'YEARLY', prices: [{ currency: 'KES', amount: 1000.01 }] }),
        await newPlan(as, {
          billingInterval: 'WEEKLY',
          billingTiming: 'IN_ARREARS',
          prices: [{ currency: 'KES', amount: 7 }],
        }),
      ]
      const planId = (which: number): string | undefined => plans[which % plans.length]?.id
      const { id: customerId } = await newCustomer(as, { currency: 'KES' })
      const ids: string[] = []
      const worth: number[] = []
      for (const month of year) {
        for (const [deed, which, other] of month) {
          const at = `/subscriptions/${ids[which % Math.max(ids.length, 1)]}`
          // What is refused moves nothing.
          if (deed === 'start' || ids.length === 0)
            ids.push(
              (await subscribe(as, { customerId, planId: planId(other) ?? '', trialDays: which * 9 })).id,
            )
          else if (deed === 'plan') await as('POST', `${at}/change-plan`, { newPlanId: planId(other) })
          else if (deed === 'quantity') await as('PATCH', at, { quantity: other + 1 })
          else await as('POST', `${at}/${deed}`, deed === 'cancel' && other > 1 ? { cancelAt: 'now' } : {})
        }
        worth.push((await get(as, '/analytics/revenue')).mrr)
        const { months } = await get(as, '/analytics/mrr')
        assert.equal(months.at(-1).closing, worth.at(-1))
        await clock({ advance: { months: 1 } })
      }
      const { months } = await get(as, '/analytics/mrr')
      for (const one of months as Month[]) {
        const [opening = 0, ...moved] = figuresOf(one).map((figure) => Math.round(figure * 100))
        const closing = moved.pop()
        assert.equal(opening + moved.reduce((sum, figure) => sum + figure, 0), closing)
      }
      for (const [index, one] of (months as Month[]).entries())
        if (index > 0) assert.equal(one.opening, months[index - 1].closing)
      assert.equal(months.at(-1).closing, (await get(as, '/analytics/revenue')).mrr)
    }),
    { numRuns: 3 },
  )
  await everythingHolds(server)
})
