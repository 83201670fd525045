import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invoicesOf, newCustomer, newPlan } from '../../billing-story.ts'
import { everythingHolds, refused } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, planOf, totalsOf } from '../../life-story.ts'
import { eventsOf, get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-03-10T09:00:00Z' })
const today = (): void => server.clock.set('2026-03-10T09:00:00Z')
const inArrears = { billingTiming: 'IN_ARREARS' }

async function takeOver(as: Caller, body: object, plan: object = {}) {
  const { id: customerId } = await newCustomer(as, { currency: 'KES', timezone: 'Africa/Nairobi' })
  const { id: planId } = await newPlan(as, { prices: [{ currency: 'KES', amount: 30 }], ...plan })
  return as('POST', '/subscriptions', { customerId, planId, ...body })
}

async function taken(as: Caller, body: object, plan: object = {}) {
  const { status, body: subscription, text } = await takeOver(as, body, plan)
  assert.equal(status, 201, text)
  return subscription
}

const periodsOf = async (as: Caller, id: string): Promise<string[]> =>
  (await invoicesOf(as, id)).map(
    ({ items: [item] }) => `${item.periodStart.slice(0, 16)} ${item.periodEnd.slice(0, 16)}`,
  )

test('what was billed elsewhere is not billed again, and the next period is, at its instant', async () => {
  today()
  const { live } = await newTenant(server)
  const made = await taken(live, {
    externalId: 'legacy-1',
    createdAt: '2023-08-30T12:00:00Z',
    startDate: '2023-08-31',
    currentPeriodStart: '2026-02-28',
    currentPeriodEnd: '2026-03-31',
    status: 'ACTIVE',
  })
  assert.deepEqual(
    [
      made.status,
      made.createdAt,
      made.startedAt,
      made.currentPeriodStart,
      made.currentPeriodEnd,
      made.nextInvoiceAt,
    ],
    [
      'ACTIVE',
      '2023-08-30T12:00:00.000Z',
      '2023-08-30T21:00:00.000Z',
      '2026-02-27T21:00:00.000Z',
      '2026-03-30T21:00:00.000Z',
      '2026-03-30T21:00:00.000Z',
    ],
  )
  assert.deepEqual(await invoicesOf(live, made.id), [])
  await moveTo(server, '2026-05-01T00:00:00Z')
  assert.deepEqual(await periodsOf(live, made.id), [
    '2026-03-30T21:00 2026-04-29T21:00',
    '2026-04-29T21:00 2026-05-30T21:00',
  ])
  assert.deepEqual(await eventsOf(server, made), [
    'subscription.created',
    'subscription.renewed',
    'subscription.renewed',
  ])
})

test('a period that began elsewhere at any hour is that of its local day; without a startDate periods are counted from it', async () => {
  today()
  const { live } = await newTenant(server)
  const { id, startedAt } = await taken(live, {
    currentPeriodStart: '2026-03-03T13:22:05Z',
    currentPeriodEnd: '2026-04-03T13:22:05Z',
  })
  assert.equal(startedAt, '2026-03-03T13:22:05.000Z')
  const calendar = await taken(live, {
    billingAnchor: 'CALENDAR',
    startDate: '2025-01-17T10:00:00Z',
    currentPeriodStart: '2026-03-01',
  })
  const hourly = await taken(
    live,
    { startDate: '2026-03-01T10:30:00Z', currentPeriodStart: '2026-03-10T08:30:00Z' },
    { billingInterval: 'HOURLY', intervalCount: 2 },
  )
  assert.equal(hourly.currentPeriodEnd, '2026-03-10T10:30:00.000Z')
  await act(live, `/subscriptions/${hourly.id}/cancel`, { cancelAt: 'now' })
  await moveTo(server, '2026-04-04T00:00:00Z')
  assert.deepEqual(await periodsOf(live, id), ['2026-04-02T21:00 2026-05-02T21:00'])
  assert.deepEqual(await periodsOf(live, calendar.id), ['2026-03-31T21:00 2026-04-30T21:00'])
  assert.deepEqual(await invoicesOf(live, hourly.id), [])
})

test('in arrears the period under way is charged here, whole, when it is over', async () => {
  today()
  const { live } = await newTenant(server)
  const { id, nextInvoiceAt } = await taken(
    live,
    { startDate: '2025-11-01', currentPeriodStart: '2026-03-01' },
    inArrears,
  )
  assert.equal(nextInvoiceAt, '2026-03-31T21:00:00.000Z')
  const ended = await taken(live, { currentPeriodStart: '2026-03-01' }, inArrears)
  await act(live, `/subscriptions/${ended.id}/cancel`, { cancelAt: 'now' })
  assert.deepEqual(await totalsOf(live, ended.id), [968])
  await moveTo(server, '2026-05-02T00:00:00Z')
  assert.deepEqual(await periodsOf(live, id), [
    '2026-02-28T21:00 2026-03-31T21:00',
    '2026-03-31T21:00 2026-04-30T21:00',
  ])
  await everythingHolds(server)
})

test('a trial comes over with its own end, and an end date cuts the period that was billed', async () => {
  today()
  const { live } = await newTenant(server)
  const trial = await taken(live, {
    startDate: '2026-03-01',
    trialEnd: '2026-03-20T15:00:00Z',
    status: 'TRIALING',
    createdAt: '2026-03-01T00:00:00Z',
  })
  assert.deepEqual(
    [trial.status, trial.trialStart, trial.trialEnd, trial.nextInvoiceAt],
    ['TRIALING', '2026-02-28T21:00:00.000Z', '2026-03-20T15:00:00.000Z', '2026-03-20T15:00:00.000Z'],
  )
  // The plan's own trial is not begun anew.
  const cut = await taken(
    live,
    { currentPeriodStart: '2026-03-01', endDate: '2026-03-20' },
    { trialDays: 14 },
  )
  assert.deepEqual(
    [cut.status, cut.currentPeriodEnd, cut.nextInvoiceAt],
    ['ACTIVE', '2026-03-19T21:00:00.000Z', null],
  )
  await moveTo(server, '2026-05-01T00:00:00Z')
  assert.deepEqual(await periodsOf(live, trial.id), [
    '2026-03-20T15:00 2026-04-19T21:00',
    '2026-04-19T21:00 2026-05-19T21:00',
  ])
  assert.deepEqual(
    [(await get(live, `/subscriptions/${cut.id}`)).status, await invoicesOf(live, cut.id)],
    ['CANCELED', []],
  )
})

test('one that is paused comes over paused, also after its period, and begins anew when it resumes', async () => {
  today()
  const { live } = await newTenant(server)
  const [within, after, arrears] = [
    await taken(live, { currentPeriodStart: '2026-03-01', status: 'PAUSED' }),
    await taken(live, { currentPeriodStart: '2025-10-01', status: 'PAUSED' }),
    await taken(live, { currentPeriodStart: '2025-10-01', status: 'PAUSED' }, inArrears),
  ]
  for (const { status, nextInvoiceAt } of [within, after, arrears])
    assert.deepEqual([status, nextInvoiceAt], ['PAUSED', null])
  for (const { id } of [within, after, arrears]) await act(live, `/subscriptions/${id}/resume`)
  await moveTo(server, '2026-04-12T00:00:00Z')
  assert.deepEqual(await periodsOf(live, within.id), ['2026-03-31T21:00 2026-04-30T21:00'])
  const restarted = (await periodsOf(live, after.id)).map((period) => period.slice(0, 10))
  assert.deepEqual(restarted, ['2026-03-10', '2026-04-09'])
  assert.equal((await invoicesOf(live, arrears.id)).length, 1)
})

test('what would credit a period that was billed elsewhere is refused; what waits for its end is not', async () => {
  today()
  const { live } = await newTenant(server)
  const { id } = await taken(live, { currentPeriodStart: '2026-03-01', quantity: 2 })
  const newPlanId = (await planOf(live, 9000)).id
  const path = `/subscriptions/${id}`
  const code = 'period_billed_elsewhere'
  refused(await live('POST', `${path}/change-plan`, { newPlanId }), code)
  refused(await live('POST', `${path}/pause`, { creditUnused: true }), code)
  refused(await live('PATCH', path, { quantity: 1 }), code)
  refused(await live('POST', `${path}/preview`, { changePlan: { newPlanId } }), code)
  const more = await live('PATCH', path, { quantity: 3 })
  assert.equal(more.status, 200, more.text)
  assert.deepEqual(await totalsOf(live, id), [2129])
  await act(live, `${path}/change-plan`, { newPlanId, effective: 'period_end' })
  const other = await taken(live, { currentPeriodStart: '2026-03-01' })
  await act(live, `/subscriptions/${other.id}/cancel`, { cancelAt: 'now' })
  await moveTo(server, '2026-04-02T00:00:00Z')
  await act(live, `${path}/change-plan`, { newPlanId: (await planOf(live, 300)).id, effective: 'now' })
  assert.deepEqual(await totalsOf(live, id), [2129, 27_000, 870])
  assert.deepEqual(await invoicesOf(live, other.id), [])
})

test('what contradicts itself is refused, and says what it would have to be', async () => {
  today()
  const { live } = await newTenant(server)
  const faults = async (body: object): Promise<string[]> => {
    const { status, body: answer, text } = await takeOver(live, body)
    assert.equal(status, 400, text)
    return answer.errors.map(({ path, message }: { path: string; message: string }) => `${path}: ${message}`)
  }
  const period = { currentPeriodStart: '2026-03-01' }
  assert.deepEqual(await faults({ ...period, currentPeriodEnd: '2026-03-31' }), [
    'currentPeriodEnd: must be 2026-03-31T21:00:00.000Z, where that period ends; startDate says what periods are counted from',
  ])
  assert.deepEqual(await faults({ startDate: '2025-01-15', currentPeriodStart: '2026-03-01' }), [
    'currentPeriodStart: is not where a period begins that is counted from startDate; the one around it runs from 2026-02-14T21:00:00.000Z to 2026-03-14T21:00:00.000Z',
  ])
  assert.deepEqual(await faults({ currentPeriodStart: '2026-01-01' }), [
    'currentPeriodStart: is of a period that ended at 2026-01-31T21:00:00.000Z: give the one under way',
  ])
  assert.deepEqual(
    await faults({
      currentPeriodStart: '2026-03-11',
      startDate: '2026-03-12',
      trialDays: 3,
      status: 'TRIALING',
    }),
    [
      'currentPeriodStart: is of a period that is billed: leave it out in a trial',
      'status: cannot be TRIALING with currentPeriodStart',
      'currentPeriodStart: must not be later than now',
      'startDate: must not be after currentPeriodStart',
    ],
  )
  assert.deepEqual(await faults({ ...period, endDate: '2026-03-05' }), ['endDate: must be later than now'])
  assert.deepEqual(await faults({ currentPeriodEnd: '2026-04-01', status: 'PAUSED' }), [
    'currentPeriodEnd: goes with currentPeriodStart',
    'status: is PAUSED only with currentPeriodStart; pause it once it is there',
  ])
  assert.deepEqual(await faults({ status: 'TRIALING' }), [
    'status: would be ACTIVE, by startDate, trialDays and trialEnd',
  ])
  assert.deepEqual(await faults({ trialDays: 9, status: 'ACTIVE' }), [
    'status: would be TRIALING, by startDate, trialDays and trialEnd',
  ])
  assert.deepEqual(await faults({ trialEnd: '2026-03-09' }), [
    'trialEnd: must be after the start, and later than now',
  ])
  assert.deepEqual(await faults({ trialEnd: '2026-03-19', trialDays: 4 }), [
    'trialEnd: says what trialDays says already: give one of them',
  ])
  assert.deepEqual(await faults({ createdAt: '2026-03-11T00:00:00Z', ...period }), [
    'createdAt: must not be later than now',
  ])
  assert.deepEqual(await faults({ createdAt: '2025-01-01T00:00:00Z', startDate: '2025-01-01' }), [
    'createdAt: goes with nothing to bill for the past: give currentPeriodStart, or a later startDate',
  ])
  assert.equal(
    (await faults({ currentPeriodStart: 'March', currentPeriodEnd: '2026-02-30', trialEnd: '?' })).length,
    3,
  )
  assert.equal((await get(live, '/subscriptions')).data.length, 0)
})

test('a customer keeps the day it was made elsewhere, which cannot lie ahead', async () => {
  today()
  const { live } = await newTenant(server)
  const body = {
    email: 'old@example.com',
    name: 'Old',
    externalId: 'crm-1',
    createdAt: '2019-05-04T10:00:00Z',
  }
  const { status, body: customer, text } = await live('POST', '/customers', body)
  assert.equal(status, 201, text)
  assert.equal(customer.createdAt, '2019-05-04T10:00:00.000Z')
  assert.equal((await get(live, '/customers/externalId:crm-1')).createdAt, customer.createdAt)
  const ahead = await live('POST', '/customers', {
    ...body,
    email: 'b@example.com',
    externalId: 'b',
    createdAt: '2026-03-11T00:00:00Z',
  })
  assert.deepEqual([ahead.status, ahead.body.errors[0].path], [400, 'createdAt'])
})

test('after all of this every promise holds', () => everythingHolds(server))
