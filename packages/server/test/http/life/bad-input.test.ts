import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invoicesOf, newCustomer, newPlan } from '../../billing-story.ts'
import { everythingHolds } from '../../credit-story.ts'
import { type Answer, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, planOf, startLife } from '../../life-story.ts'
import { get, rows } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

/** All that a refused call could have touched. */
async function traces(): Promise<string> {
  const [found] = await rows(
    server,
    `select (select count(*) from invoices) || ' ' || (select count(*) from credit_notes) || ' '
       || (select count(*) from events) || ' ' || (select string_agg(s::text, ',' order by s.id) from subscriptions s) as all`,
  )
  return String(found?.['all'])
}

const faultsOf = ({ body }: Answer): string[] => body.errors.map(({ path }: { path: string }) => path)

test('a quantity that is none is refused everywhere, names its field and leaves no trace', async () => {
  const { live } = await newTenant(server)
  const { id, customerId, planId } = await startLife(live, 1000)
  const newPlanId = (await planOf(live, 2000)).id
  for (const quantity of [0, -1, 1.5, 1_000_001, 1e9, 1e21, '2', true, []]) {
    const before = await traces()
    for (const [method, path, body, field] of [
      ['POST', '/subscriptions', { customerId, planId, quantity }, 'quantity'],
      ['PATCH', `/subscriptions/${id}`, { quantity }, 'quantity'],
      ['POST', `/subscriptions/${id}/change-plan`, { newPlanId, quantity }, 'quantity'],
      ['POST', `/subscriptions/${id}/preview`, { update: { quantity } }, 'update.quantity'],
    ] as const) {
      const answer = await live(method, path, body)
      assert.deepEqual(
        [answer.status, faultsOf(answer)],
        [400, [field]],
        `${path} ${JSON.stringify(quantity)}`,
      )
    }
    assert.equal(await traces(), before)
  }
  const most = await live('PATCH', `/subscriptions/${id}`, { quantity: 1_000_000 })
  assert.deepEqual([most.status, most.body.quantity], [200, 1_000_000])
})

test('a plan without a price in the currency, the same plan, and a pause of what is paused are refused by name', async () => {
  const { live } = await newTenant(server)
  const { id, planId, customerId } = await startLife(live, 1000)
  const { id: dollars } = await newPlan(live, { prices: [{ currency: 'USD', amount: 5 }] })
  const { id: nothing } = await newPlan(live, { prices: [] })
  const path = `/subscriptions/${id}`
  const refuse = async (url: string, body: object, code: string): Promise<void> => {
    const before = await traces()
    const answer = await live('POST', url, body)
    assert.deepEqual([answer.status, answer.body.code], [409, code], answer.text)
    assert.equal(await traces(), before)
  }
  for (const without of [dollars, nothing]) {
    await refuse('/subscriptions', { customerId, planId: without }, 'plan_has_no_price')
    await refuse(`${path}/change-plan`, { newPlanId: without }, 'plan_has_no_price')
    await refuse(`${path}/preview`, { changePlan: { newPlanId: without } }, 'plan_has_no_price')
  }
  await refuse('/subscriptions', { customerId, planId, currency: 'USD' }, 'plan_has_no_price')
  for (const effective of ['now', 'period_end', undefined])
    await refuse(`${path}/change-plan`, { newPlanId: planId, effective }, 'plan_unchanged')
  await refuse(`${path}/resume`, {}, 'subscription_not_paused')
  await act(live, `${path}/pause`, {})
  await refuse(`${path}/pause`, {}, 'subscription_paused')
  await refuse(`${path}/pause`, { creditUnused: true }, 'subscription_paused')
})

test('a clock time that the zone skips is the next instant; a day that it skips, the next; what is in no calendar is refused', async () => {
  const { live } = await newTenant(server)
  const start = async (timezone: string, body: object): Promise<Answer> => {
    const { id: customerId } = await newCustomer(live, { currency: 'KES', timezone })
    return live('POST', '/subscriptions', { customerId, planId: (await planOf(live, 1000)).id, ...body })
  }
  const started = async (timezone: string, startDate: string): Promise<string> => {
    const { status, body, text } = await start(timezone, { startDate })
    assert.equal(status, 201, text)
    return body.startedAt
  }
  assert.equal(await started('Europe/Berlin', '2026-03-29T02:30'), '2026-03-29T01:00:00.000Z')
  assert.equal(await started('Europe/Berlin', '2026-03-29T02:30:00'), '2026-03-29T01:00:00.000Z')
  assert.equal(await started('Europe/Berlin', '2026-10-25T02:30'), '2026-10-25T00:30:00.000Z')
  assert.equal(await started('Africa/Nairobi', '2026-03-29T02:30'), '2026-03-28T23:30:00.000Z')
  // Egypt's summer time begins at midnight, so that day begins at one.
  assert.equal(await started('Africa/Cairo', '2026-04-24'), '2026-04-23T22:00:00.000Z')
  const trial = await start('Europe/Berlin', { startDate: '2026-03-15T02:30', trialDays: 14 })
  assert.equal(trial.body.trialEnd, '2026-03-29T01:00:00.000Z')
  for (const startDate of [
    '2026-02-30',
    '2026-02-30T10:00',
    '2026-03-29T25:00',
    '2026-03-29T02',
    '02:30',
    '',
  ]) {
    const answer = await start('Europe/Berlin', { startDate })
    assert.deepEqual([answer.status, faultsOf(answer)], [400, ['startDate']], startDate)
  }
  // Samoa moved over the date line and had no 30 December 2011.
  const { body: skipped } = await start('Pacific/Apia', {
    startDate: '2011-12-30',
    endDate: '2012-01-02',
    trialDays: 0,
  })
  assert.equal(skipped.startedAt, '2011-12-30T10:00:00.000Z')
})

test('the anchor is fixed with the subscription: in a trial too, only its end moves it', async () => {
  server.clock.set('2026-01-10T09:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 1000, { trialDays: 14 })
  const before = await traces()
  for (const body of [
    { billingAnchor: 'CALENDAR' },
    { trialEnd: '2026-02-01' },
    { startDate: '2026-02-01' },
  ]) {
    const answer = await live('PATCH', `/subscriptions/${id}`, body)
    assert.deepEqual([answer.status, faultsOf(answer)], [400, Object.keys(body)])
  }
  assert.equal(await traces(), before)
  const longer = await planOf(live, 1000, { trialDays: 20 })
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: longer.id })
  await moveTo(server, '2026-03-02T00:00:00Z')
  const { billingAnchor, currentPeriodStart } = await get(live, `/subscriptions/${id}`)
  assert.deepEqual([billingAnchor, currentPeriodStart], ['ANNIVERSARY', '2026-02-28T00:00:00.000Z'])
  const [first] = await invoicesOf(live, id)
  assert.match(first.items[0].periodStart, /^2026-01-30T09:0/)
})

test('after all of this every promise holds', () => everythingHolds(server))
