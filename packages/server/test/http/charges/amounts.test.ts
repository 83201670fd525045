import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldInvoicesLoop } from '../../../src/slices/subscriptions/index.ts'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { invoicesOf, subscribe } from '../../billing-story.ts'
import { newCharge } from '../../charge-story.ts'
import { usageWorld } from '../../charge-world.ts'
import { creditNote, everythingHolds, refused } from '../../credit-story.ts'
import { type Caller, startServer } from '../../harness.ts'
import { act } from '../../life-story.ts'
import { get } from '../../payment-story.ts'
import { newMetric, report } from '../../usage-story.ts'

const server = await startServer({ start: '2026-01-01T00:00:00Z' })

const perUnit = (unitPrice: number) => ({
  prices: [{ currency: 'KES', properties: { unitPrice } }],
})

/** A plan of 10.00 that charges 2.00 a call, taxed 20 % by the charge, and 1.00 an export; all else has 10 %. */
async function taxedUsage(plan?: object) {
  const world = await usageWorld(server, plan)
  const { ask, planId, customerId } = world
  const calls = await newMetric(ask)
  const exports = await newMetric(ask)
  const charge = await newCharge(ask, { planId, billableMetricId: calls.id }, perUnit(2))
  await newCharge(ask, { planId, billableMetricId: exports.id }, perUnit(1))
  await act(ask, '/taxes', { name: 'VAT', code: 'vat', rate: 10, appliedByDefault: true }, 201)
  await act(ask, '/taxes', { name: 'Digital', code: 'digital', rate: 20 }, 201)
  const assignment = await act(ask, '/taxes/assignments', { taxCode: 'digital', chargeId: charge.id }, 201)
  const { id } = await subscribe(ask, { customerId, planId })
  return { ...world, id, calls, exports, charge, assignment }
}

async function use(ask: Caller, subscriptionId: string, code: string, count: number): Promise<void> {
  await report(
    ask,
    Array.from({ length: count }, () => ({ subscriptionId, code })),
  )
}

const taxesOf = (invoice: { taxes: { code: string; base: number; amount: number }[] }) =>
  invoice.taxes.map(({ code, base, amount }) => [code, base, amount])

test('usage is taxed by its charge before its plan, discounted with it, and paid for by the wallet of its metric alone', async () => {
  const { ask, move, id, customerId, planId, calls, exports, charge, assignment } = await taxedUsage()
  assert.deepEqual([assignment.chargeId, assignment.planId], [charge.id, null])
  assert.deepEqual((await get(ask, `/taxes/assignments?chargeId=${charge.id}`)).data, [assignment])
  const coupon = {
    code: 'half',
    name: 'Half',
    discountType: 'PERCENTAGE',
    discountValue: 50,
    duration: 'FOREVER',
  }
  await act(ask, '/coupons', { ...coupon, appliesToPlanIds: [planId] }, 201)
  await act(ask, '/coupons/apply', { code: 'half', customerId }, 201)
  const limits = { appliesToBillableMetricIds: [calls.id] }
  const wallet = { customerId, currency: 'KES', grantedCredits: 100 }
  const { wallet: limited } = await act(ask, '/wallets', { ...wallet, ...limits }, 201)
  assert.deepEqual([limited.appliesToBillableMetricIds, limited.appliesToPlanIds], [[calls.id], null])
  await move('2026-01-20T00:00:00Z')
  await use(ask, id, calls.code, 5)
  await use(ask, id, exports.code, 4)
  await move('2026-02-02T00:00:00Z')
  const [, invoice] = await invoicesOf(ask, id)
  // 10.00 + 4.00 at 10 %, 10.00 at 20 %, all of it halved.
  assert.deepEqual([invoice.subtotal, invoice.discountAmount, invoice.total], [24, 12, 13.7])
  assert.deepEqual(taxesOf(invoice), [
    ['vat', 7, 0.7],
    ['digital', 5, 1],
  ])
  assert.deepEqual([invoice.amountCredited, invoice.amountDue], [6, 7.7])
  assert.equal((await get(ask, `/wallets/${limited.id}`)).balance, 94)
  const { faults, totalMinor } = verifyInvoice(await get(ask, `/invoices/${invoice.id}/explain`))
  assert.deepEqual([faults, Number(totalMinor)], [[], 1370])
  const line = invoice.items.find(
    (one: { type: string; amount: number }) => one.type === 'USAGE' && one.amount === 10,
  )
  const note = await creditNote(ask, { invoiceId: invoice.id, items: [{ lineId: line.id, amount: 10 }] })
  assert.equal(note.subtotal - note.discountAmount, 5)
  await everythingHolds(server)
})

test('the draft of a period keeps what its usage is of: taxes of the charge and wallets of the metric', async () => {
  const { ask, move, id, customerId, calls } = await taxedUsage({ invoiceGracePeriodDays: 3 })
  const limits = { appliesToBillableMetricIds: [calls.id] }
  await act(ask, '/wallets', { customerId, currency: 'KES', grantedCredits: 100, ...limits }, 201)
  await move('2026-01-20T00:00:00Z')
  await use(ask, id, calls.code, 5)
  await move('2026-02-02T00:00:00Z')
  const draft = (await invoicesOf(ask, id)).at(-1)
  assert.deepEqual([draft.status, draft.total, draft.amountCredited], ['DRAFT', 23, 0])
  await move('2026-02-10T00:00:00Z')
  while (await heldInvoicesLoop.tick(server.deps));
  const issued = await get(ask, `/invoices/${draft.id}`)
  assert.deepEqual([issued.status, issued.total, issued.amountCredited], ['PENDING', 23, 12])
  assert.deepEqual(taxesOf(issued), [
    ['vat', 10, 1],
    ['digital', 10, 2],
  ])
  const { faults } = verifyInvoice(await get(ask, `/invoices/${issued.id}/explain`))
  assert.deepEqual(faults, [])
  await everythingHolds(server)
})

test('a tax is assigned to one charge that there is, and goes with it', async () => {
  const { ask, charge, planId, calls } = await taxedUsage()
  refused(
    await ask('POST', '/taxes/assignments', { taxCode: 'vat', chargeId: charge.id, planId }),
    'invalid_request',
    400,
  )
  refused(
    await ask('POST', '/taxes/assignments', { taxCode: 'digital', chargeId: charge.id }),
    'tax_assigned',
  )
  refused(
    await ask('POST', '/taxes/assignments', { taxCode: 'vat', chargeId: 'chg_none' }),
    'charge_not_found',
    404,
  )
  const wallet = { customerId: 'cust_none', currency: 'KES', appliesToBillableMetricIds: [calls.id] }
  refused(await ask('POST', '/wallets', wallet), 'customer_not_found', 404)
})

test('a wallet says what the usage of the period under way would leave in it, with the taxes, at once', async () => {
  const { ask, move, id, customerId, calls, exports } = await taxedUsage()
  const wallet = { customerId, currency: 'KES' }
  const { wallet: limited } = await act(
    ask,
    '/wallets',
    { ...wallet, grantedCredits: 50, creditRate: 2, priority: 1, appliesToBillableMetricIds: [calls.id] },
    201,
  )
  const { wallet: open } = await act(ask, '/wallets', { ...wallet, grantedCredits: 3 }, 201)
  const ongoing = async ({ id: walletId }: { id: string }) => {
    const { balance, ongoingBalance, ongoingBalanceAmount } = await get(ask, `/wallets/${walletId}`)
    return [balance, ongoingBalance, ongoingBalanceAmount]
  }
  assert.deepEqual(await ongoing(limited), [50, 50, 100])
  await move('2026-01-20T00:00:00Z')
  await use(ask, id, calls.code, 5)
  await use(ask, id, exports.code, 4)
  // 10.00 of calls with 20 %, 4.00 of exports with 10 %.
  assert.deepEqual(await ongoing(limited), [50, 44, 88])
  assert.deepEqual(await ongoing(open), [3, 0, 0])
  await use(ask, id, calls.code, 1)
  assert.deepEqual(await ongoing(limited), [50, 42.8, 85.6])
  await move('2026-02-02T00:00:00Z')
  // It was what the end of the period brought, and the new one has no usage yet.
  assert.deepEqual(await ongoing(limited), [42.8, 42.8, 85.6])
  assert.deepEqual(await ongoing(open), [0, 0, 0])
  await everythingHolds(server)
})
