import assert from 'node:assert/strict'
import { readFile, readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { publicId } from '../../src/ids.ts'
import { invoicesOf, newCustomer } from '../billing-story.ts'
import { newCharge } from '../charge-story.ts'
import { everythingHolds, refused } from '../credit-story.ts'
import { newTenant, startServer } from '../harness.ts'
import { act, creditsOf, planOf, startLife, totalsOf } from '../life-story.ts'
import { get } from '../payment-story.ts'
import { newMetric, report } from '../usage-story.ts'
import { type Step, stories } from './stories.ts'

const server = await startServer()

for (const { id: name, words, ours, ...story } of stories) {
  test(`${name}: ${words}${ours === undefined ? '' : ` (${ours})`}`, async () => {
    const { test: as, session, testEnvironmentId } = await newTenant(server)
    const path = `/tenants/me/environments/${publicId('environment', testEnvironmentId)}/clock`
    const moveTo = (now: string) => act(session, path, { now })
    await moveTo(story.start)
    const { minor, ...plan } = story.plan
    const zone = story.zone ?? 'UTC'
    const { id } = await startLife(as, minor, { plan, customer: { timezone: zone }, ...story.subscription })

    for (const { at, invoices, ...step } of story.steps) {
      await moveTo(at)
      if (invoices !== undefined) assert.equal((await totalsOf(as, id)).length, invoices, at)
      await take(step)
    }
    assert.deepEqual(await totalsOf(as, id), story.totals)
    assert.deepEqual(await creditsOf(as, id), story.credits ?? [])
    if (story.from) {
      const issued = await invoicesOf(as, id)
      const days = issued.map(({ items }) =>
        Temporal.Instant.from(items[0].periodStart).toZonedDateTimeISO(zone).toPlainDate().toString(),
      )
      assert.deepEqual(days, story.from)
    }

    async function take({ call, body, changeTo, quantity }: Omit<Step, 'at'>): Promise<void> {
      if (call) await act(as, `/subscriptions/${id}/${call}`, body ?? {})
      if (quantity !== undefined)
        assert.equal((await as('PATCH', `/subscriptions/${id}`, { quantity })).status, 200)
      if (changeTo) {
        const { minor: price, effective, ...next } = changeTo
        const { id: newPlanId } = await planOf(as, price, next)
        await act(as, `/subscriptions/${id}/change-plan`, { newPlanId, ...(effective ? { effective } : {}) })
      }
    }
  })
}

test('C09: a month of a customer is from midnight to midnight of its zone, in summer and winter time', async () => {
  const { test: as, session, testEnvironmentId } = await newTenant(server)
  await act(session, `/tenants/me/environments/${publicId('environment', testEnvironmentId)}/clock`, {
    now: '2024-03-05T00:00:00Z',
  })
  for (const [timezone, from, to] of [
    ['America/New_York', '2024-03-01T05:00:00.000Z', '2024-04-01T04:00:00.000Z'],
    ['America/Los_Angeles', '2024-03-01T08:00:00.000Z', '2024-04-01T07:00:00.000Z'],
    ['Asia/Kolkata', '2024-02-29T18:30:00.000Z', '2024-03-31T18:30:00.000Z'],
    ['UTC', '2024-03-01T00:00:00.000Z', '2024-04-01T00:00:00.000Z'],
  ] as const) {
    const { currentPeriodStart, currentPeriodEnd } = await startLife(as, 100, {
      customer: { timezone },
      startDate: '2024-03-01',
    })
    assert.deepEqual([currentPeriodStart, currentPeriodEnd], [from, to], timezone)
  }
})

test('C13: of two credit notes for the same line at the same time exactly one is made', async () => {
  const { test: as } = await newTenant(server)
  const { id } = await startLife(as, 5000)
  const [invoice] = await invoicesOf(as, id)
  const body = {
    invoiceId: invoice.id,
    items: [{ lineId: invoice.items[0].id, amount: 50 }],
    reason: 'OTHER',
  }
  const answers = await Promise.all([0, 1].map(() => as('POST', '/credit-notes', body)))
  const [made, late] = answers.toSorted((a, b) => a.status - b.status)
  assert.equal(made?.status, 201)
  if (late) refused(late, 'credit_exceeds_invoice')
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
})

test('G13: a cancellation credits a period whose invoice is still a draft, and owes in all what the case does (a credit note is for an issued invoice: the draft is issued first, and credited by itself)', async () => {
  const { test: as, session, testEnvironmentId } = await newTenant(server)
  const path = `/tenants/me/environments/${publicId('environment', testEnvironmentId)}/clock`
  await act(session, path, { now: '2022-12-15T00:00:00Z' })
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 20, appliedByDefault: true }, 201)
  const calls = await newMetric(as)
  const plan = await planOf(as, 1000, { invoiceGracePeriodDays: 9 })
  await newCharge(
    as,
    { planId: plan.id, billableMetricId: calls.id },
    { prices: [{ currency: 'KES', properties: { unitPrice: 3 } }] },
  )
  const { id: customerId } = await newCustomer(as, { currency: 'KES', timezone: 'UTC' })
  const { id } = await act(
    as,
    '/subscriptions',
    { customerId, planId: plan.id, billingAnchor: 'CALENDAR' },
    201,
  )
  await report(as, [
    { subscriptionId: id, code: calls.code },
    { subscriptionId: id, code: calls.code },
  ])
  await act(session, path, { now: '2022-12-20T12:00:00Z' })
  assert.deepEqual(
    (await invoicesOf(as, id)).map(({ status }) => status),
    ['DRAFT'],
  )
  await act(as, `/subscriptions/${id}/cancel`, { cancelAt: 'now' })
  await act(session, path, { now: '2023-01-15T00:00:00Z' })
  const issued = await invoicesOf(as, id)
  assert.deepEqual(
    issued.map(({ total, amountDue }) => [total, amountDue]),
    [
      [6.58, 2.32],
      [7.2, 7.2],
    ],
  )
  assert.deepEqual(await creditsOf(as, id), [426])
  const owed = issued.reduce((sum, { amountDue }) => sum + Math.round(amountDue * 100), 0)
  assert.equal(owed, 658 + 294)
})

/** `F03–F05` are three cases. */
function idsOf(first: string, last: string): string[] {
  const [from, to] = [Number(first.slice(1)), Number(last.slice(1))]
  return Array.from(
    { length: to - from + 1 },
    (_, index) => `${first[0]}${String(from + index).padStart(2, '0')}`,
  )
}

test('every worked case of proration, anchors, zones, trials, pauses, coupons, taxes, wallets, credit notes, rounding and numbering is told', async () => {
  const worked = [
    ...'A01 A03 A04 A07 A08 A09 A10 A12 A13 A16 A18 A21 A22 A23 A24 A25 A26 A28 A29 A30 A31 A32 A33 A34 A35 A36'.split(
      ' ',
    ),
    ...'B01 B03 B05 B06 B08 B10 B11 B13 B14 B15 B16 C01 C03 C05 C06 C08 C09 C11 C12 C13'.split(' '),
    ...'F01 F02 F03 F04 F05 F07 F09 F10 G01 G02 G03 G05 G07 G09 G10 G11 G12 G13 G14'.split(' '),
    ...'H01 H02 H03 H04 H05 J01 J02 J03 J04 J05 J07 J08'.split(' '),
  ]
  const told = new Set([...stories.map(({ id }) => id), 'C09', 'C13', 'G13'])
  const folders = ['../../../core/test/', '../http/coupons/', '../http/taxes/', '../http/wallets/']
  for (const folder of folders.map((path) => new URL(path, import.meta.url))) {
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.test.ts'))) {
      const text = await readFile(new URL(file, folder), 'utf8')
      for (const [, title = ''] of text.matchAll(/\btest\('([^\n]*)'/g))
        for (const [, first = '', last] of title.matchAll(/\b([A-J]\d\d)(?:–([A-J]\d\d))?\b/g))
          for (const id of idsOf(first, last ?? first)) told.add(id)
    }
  }
  assert.deepEqual(
    worked.filter((id) => !told.has(id)),
    [],
  )
})

test('after all of it every promise holds', () => everythingHolds(server))
