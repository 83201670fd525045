import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventsOf, invoicesOf, subscribe } from '../../billing-story.ts'
import { everythingHolds, refused } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { act, balanceOf, creditsOf, moveTo, payAll, planOf, startLife, totalsOf } from '../../life-story.ts'
import { collect, get, payingCustomer } from '../../payment-story.ts'

const server = await startServer({ start: '2012-01-01T00:00:00Z' })
const at = (instant: string): void => server.clock.set(instant)

test('a paused subscription is not billed; a resume after its period starts a new one, which anchors the next', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 24_995)
  at('2012-03-04T00:00:00Z')
  const paused = await act(live, `/subscriptions/${id}/pause`)
  assert.deepEqual(
    [paused.status, paused.pausedAt, paused.nextInvoiceAt, paused.resumeAt],
    ['PAUSED', paused.updatedAt, null, null],
  )
  await moveTo(server, '2012-06-05T10:00:00Z')
  assert.deepEqual(await totalsOf(live, id), [24_995])
  const resumed = await act(live, `/subscriptions/${id}/resume`)
  assert.deepEqual(
    [resumed.status, resumed.pausedAt, resumed.currentPeriodStart, resumed.currentPeriodEnd],
    ['ACTIVE', null, resumed.updatedAt, '2012-07-05T00:00:00.000Z'],
  )
  await moveTo(server, '2012-07-05T00:00:00Z')
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[24_995, 24_995, 24_995], []])
  assert.deepEqual(await eventsOf(server, id), [
    'subscription.created',
    'subscription.paused',
    'subscription.resumed',
    'subscription.renewed',
  ])
})

test('with creditUnused the rest is credited, the day of the pause with it, and pays for the resume (J04)', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 24_995)
  await payAll(live, id)
  at('2012-03-04T00:00:00Z')
  await act(live, `/subscriptions/${id}/pause`, { creditUnused: true })
  assert.deepEqual(await creditsOf(live, id), [23_382])
  at('2012-04-05T00:00:00Z')
  await act(live, `/subscriptions/${id}/resume`)
  // J04 keeps the old anchor and charges 224.96 for 27 of 30 days; ours starts a whole period of its own.
  assert.deepEqual(await totalsOf(live, id), [24_995, 24_995])
  const [, again] = await invoicesOf(live, id)
  assert.deepEqual([again.amountCredited, again.amountDue], [233.82, 16.13])
  assert.equal(await balanceOf(live, customerId), 0)
})

test('a resume within a period that was credited charges what is left of it (J05)', async () => {
  at('2012-05-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 239_995, { plan: { billingInterval: 'YEARLY' } })
  await payAll(live, id)
  at('2012-05-12T00:00:00Z')
  await act(live, `/subscriptions/${id}/pause`, { creditUnused: true })
  assert.deepEqual(await creditsOf(live, id), [232_762])
  at('2012-06-04T00:00:00Z')
  const resumed = await act(live, `/subscriptions/${id}/resume`)
  // J05 moves the anchor and charges 362 days; ours keeps it, as J05 names for the other policy: 331 of 365.
  assert.deepEqual(await totalsOf(live, id), [239_995, 217_639])
  assert.equal(resumed.currentPeriodEnd, '2013-05-01T00:00:00.000Z')
  assert.equal(await balanceOf(live, customerId), 232_762 - 217_639)
  await moveTo(server, '2013-05-01T00:00:00Z')
  assert.deepEqual((await totalsOf(live, id)).slice(2), [239_995])
})

test('a pause and a resume within the period change nothing; on one day with a credit they net to zero', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 24_995)
  await payAll(live, id)
  at('2012-03-10T00:00:00Z')
  await act(live, `/subscriptions/${id}/pause`)
  at('2012-03-20T00:00:00Z')
  await act(live, `/subscriptions/${id}/resume`)
  await act(live, `/subscriptions/${id}/pause`, { creditUnused: true })
  await act(live, `/subscriptions/${id}/resume`)
  const [credits, totals] = [await creditsOf(live, id), await totalsOf(live, id)]
  assert.deepEqual([credits.length, totals.length, credits[0]], [1, 2, totals[1]])
  assert.equal(await balanceOf(live, customerId), 0)
  await moveTo(server, '2012-04-02T00:00:00Z')
  assert.equal((await totalsOf(live, id)).length, 3)
})

test('a pause ends by itself at its instant, whenever the run comes', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const [within, after] = [await startLife(live, 1000), await startLife(live, 1000)]
  const early = await act(live, `/subscriptions/${within.id}/pause`, { resumeAt: '2012-03-10' })
  const late = await act(live, `/subscriptions/${after.id}/pause`, {
    resumeAt: '2012-05-10T06:00:00Z',
    creditUnused: true,
  })
  assert.deepEqual(
    [early.resumeAt, early.nextInvoiceAt, late.resumeAt, late.nextInvoiceAt],
    [
      '2012-03-10T00:00:00.000Z',
      '2012-04-02T00:00:00.000Z',
      '2012-05-10T06:00:00.000Z',
      '2012-05-10T06:00:00.000Z',
    ],
  )
  await moveTo(server, '2012-06-11T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(live, within.id)).map(({ items }) => items[0].periodStart.slice(0, 10)),
    ['2012-03-02', '2012-04-02', '2012-05-02', '2012-06-02'],
  )
  assert.deepEqual(
    (await invoicesOf(live, after.id)).map(({ issuedAt }) => issuedAt.slice(0, 16)),
    ['2012-03-02T00:00', '2012-05-10T06:00', '2012-06-10T00:00'],
  )
  const shown = await get(live, `/subscriptions/${after.id}`)
  assert.deepEqual([shown.status, shown.pausedAt, shown.resumeAt], ['ACTIVE', null, null])
  assert.deepEqual(await eventsOf(server, after.id), [
    'subscription.created',
    'subscription.paused',
    'subscription.resumed',
    'subscription.renewed',
  ])
})

test('a scheduled resume within a period that was credited charges the rest of it, at its instant', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3100)
  at('2012-03-03T00:00:00Z')
  await act(live, `/subscriptions/${id}/pause`, { creditUnused: true, resumeAt: '2012-03-13' })
  await moveTo(server, '2012-04-10T00:00:00Z')
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[3100, 2000, 3100], [3000]])
  const [, rest] = await invoicesOf(live, id)
  assert.equal(rest.issuedAt, '2012-03-13T00:00:00.000Z')
})

test('an end comes while it is paused, and bills nothing', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const [ends, cancels, back] = [
    await startLife(live, 1000, { endDate: '2012-05-01' }),
    await startLife(live, 1000),
    await startLife(live, 1000),
  ]
  for (const { id } of [ends, cancels, back]) await act(live, `/subscriptions/${id}/pause`)
  for (const { id } of [cancels, back]) await act(live, `/subscriptions/${id}/cancel`)
  await act(live, `/subscriptions/${back.id}/uncancel`)
  await moveTo(server, '2012-06-01T00:00:00Z')
  const shown = await Promise.all([ends, cancels, back].map(({ id }) => get(live, `/subscriptions/${id}`)))
  assert.deepEqual(
    shown.map(({ status, canceledAt }) => [status, canceledAt]),
    [
      ['CANCELED', '2012-05-01T00:00:00.000Z'],
      ['CANCELED', '2012-04-02T00:00:00.000Z'],
      ['PAUSED', null],
    ],
  )
  const ended = await act(live, `/subscriptions/${back.id}/cancel`)
  assert.equal(ended.status, 'CANCELED', 'after its period there is nothing to wait for')
  for (const { id } of [ends, cancels, back]) assert.deepEqual(await creditsOf(live, id), [])
})

test('a cancellation of what was paused with a credit credits nothing twice', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const [credited, plain] = [await startLife(live, 3100), await startLife(live, 3100)]
  await act(live, `/subscriptions/${credited.id}/pause`, { creditUnused: true })
  await act(live, `/subscriptions/${plain.id}/pause`)
  at('2012-03-12T00:00:00Z')
  for (const { id } of [credited, plain]) await act(live, `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  assert.deepEqual([await creditsOf(live, credited.id), await creditsOf(live, plain.id)], [[3100], [2000]])
})

test('a change that was pending comes with the resume', async () => {
  at('2012-03-02T00:00:00Z')
  const { live } = await newTenant(server)
  const [by, itself] = [await startLife(live, 3100), await startLife(live, 3100)]
  const low = await planOf(live, 1000)
  for (const { id } of [by, itself])
    await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: low.id })
  await act(live, `/subscriptions/${by.id}/pause`)
  await act(live, `/subscriptions/${itself.id}/pause`, { resumeAt: '2012-05-05' })
  await moveTo(server, '2012-05-05T00:00:00Z')
  await act(live, `/subscriptions/${by.id}/resume`)
  for (const { id } of [by, itself]) {
    assert.deepEqual(await totalsOf(live, id), [3100, 1000])
    const shown = await get(live, `/subscriptions/${id}`)
    assert.deepEqual([shown.planId, shown.pendingChange], [low.id, null])
  }
})

test('a calendar subscription that resumes pays the part of the period it comes into', async () => {
  at('2012-03-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { billingAnchor: 'CALENDAR' })
  await act(live, `/subscriptions/${id}/pause`)
  at('2012-06-21T00:00:00Z')
  const resumed = await act(live, `/subscriptions/${id}/resume`)
  assert.deepEqual(await totalsOf(live, id), [3000, 1000])
  assert.equal(resumed.currentPeriodEnd, '2012-07-01T00:00:00.000Z')
})

test('one that is paused before its start begins when it resumes, or at its start', async () => {
  at('2012-03-01T00:00:00Z')
  const { live } = await newTenant(server)
  const [early, late] = [
    await startLife(live, 1000, { startDate: '2012-03-10' }),
    await startLife(live, 1000, { startDate: '2012-03-10' }),
  ]
  for (const { id } of [early, late]) await act(live, `/subscriptions/${id}/pause`, { creditUnused: true })
  at('2012-03-05T00:00:00Z')
  await act(live, `/subscriptions/${early.id}/resume`)
  await moveTo(server, '2012-03-20T00:00:00Z')
  await act(live, `/subscriptions/${late.id}/resume`)
  const starts = await Promise.all(
    [early, late].map(async ({ id }) =>
      (await invoicesOf(live, id)).map(({ items }) => items[0].periodStart.slice(0, 10)),
    ),
  )
  assert.deepEqual(starts, [['2012-03-10'], ['2012-03-20']])
})

test('a pause of what is not ACTIVE, and a resume of what is not paused, are refused and leave no trace', async () => {
  at('2012-03-02T00:00:00Z')
  const { test: as } = await newTenant(server)
  const { customer } = await payingCustomer(as, 'sandbox_declined')
  const { id: pastDue } = await subscribe(as, { customerId: customer.id })
  await collect(server)
  const trial = await startLife(as, 1000, { trialDays: 5 })
  const active = await startLife(as, 1000)
  refused(await as('POST', `/subscriptions/${pastDue}/pause`), 'subscription_not_pausable')
  refused(await as('POST', `/subscriptions/${trial.id}/pause`), 'subscription_not_pausable')
  refused(await as('POST', `/subscriptions/${active.id}/resume`), 'subscription_not_paused')
  for (const resumeAt of ['2012-03-01', '2012-02-30', 'tomorrow']) {
    const { status, body } = await as('POST', `/subscriptions/${active.id}/pause`, { resumeAt })
    assert.deepEqual([status, body.errors[0].path], [400, 'resumeAt'], resumeAt)
  }
  assert.deepEqual(await get(as, `/subscriptions/${active.id}`), active)
  await act(as, `/subscriptions/${active.id}/pause`)
  refused(await as('POST', `/subscriptions/${active.id}/pause`), 'subscription_paused')
  await act(as, `/subscriptions/${active.id}/cancel`, { cancelAt: 'now' })
  refused(await as('POST', `/subscriptions/${active.id}/pause`), 'subscription_already_canceled')
  refused(await as('POST', `/subscriptions/${active.id}/resume`), 'subscription_already_canceled')
})

test('after all of this every promise holds', () => everythingHolds(server))
