import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { parseId, publicId } from '../../../src/ids.ts'
import { recogniseEnvironment } from '../../../src/slices/recognition/index.ts'
import { heldInvoicesLoop } from '../../../src/slices/subscriptions/index.ts'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { asOwner, eventsOf, invoicesOf } from '../../billing-story.ts'
import { booked, everythingHolds, refused } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { act, balanceOf, creditsOf, moveTo, payAll, planOf, startLife, totalsOf } from '../../life-story.ts'
import { collect, get, newMethod, stored } from '../../payment-story.ts'

const server = await startServer({ start: '2025-01-01T00:00:00Z' })
const at = (instant: string): void => server.clock.set(instant)
const threeDays = { invoiceGracePeriodDays: 3 }

async function runTo(instant: string): Promise<void> {
  await moveTo(server, instant)
  while (await heldInvoicesLoop.tick(server.deps));
}

test('the invoice of a period is a draft for so many days, then it is issued at that instant and charged', async () => {
  at('2025-01-31T10:00:00Z')
  const { test: as, testEnvironmentId } = await newTenant(server)
  const { id, customerId } = await startLife(as, 3000, {
    plan: threeDays,
    customer: { timezone: 'Africa/Nairobi' },
  })
  await newMethod(as, customerId, 'sandbox_succeeds')
  const [draft] = await invoicesOf(as, id)
  assert.deepEqual(
    [draft.status, draft.number, draft.issuedAt, draft.dueDate, draft.total, draft.amountDue],
    ['DRAFT', null, null, null, 30, 30],
  )
  assert.match(draft.finalizesAt, /^2025-02-03T10:0/)
  assert.deepEqual(await booked(server, draft), {})
  await recogniseEnvironment(server.deps, testEnvironmentId, server.clock.now())

  await runTo('2025-02-03T09:59:00Z')
  assert.equal((await invoicesOf(as, id))[0].status, 'DRAFT')
  // The run comes late, and the invoice is what it would have been in time.
  await runTo('2025-02-10T12:00:00Z')
  await collect(server)
  const [issued] = await invoicesOf(as, id)
  assert.deepEqual(
    [issued.status, issued.number, issued.issuedAt, issued.dueDate, issued.finalizesAt],
    ['PAID', 'INV-2025-000001', draft.finalizesAt, '2025-03-05', null],
  )
  assert.equal(issued.createdAt, draft.createdAt)
  assert.deepEqual(await booked(server, issued), { deferred_revenue: -3000, receivable: 3000 })
  assert.deepEqual(await eventsOf(server, issued.id), [
    'invoice.created',
    'invoice.finalized',
    'invoice.paid',
  ])
  const { faults, totalMinor } = verifyInvoice(await get(as, `/invoices/${issued.id}/explain`))
  assert.deepEqual([faults, Number(totalMinor)], [[], 3000])
  await recogniseEnvironment(server.deps, testEnvironmentId, server.clock.now())
  await everythingHolds(server)
})

test('the setting of the tenant holds where the plan says nothing, and 0 days of the plan are none', async () => {
  at('2025-03-01T00:00:00Z')
  const { live, session } = await newTenant(server)
  const set = await session('PATCH', '/tenants/me', { settings: { invoiceGracePeriodDays: 10 } })
  assert.deepEqual([set.status, set.body.settings.invoiceGracePeriodDays], [200, 10])
  const [tenants, own, none] = [
    await startLife(live, 3000),
    await startLife(live, 3000, { plan: threeDays }),
    await startLife(live, 3000, { plan: { invoiceGracePeriodDays: 0 } }),
  ]
  const days = await Promise.all(
    [tenants, own, none].map(async ({ id }) => (await invoicesOf(live, id))[0].finalizesAt?.slice(0, 10)),
  )
  assert.deepEqual(days, ['2025-03-11', '2025-03-04', undefined])
  const { planId } = none
  const changed = await live('PATCH', `/plans/${planId}`, { invoiceGracePeriodDays: null })
  assert.deepEqual([changed.status, changed.body.invoiceGracePeriodDays], [200, null])
  for (const invoiceGracePeriodDays of [-1, 91, 1.5]) {
    const { status } = await live('PATCH', `/plans/${planId}`, { invoiceGracePeriodDays })
    assert.equal(status, 400)
  }
  await runTo('2025-04-02T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(live, none.id)).map(({ status }) => status),
    ['PENDING', 'DRAFT'],
  )
})

test('a draft can be changed and issued early, but not deleted, and what was changed is booked at once', async () => {
  at('2025-03-01T00:00:00Z')
  const { live } = await newTenant(server)
  const [changed, early] = [
    await startLife(live, 3000, { plan: threeDays }),
    await startLife(live, 3000, { plan: threeDays }),
  ]
  const [draft] = await invoicesOf(live, changed.id)
  refused(await live('DELETE', `/invoices/${draft.id}`), 'invoice_of_period')
  refused(await live('POST', `/invoices/${draft.id}/void`), 'invoice_not_voidable')
  const items = [{ description: 'By agreement', quantity: 1, unitAmount: 12 }]
  const { status, text } = await live('PATCH', `/invoices/${draft.id}`, {
    items,
    notes: 'Thank you',
    dueDate: '2025-03-20',
  })
  assert.equal(status, 200, text)
  const [other] = await invoicesOf(live, early.id)
  at('2025-03-02T00:00:00Z')
  const issued = await act(live, `/invoices/${other.id}/finalize`)
  assert.deepEqual([issued.status, issued.dueDate, issued.finalizesAt], ['PENDING', '2025-04-01', null])
  assert.deepEqual(await booked(server, issued), { deferred_revenue: -3000, receivable: 3000 })

  await runTo('2025-03-05T00:00:00Z')
  const [after] = await invoicesOf(live, changed.id)
  assert.deepEqual([after.status, after.total, after.notes], ['PENDING', 12, 'Thank you'])
  assert.deepEqual(await booked(server, after), { receivable: 1200, revenue: -1200 })
  const { faults, totalMinor } = verifyInvoice(await get(live, `/invoices/${after.id}/explain`))
  assert.deepEqual([faults, Number(totalMinor), after.dueDate], [[], 1200, '2025-03-20'])
  assert.deepEqual((await invoicesOf(live, early.id)).length, 1)
})

test('a draft that is being changed while it is issued is issued as it was changed', async () => {
  at('2025-04-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id } = await startLife(live, 3000, { plan: threeDays })
  const [draft] = await invoicesOf(live, id)
  const uuid = parseId('invoice', draft.id)
  const editor = new pg.Client({ connectionString: server.databaseUrl })
  await editor.connect()
  const isAwaited = async (): Promise<boolean> =>
    (await asOwner(server, `select from pg_stat_activity where $1 = any (pg_blocking_pids(pid))`, [pid]))
      .length > 0
  const { pid } = (await editor.query('select pg_backend_pid() as pid')).rows[0]
  // What a change of its items writes, one statement at a time.
  await editor.query('begin')
  await editor.query(`update invoices set subtotal_minor = 1200, total_minor = 1200 where id = $1`, [uuid])
  const issuing = runTo('2025-04-04T01:00:00Z')
  while (!(await isAwaited()));
  await editor.query(
    `update invoice_lines set type = 'MANUAL', unit_amount = 12, amount_minor = 1200, derivation = null,
       deferral = null, period_start = null, period_end = null
     where invoice_id = $1`,
    [uuid],
  )
  await editor.query('commit')
  await editor.end()
  await issuing
  const [issued] = await invoicesOf(live, id)
  assert.deepEqual([issued.status, issued.total], ['PENDING', 12])
  assert.deepEqual(await booked(server, issued), { receivable: 1200, revenue: -1200 })
  await everythingHolds(server)
})

test('the balance is spent when a draft is issued, and not before', async () => {
  at('2025-05-01T00:00:00Z')
  const { live } = await newTenant(server)
  const { id, customerId } = await startLife(live, 3000)
  await payAll(live, id)
  const [paid] = await invoicesOf(live, id)
  await act(live, '/credit-notes', { invoiceId: paid.id, amount: 30, reason: 'OTHER' }, 201)
  const second = await act(
    live,
    '/subscriptions',
    { customerId, planId: (await planOf(live, 2000, threeDays)).id },
    201,
  )
  assert.equal(await balanceOf(live, customerId), 3000)
  await runTo('2025-05-04T01:00:00Z')
  assert.equal(await balanceOf(live, customerId), 1000)
  const [issued] = await invoicesOf(live, second.id)
  assert.deepEqual([issued.status, issued.amountCredited], ['PAID', 20])
})

test('what credits a period whose invoice is still a draft issues it first; a preview tells of both', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const [canceled, changed, fewer] = [
    await startLife(live, 3000, { plan: threeDays }),
    await startLife(live, 3000, { plan: threeDays }),
    await startLife(live, 3000, { plan: threeDays, quantity: 2 }),
  ]
  at('2025-06-02T08:00:00Z')
  const preview = await act(live, `/subscriptions/${canceled.id}/preview`, { cancel: { cancelAt: 'now' } })
  assert.deepEqual(
    [preview.invoices, preview.creditNotes].map((some) => some.map((one: { total: number }) => one.total)),
    [[30], [28]],
  )
  assert.equal((await invoicesOf(live, canceled.id))[0].status, 'DRAFT')
  await act(live, `/subscriptions/${canceled.id}/cancel`, { cancelAt: 'now' })
  const newPlanId = (await planOf(live, 6000, threeDays)).id
  await act(live, `/subscriptions/${changed.id}/change-plan`, { newPlanId })
  await live('PATCH', `/subscriptions/${fewer.id}`, { quantity: 1 })
  assert.deepEqual([await totalsOf(live, canceled.id), await creditsOf(live, canceled.id)], [[3000], [2800]])
  assert.deepEqual(
    [await totalsOf(live, changed.id), await creditsOf(live, changed.id)],
    [[3000, 5800], [2900]],
  )
  assert.deepEqual([await totalsOf(live, fewer.id), await creditsOf(live, fewer.id)], [[6000], [2900]])
  for (const { id } of [canceled, changed, fewer])
    for (const { status } of await invoicesOf(live, id)) assert.equal(status, 'PENDING')
})

test('a plan in arrears is held too, also when it ends at once, and a customer that is deleted takes its drafts along', async () => {
  at('2025-06-01T00:00:00Z')
  const { live } = await newTenant(server)
  const plan = { ...threeDays, billingTiming: 'IN_ARREARS' }
  const [stays, ends, deleted] = [
    await startLife(live, 3000, { plan }),
    await startLife(live, 3000, { plan }),
    await startLife(live, 3000, { plan: threeDays }),
  ]
  at('2025-06-10T00:00:00Z')
  await act(live, `/subscriptions/${ends.id}/cancel`, { cancelAt: 'now' })
  await runTo('2025-07-02T00:00:00Z')
  const shown = async ({ id }: { id: string }) =>
    (await invoicesOf(live, id)).map(({ status, total }) => [status, total])
  assert.deepEqual([await shown(stays), await shown(ends)], [[['DRAFT', 30]], [['PENDING', 10]]])
  assert.equal((await live('DELETE', `/customers/${deleted.customerId}?cascade=true`)).status, 204)
  await runTo('2025-07-05T00:00:00Z')
  assert.deepEqual(await shown(stays), [['PENDING', 30]])
  // The first period had been issued, the second was a draft.
  assert.deepEqual((await shown(deleted)).length, 1)
})

test('several workers issue each draft once, and one that cannot be issued keeps no other back', async () => {
  at('2025-08-01T00:00:00Z')
  const { live } = await newTenant(server)
  const lives = []
  for (let count = 0; count < 5; count++) lives.push(await startLife(live, 3000, { plan: threeDays }))
  const [bad] = lives
  await asOwner(server, `update customers set timezone = 'Nowhere/Else' where id = $1`, [
    stored(bad.customerId),
  ])
  at('2025-08-05T00:00:00Z')
  await Promise.all([1, 2, 3].map(() => heldInvoicesLoop.tick(server.deps)))
  const numbers = []
  for (const { id } of lives) numbers.push((await invoicesOf(live, id))[0].number)
  assert.deepEqual(numbers.toSorted(), [
    'INV-2025-000001',
    'INV-2025-000002',
    'INV-2025-000003',
    'INV-2025-000004',
    null,
  ])
  await asOwner(server, `update customers set timezone = 'UTC' where id = $1`, [stored(bad.customerId)])
  await runTo('2025-08-05T01:00:00Z')
  assert.equal((await invoicesOf(live, bad.id))[0].number, 'INV-2025-000005')
})

test('on a test clock drafts are issued and paid at their instants', async () => {
  const { test: as, session, testEnvironmentId } = await newTenant(server)
  const clock = `/tenants/me/environments/${publicId('environment', testEnvironmentId)}/clock`
  await act(session, clock, { now: '2026-01-31T00:00:00Z' })
  const { id, customerId } = await startLife(as, 3000, { plan: threeDays })
  await newMethod(as, customerId, 'sandbox_succeeds')
  await act(session, clock, { now: '2026-03-02T00:00:00Z' })
  assert.deepEqual(
    (await invoicesOf(as, id)).map(({ status, issuedAt, paidAt, finalizesAt }) => [
      status,
      issuedAt,
      paidAt,
      finalizesAt,
    ]),
    [
      ['PAID', '2026-02-03T00:00:00.000Z', '2026-02-03T00:00:00.000Z', null],
      ['DRAFT', null, null, '2026-03-03T00:00:00.000Z'],
    ],
  )
})

test('after all of this every promise holds', () => everythingHolds(server))
