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

test('the draft of a period shows its taxes, and is issued with those of that day, of the plan that it is for', async () => {
  const { test: as } = await newTenant(server)
  const vat = { name: 'VAT', code: 'vat' }
  await act(as, '/taxes', { ...vat, rate: 16 }, 201)
  await act(as, '/taxes', { ...vat, rate: 18, validFrom: '2026-01-12' }, 201)
  await act(as, '/taxes', { name: 'Levy', code: 'levy', rate: 1, appliedByDefault: true }, 201)
  const { id, planId } = await startLife(as, 10_000, { plan: { invoiceGracePeriodDays: 3 } })
  await act(as, '/taxes/assignments', { taxCode: 'vat', planId }, 201)
  const other = await startLife(as, 10_000, { planId })
  const [untouched] = await invoicesOf(as, id)
  assert.deepEqual([untouched.status, untouched.taxAmount, untouched.total], ['DRAFT', 1, 101])
  const [draft] = await invoicesOf(as, other.id)
  assert.deepEqual([draft.status, draft.taxAmount, draft.total], ['DRAFT', 16, 116])
  assert.deepEqual(await booked(server, draft), {})
  const items = [{ description: 'x', quantity: 1, unitAmount: 50 }]
  const { body: byHand } = await as('PATCH', `/invoices/${untouched.id}`, { items })
  assert.deepEqual([byHand.taxAmount, byHand.total], [8, 58])

  await moveTo(server, '2026-01-14T00:00:00Z')
  while (await heldInvoicesLoop.tick(server.deps));
  const [issued] = await invoicesOf(as, other.id)
  assert.deepEqual([issued.status, issued.taxAmount, issued.total], ['PENDING', 18, 118])
  assert.deepEqual(await booked(server, issued), {
    deferred_revenue: -10_000,
    receivable: 11_800,
    'tax_payable:vat': -1800,
  })
  const { faults, totalMinor } = verifyInvoice(await get(as, `/invoices/${issued.id}/explain`))
  assert.deepEqual([faults, Number(totalMinor)], [[], 11_800])
  assert.deepEqual((await invoicesOf(as, id))[0].total, 59)
  await everythingHolds(server)
})
