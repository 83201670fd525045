import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldInvoicesLoop } from '../../../src/slices/subscriptions/index.ts'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { invoicesOf } from '../../billing-story.ts'
import { booked, everythingHolds } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, startLife } from '../../life-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

async function issueHeld(instant: string): Promise<void> {
  await moveTo(server, instant)
  while (await heldInvoicesLoop.tick(server.deps));
}

/** A subscription whose second period has a draft with an add-on of 25. */
async function withAddOn(as: Caller, code: string) {
  const plan = { invoiceGracePeriodDays: 3 }
  const { id, customerId } = await startLife(as, 10_000, { plan })
  const prices = [{ currency: 'KES', amount: 25 }]
  const addOn = await act(as, '/add-ons', { name: 'Setup', code, prices }, 201)
  await act(as, '/add-ons/apply', { addOnId: addOn.id, customerId }, 201)
  return { id, customerId }
}

const invoiceOf = async (as: Caller, customerId: string) =>
  (await get(as, `/add-ons/applied/list?customerId=${customerId}`)).data[0].invoiceId

test('an add-on goes on the draft of a period, and is issued with it; one that is written over awaits the next', async () => {
  const { test: as } = await newTenant(server)
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 16, appliedByDefault: true }, 201)
  const kept = await withAddOn(as, 'kept')
  const over = await withAddOn(as, 'over')
  await moveTo(server, '2026-02-10T09:00:00Z')
  const drafts = [(await invoicesOf(as, kept.id)).at(-1), (await invoicesOf(as, over.id)).at(-1)]
  assert.deepEqual(
    drafts.map(({ status, total }) => [status, total]),
    [
      ['DRAFT', 145],
      ['DRAFT', 145],
    ],
  )
  const [draft, other] = drafts
  assert.equal(await invoiceOf(as, kept.customerId), draft.id)
  const items = [{ description: 'Agreed', quantity: 1, unitAmount: 80 }]
  assert.equal((await as('PATCH', `/invoices/${other.id}`, { items })).status, 200)
  assert.equal(await invoiceOf(as, over.customerId), null)
  await issueHeld('2026-02-14T00:00:00Z')
  const issued = await get(as, `/invoices/${draft.id}`)
  assert.deepEqual([issued.status, issued.total], ['PENDING', 145])
  assert.deepEqual(await booked(server, issued), {
    deferred_revenue: -10_000,
    receivable: 14_500,
    revenue: -2500,
    'tax_payable:vat': -2000,
  })
  const { faults, totalMinor } = verifyInvoice(await get(as, `/invoices/${issued.id}/explain`))
  assert.deepEqual([faults, Number(totalMinor)], [[], 14_500])
  await moveTo(server, '2026-03-10T09:00:00Z')
  const next = (await invoicesOf(as, over.id)).at(-1)
  assert.deepEqual([next.total, await invoiceOf(as, over.customerId)], [145, next.id])
  await everythingHolds(server)
})

test('a customer that is deleted takes its draft along, and the add-on on it is not charged', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-04-10T09:00:00Z')
  const { id, customerId } = await withAddOn(as, 'gone')
  await issueHeld('2026-05-10T09:00:00Z')
  const draft = (await invoicesOf(as, id)).at(-1)
  assert.deepEqual([draft.status, draft.total], ['DRAFT', 125])
  assert.equal((await as('DELETE', `/customers/${customerId}?cascade=true`)).status, 204)
  assert.equal((await as('GET', `/invoices/${draft.id}`)).status, 404)
  assert.equal(await invoiceOf(as, customerId), null)
  await everythingHolds(server)
})
