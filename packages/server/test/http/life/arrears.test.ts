import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recogniseEnvironment } from '../../../src/slices/recognition/index.ts'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { asOwner, eventsOf, invoicesOf } from '../../billing-story.ts'
import { booked, everythingHolds } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, balanceOf, creditsOf, moveTo, payAll, planOf, startLife, totalsOf } from '../../life-story.ts'
import { get, stored } from '../../payment-story.ts'

const server = await startServer({ start: '2025-01-01T00:00:00Z' })
const at = (instant: string): void => server.clock.set(instant)
const inArrears = { billingTiming: 'IN_ARREARS' }

/** Lines of the invoices of a subscription: days, quantity and minor units, oldest first. */
async function linesOf(as: Caller, id: string) {
  type Item = { periodStart: string; periodEnd: string; quantity: number; amount: number }
  return (await invoicesOf(as, id)).map(({ items }) =>
    items.map(({ periodStart, periodEnd, quantity, amount }: Item) => [
      `${periodStart.slice(5, 10)} ${periodEnd.slice(5, 10)}`,
      quantity,
      Math.round(amount * 100),
    ]),
  )
}

async function refused(as: Caller, path: string, body: object, code: string): Promise<void> {
  const { status, body: answer, text } = await as('POST', path, body)
  assert.deepEqual([status, answer.code], [409, code], text)
}

test('a plan in arrears is invoiced when its period is over, as revenue, and is told so beforehand', async () => {
  at('2025-01-31T10:00:00Z')
  const { live, liveEnvironmentId } = await newTenant(server)
  const made = await startLife(live, 3000, { plan: inArrears })
  assert.deepEqual(
    [made.status, made.currentPeriodEnd, made.nextInvoiceAt],
    ['ACTIVE', '2025-02-28T00:00:00.000Z', '2025-02-28T00:00:00.000Z'],
  )
  assert.deepEqual(await invoicesOf(live, made.id), [])

  await moveTo(server, '2025-04-02T00:00:00Z')
  const invoices = await invoicesOf(live, made.id)
  assert.deepEqual(
    invoices.map(({ issuedAt, items: [item] }) => [
      issuedAt.slice(0, 16),
      item.periodStart.slice(0, 16),
      item.periodEnd.slice(0, 16),
      item.amount,
    ]),
    [
      ['2025-02-28T00:00', '2025-01-31T10:00', '2025-02-28T00:00', 30],
      ['2025-03-31T00:00', '2025-02-28T00:00', '2025-03-31T00:00', 30],
    ],
  )
  assert.deepEqual(await booked(server, invoices[0]), { receivable: 3000, revenue: -3000 })
  await recogniseEnvironment(server.deps, liveEnvironmentId, server.clock.now())
  assert.deepEqual(
    await asOwner(server, 'select from revenue_cohorts where environment_id = $1', [liveEnvironmentId]),
    [],
  )
  const { nextInvoiceAt, currentPeriodStart } = await get(live, `/subscriptions/${made.id}`)
  assert.deepEqual(
    [currentPeriodStart, nextInvoiceAt],
    ['2025-03-31T00:00:00.000Z', '2025-04-30T00:00:00.000Z'],
  )
  assert.deepEqual(await eventsOf(server, made.id), [
    'subscription.created',
    'subscription.renewed',
    'subscription.renewed',
  ])
})

test('a start in the past bills each period that is over, and not the one under way', async () => {
  at('2025-04-10T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, {
    plan: inArrears,
    startDate: '2025-01-15',
    billingAnchor: 'CALENDAR',
  })
  assert.deepEqual(await linesOf(live, id), [
    [['01-15 02-01', 1, 1645]],
    [['02-01 03-01', 1, 3000]],
    [['03-01 04-01', 1, 3000]],
  ])
})

test('a cancellation now invoices what was used, its own day included; at the end of the period, all of it', async () => {
  at('2025-06-01T08:00:00Z')
  const { live } = await newTenant(server)
  const [now, later] = [
    await startLife(live, 3000, { plan: inArrears }),
    await startLife(live, 3000, { plan: inArrears }),
  ]
  at('2025-06-10T15:00:00Z')
  await act(live, `/subscriptions/${now.id}/cancel`, { cancelAt: 'now' })
  const set = await act(live, `/subscriptions/${later.id}/cancel`)
  assert.equal(set.nextInvoiceAt, '2025-07-01T00:00:00.000Z')
  assert.deepEqual(await linesOf(live, now.id), [[['06-01 06-11', 1, 1000]]])
  assert.deepEqual(await creditsOf(live, now.id), [])

  await moveTo(server, '2025-08-01T00:00:00Z')
  assert.deepEqual(await linesOf(live, later.id), [[['06-01 07-01', 1, 3000]]])
  const ended = await get(live, `/subscriptions/${later.id}`)
  assert.deepEqual([ended.status, ended.nextInvoiceAt], ['CANCELED', null])
  assert.equal((await invoicesOf(live, now.id)).length, 1)
})

test('an end date within a period invoices its days, at that instant', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, nextInvoiceAt } = await startLife(live, 3000, { plan: inArrears, endDate: '2025-06-21' })
  assert.equal(nextInvoiceAt, '2025-06-21T00:00:00.000Z')
  await moveTo(server, '2025-08-01T00:00:00Z')
  assert.deepEqual(await linesOf(live, id), [[['06-01 06-21', 1, 2000]]])
})

test('changes of plan and quantity within a period are lines of its one invoice, which explains itself', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { plan: inArrears, customer: { timezone: 'America/New_York' } })
  at('2025-06-08T15:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 6100, inArrears)).id })
  at('2025-06-21T23:00:00Z')
  const { status } = await live('PATCH', `/subscriptions/${id}`, { quantity: 3 })
  assert.equal(status, 200)
  assert.deepEqual(await invoicesOf(live, id), [])

  await moveTo(server, '2025-07-02T00:00:00Z')
  // 31 May in New York, so the period ends with 30 June: 8, 13 and 9 days of 30.
  assert.deepEqual(await linesOf(live, id), [
    [
      ['06-01 06-08', 1, 800],
      ['06-08 06-21', 1, 2643],
      ['06-21 06-30', 3, 5490],
    ],
  ])
  const [invoice] = await invoicesOf(live, id)
  const { faults, totalMinor } = verifyInvoice(await get(live, `/invoices/${invoice.id}/explain`))
  assert.deepEqual([faults, Number(totalMinor)], [[], 8933])
  assert.deepEqual(await creditsOf(live, id), [])
})

test('from in advance to in arrears the rest is credited now and charged later, nothing twice', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 3000)
  await payAll(live, id)
  at('2025-06-11T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 6000, inArrears)).id })
  assert.deepEqual([await totalsOf(live, id), await creditsOf(live, id)], [[3000], [2000]])
  assert.equal(await balanceOf(live, customerId), 2000)

  await moveTo(server, '2025-08-01T00:00:00Z')
  assert.deepEqual((await linesOf(live, id)).slice(1), [
    [['06-11 07-01', 1, 4000]],
    [['07-01 08-01', 1, 6000]],
  ])
  const [, second] = await invoicesOf(live, id)
  assert.deepEqual([second.amountCredited, second.amountDue], [20, 20])
})

test('from in arrears to in advance the rest is charged now and what was used when the period is over', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { plan: inArrears })
  at('2025-06-11T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: (await planOf(live, 6000)).id })
  assert.deepEqual(await linesOf(live, id), [[['06-11 07-01', 1, 4000]]])
  const [rest] = await invoicesOf(live, id)
  assert.deepEqual(await booked(server, rest), { deferred_revenue: -4000, receivable: 4000 })

  await moveTo(server, '2025-07-01T00:00:00Z')
  assert.deepEqual((await linesOf(live, id)).slice(1), [
    [['06-01 06-11', 1, 1000]],
    [['07-01 08-01', 1, 6000]],
  ])
  const [, used] = await invoicesOf(live, id)
  assert.deepEqual(await booked(server, used), { receivable: 1000, revenue: -1000 })
})

test('a change that waits for the period’s end lets the old plan be invoiced first, whichever way it goes', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const effective = 'period_end'
  const [toAdvance, toArrears] = [
    await startLife(live, 3000, { plan: inArrears }),
    await startLife(live, 3000),
  ]
  for (const [{ id }, plan] of [
    [toAdvance, {}],
    [toArrears, inArrears],
  ] as const)
    await act(live, `/subscriptions/${id}/change-plan`, {
      newPlanId: (await planOf(live, 100, plan)).id,
      effective,
    })
  await moveTo(server, '2025-08-01T00:00:00Z')
  assert.deepEqual(await linesOf(live, toAdvance.id), [
    [['06-01 07-01', 1, 3000]],
    [['07-01 08-01', 1, 100]],
    [['08-01 09-01', 1, 100]],
  ])
  assert.deepEqual(await linesOf(live, toArrears.id), [[['06-01 07-01', 1, 3000]], [['07-01 08-01', 1, 100]]])
})

test('another interval ends the period now and invoices what was used of it', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { plan: inArrears })
  const weekly = await planOf(live, 700, { ...inArrears, billingInterval: 'WEEKLY' })
  at('2025-06-11T00:00:00Z')
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId: weekly.id })
  assert.deepEqual(await linesOf(live, id), [[['06-01 06-11', 1, 1000]]])
  await moveTo(server, '2025-06-25T00:00:00Z')
  assert.deepEqual((await linesOf(live, id)).slice(1), [[['06-11 06-18', 1, 700]], [['06-18 06-25', 1, 700]]])
})

test('without proration the period under way costs what it would have, and the next something else', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { plan: inArrears })
  at('2025-06-11T00:00:00Z')
  const newPlanId = (await planOf(live, 6000, inArrears)).id
  await act(live, `/subscriptions/${id}/change-plan`, { newPlanId, prorate: false })
  await moveTo(server, '2025-08-01T00:00:00Z')
  assert.deepEqual(await linesOf(live, id), [[['06-01 07-01', 1, 3000]], [['07-01 08-01', 1, 6000]]])
})

test('a trial is never charged, and its plan is invoiced first at the end of its first period', async () => {
  at('2025-06-01T08:00:00Z')
  const { live } = await newTenant(server)
  const { id, nextInvoiceAt } = await startLife(live, 3000, { plan: { ...inArrears, trialDays: 10 } })
  assert.equal(nextInvoiceAt, '2025-07-11T00:00:00.000Z')
  const ended = await startLife(live, 3000, { plan: { ...inArrears, trialDays: 10 } })
  const canceled = await act(live, `/subscriptions/${ended.id}/cancel`)
  assert.equal(canceled.nextInvoiceAt, null)
  await moveTo(server, '2025-07-12T00:00:00Z')
  assert.deepEqual(await linesOf(live, id), [[['06-11 07-11', 1, 3000]]])
  assert.deepEqual(await invoicesOf(live, ended.id), [])

  const changed = await startLife(live, 3000, { plan: { trialDays: 10 } })
  const answer = await act(live, `/subscriptions/${changed.id}/change-plan`, {
    newPlanId: (await planOf(live, 500, inArrears)).id,
  })
  assert.equal(answer.nextInvoiceAt, '2025-08-22T00:00:00.000Z')
})

test('a pause without credit charges the whole period when it is over, and nothing more until the resume', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { plan: inArrears })
  at('2025-06-11T00:00:00Z')
  const paused = await act(live, `/subscriptions/${id}/pause`, {})
  assert.equal(paused.nextInvoiceAt, '2025-07-01T00:00:00.000Z')
  await moveTo(server, '2025-09-15T00:00:00Z')
  assert.deepEqual(await linesOf(live, id), [[['06-01 07-01', 1, 3000]]])
  assert.equal((await get(live, `/subscriptions/${id}`)).status, 'PAUSED')
  await act(live, `/subscriptions/${id}/resume`)
  await moveTo(server, '2025-10-16T00:00:00Z')
  assert.deepEqual((await linesOf(live, id)).slice(1), [[['09-15 10-15', 1, 3000]]])
})

test('a pause with credit charges the days before it, and a resume within the period those after', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const [within, after, atOnce] = [
    await startLife(live, 3000, { plan: inArrears }),
    await startLife(live, 3000, { plan: inArrears }),
    await startLife(live, 3000, { plan: inArrears }),
  ]
  await act(live, `/subscriptions/${atOnce.id}/pause`, { creditUnused: true })
  at('2025-06-11T10:00:00Z')
  await act(live, `/subscriptions/${within.id}/pause`, { creditUnused: true, resumeAt: '2025-06-21' })
  await act(live, `/subscriptions/${after.id}/pause`, { creditUnused: true })
  await moveTo(server, '2025-07-01T00:00:00Z')
  assert.deepEqual(await linesOf(live, within.id), [
    [
      ['06-01 06-11', 1, 1000],
      ['06-21 07-01', 1, 1000],
    ],
  ])
  assert.deepEqual(await linesOf(live, after.id), [[['06-01 06-11', 1, 1000]]])
  assert.deepEqual(await invoicesOf(live, atOnce.id), [], 'paused on its first day, it used nothing')
  await everythingHolds(server)
  await act(live, `/subscriptions/${after.id}/cancel`, { cancelAt: 'now' })
  assert.equal((await invoicesOf(live, after.id)).length, 1)
})

test('a customer that is deleted with its subscriptions is not charged for what was under way', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 3000, { plan: inArrears })
  at('2025-06-11T00:00:00Z')
  const { status, text } = await live('DELETE', `/customers/${customerId}?cascade=true`)
  assert.equal(status, 204, text)
  await moveTo(server, '2025-08-01T00:00:00Z')
  assert.deepEqual(await invoicesOf(live, id), [])
  assert.equal((await get(live, `/subscriptions/${id}`)).nextInvoiceAt, null)
})

test('an invoice in arrears is credited and voided as revenue', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { plan: inArrears })
  await moveTo(server, '2025-08-01T00:00:00Z')
  const [first, second] = await invoicesOf(live, id)
  const note = await act(live, '/credit-notes', { invoiceId: first.id, amount: 10, reason: 'OTHER' }, 201)
  assert.deepEqual(await booked(server, note), { receivable: -1000, revenue: 1000 })
  await act(live, `/invoices/${second.id}/void`)
  assert.deepEqual(await booked(server, second), {})
  await refused(live, `/invoices/${second.id}/void`, {}, 'invoice_not_voidable')
})

test('a run that comes late does what one in time would have done', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const weekly = { plan: { ...inArrears, billingInterval: 'WEEKLY' } }
  const [inTime, late] = [await startLife(live, 2999, weekly), await startLife(live, 2999, weekly)]
  const keepFromRun = (isKept: boolean) =>
    asOwner(server, 'update subscriptions set on_test_clock = $2 where id = $1', [stored(late.id), isKept])
  await keepFromRun(true)
  for (const day of ['2025-06-09', '2025-07-03', '2025-07-14']) await moveTo(server, `${day}T12:00:00Z`)
  assert.deepEqual(await invoicesOf(live, late.id), [])
  await keepFromRun(false)
  await moveTo(server, '2025-07-14T13:00:00Z')
  const shown = async ({ id }: { id: string }) => [
    (await linesOf(live, id)).flat(),
    (await invoicesOf(live, id)).map(({ issuedAt, dueDate }) => [issuedAt, dueDate]),
  ]
  assert.deepEqual(await shown(late), await shown(inTime))
  assert.equal((await invoicesOf(live, late.id)).length, 6)
})

test('after all of this every promise holds', () => everythingHolds(server))
