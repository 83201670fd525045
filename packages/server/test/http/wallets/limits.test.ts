import assert from 'node:assert/strict'
import { test } from 'node:test'
import { heldInvoicesLoop } from '../../../src/slices/subscriptions/index.ts'
import { invoicesOf } from '../../billing-story.ts'
import { everythingHolds, refused } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo, planOf, startLife } from '../../life-story.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

async function newWallet(as: Caller, customerId: string, grantedCredits: number, limits: object) {
  const { wallet } = await act(
    as,
    '/wallets',
    { customerId, currency: 'KES', grantedCredits, ...limits },
    201,
  )
  return wallet
}

const balanceOf = async (as: Caller, { id }: { id: string }): Promise<number> =>
  (await get(as, `/wallets/${id}`)).balance

test('a wallet for a plan pays for its lines with their taxes, and for nothing beside them', async () => {
  const { test: as } = await newTenant(server)
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 16, appliedByDefault: true }, 201)
  const { id, customerId, planId } = await startLife(as, 10_000)
  const other = await planOf(as, 4000)
  const wallet = await newWallet(as, customerId, 500, { appliesToPlanIds: [planId], priority: 1 })
  const elsewhere = await newWallet(as, customerId, 500, { appliesToPlanIds: [other.id] })
  const anything = await newWallet(as, customerId, 10, {})
  assert.deepEqual([wallet.appliesToPlanIds, anything.appliesToPlanIds], [[planId], null])
  const prices = [{ currency: 'KES', amount: 50 }]
  const addOn = await act(as, '/add-ons', { name: 'Setup', code: 'setup', prices }, 201)
  await act(as, '/add-ons/apply', { addOnId: addOn.id, customerId }, 201)
  await moveTo(server, '2026-02-10T09:00:00Z')
  const [, period] = await invoicesOf(as, id)
  // 116 of 174 are the plan's; of the add-on 10 are paid by what pays for anything.
  assert.deepEqual([period.total, period.amountCredited, period.amountDue], [174, 126, 48])
  assert.deepEqual(
    [await balanceOf(as, wallet), await balanceOf(as, anything), await balanceOf(as, elsewhere)],
    [384, 0, 500],
  )
  const items = [{ description: 'Advice', quantity: 1, unitAmount: 10 }]
  const byHand = await act(as, '/invoices', { customerId, items, autoFinalize: true }, 201)
  assert.equal(byHand.amountCredited, 0)
  await act(as, `/invoices/${period.id}/void`)
  assert.deepEqual([await balanceOf(as, wallet), await balanceOf(as, anything)], [500, 10])
  await everythingHolds(server)
})

test('a draft of a period is paid for by the wallets of its plan when it is issued', async () => {
  const { test: as } = await newTenant(server)
  const { id, customerId, planId } = await startLife(as, 10_000, { plan: { invoiceGracePeriodDays: 3 } })
  const wallet = await newWallet(as, customerId, 60, { appliesToPlanIds: [planId] })
  await newWallet(as, customerId, 60, { appliesToPlanIds: [(await planOf(as, 1)).id] })
  assert.equal((await invoicesOf(as, id))[0].amountCredited, 0)
  await moveTo(server, '2026-02-20T00:00:00Z')
  while (await heldInvoicesLoop.tick(server.deps));
  const [issued] = await invoicesOf(as, id)
  assert.deepEqual([issued.status, issued.amountCredited, await balanceOf(as, wallet)], ['PENDING', 60, 0])
  await everythingHolds(server)
})

test('a wallet for what there is not is refused', async () => {
  const [{ test: as }, { test: stranger }] = [await newTenant(server), await newTenant(server)]
  const { customerId } = await startLife(as, 100)
  const { planId: foreign } = await startLife(stranger, 100)
  const wallet = { customerId, currency: 'KES' }
  refused(await as('POST', '/wallets', { ...wallet, appliesToPlanIds: [foreign] }), 'plan_not_found', 404)
  refused(await as('POST', '/wallets', { ...wallet, appliesToPlanIds: [] }), 'invalid_request', 400)
})

test('of five who take 500 of 600 credits at once, one gets them (H05)', async () => {
  const { test: as } = await newTenant(server)
  const { customerId } = await startLife(as, 100)
  const wallet = await newWallet(as, customerId, 600, {})
  const take = { walletId: wallet.id, voidedCredits: 500 }
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => as('POST', '/wallets/transactions', take)))
  assert.equal(answers.filter(({ status }) => status === 201).length, 1)
  for (const answer of answers.filter(({ status }) => status !== 201)) refused(answer, 'wallet_too_little')
  assert.equal(await balanceOf(as, wallet), 100)
})
