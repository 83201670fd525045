import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldInvoicesLoop } from '../../../src/slices/subscriptions/index.ts'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { invoicesOf } from '../../billing-story.ts'
import { booked, everythingHolds } from '../../credit-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { act, moveTo, startLife } from '../../life-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

async function issueHeld(instant: string): Promise<void> {
  await moveTo(server, instant)
  while (await heldInvoicesLoop.tick(server.deps));
}

test('the draft of a period shows what coupons would take off it, and uses one up when it is issued', async () => {
  const { test: as } = await newTenant(server)
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 16, appliedByDefault: true }, 201)
  const coupon = {
    name: 'Once',
    code: 'once',
    discountType: 'PERCENTAGE',
    discountValue: 10,
    duration: 'ONCE',
  }
  await act(as, '/coupons', coupon, 201)
  const { id } = await startLife(as, 10_000, { plan: { invoiceGracePeriodDays: 3 }, couponCode: 'once' })
  const applied = async () => (await get(as, '/coupons/applied')).data[0]
  const [draft] = await invoicesOf(as, id)
  assert.deepEqual(
    [draft.status, draft.discountAmount, draft.taxAmount, draft.total, draft.discounts[0].code],
    ['DRAFT', 10, 14.4, 104.4, 'once'],
  )
  assert.deepEqual([(await applied()).used, (await applied()).usesLeft], [0, 1])
  await issueHeld('2026-01-14T00:00:00Z')
  const [issued] = await invoicesOf(as, id)
  assert.deepEqual([issued.status, issued.discountAmount, issued.total], ['PENDING', 10, 104.4])
  assert.deepEqual([(await applied()).used, (await applied()).usesLeft], [1, 0])
  assert.deepEqual(await booked(server, issued), {
    deferred_revenue: -9000,
    receivable: 10_440,
    'tax_payable:vat': -1440,
  })
  const { faults, totalMinor } = verifyInvoice(await get(as, `/invoices/${issued.id}/explain`))
  assert.deepEqual([faults, Number(totalMinor)], [[], 10_440])
  await issueHeld('2026-02-14T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(as, id)).map(({ total }) => total),
    [104.4, 116],
  )
  await everythingHolds(server)
})

test('a coupon that is taken back before a draft is issued does not come off it, nor off what was changed by hand', async () => {
  const { test: as } = await newTenant(server)
  const fixed = { discountType: 'FIXED_AMOUNT', discountValue: 30, currency: 'KES', duration: 'FOREVER' }
  for (const code of ['one', 'two']) await act(as, '/coupons', { name: code, code, ...fixed }, 201)
  const plan = { invoiceGracePeriodDays: 3 }
  const [first, second] = [
    await startLife(as, 10_000, { plan, couponCode: 'one' }),
    await startLife(as, 10_000, { plan, couponCode: 'two' }),
  ]
  const applied = (await get(as, '/coupons/applied')).data
  const own = applied.find(({ customerId }: { customerId: string }) => customerId === first.customerId)
  assert.equal((await as('DELETE', `/coupons/applied/${own.id}`)).status, 204)
  const [draft] = await invoicesOf(as, second.id)
  assert.equal(draft.total, 70)
  const items = [{ description: 'Agreed', quantity: 1, unitAmount: 80 }]
  const { body: changed } = await as('PATCH', `/invoices/${draft.id}`, { items })
  assert.deepEqual([changed.discountAmount, changed.discounts, changed.total], [0, [], 80])
  await issueHeld('2026-02-18T00:00:00Z')
  assert.deepEqual((await invoicesOf(as, first.id))[0].total, 100)
  assert.deepEqual((await invoicesOf(as, second.id))[0].total, 80)
  await everythingHolds(server)
})
