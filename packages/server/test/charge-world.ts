import assert from 'node:assert/strict'
import { publicId } from '../src/ids.ts'
import { verifyInvoice } from '../src/verify-invoice.ts'
import { newCustomer, newPlan } from './billing-story.ts'
import { type Caller, type TestServer, newTenant } from './harness.ts'

/** A tenant whose test clock stands at New Year unless said, with a plan at 10 KES a month. */
export async function usageWorld(
  server: TestServer,
  plan: object = {},
  start: string = '2026-01-01T00:00:00Z',
) {
  const tenant = await newTenant(server)
  const ask = tenant.test
  const move = async (to: string): Promise<void> => {
    const moved = await tenant.session(
      'POST',
      `/tenants/me/environments/${publicId('environment', tenant.testEnvironmentId)}/clock`,
      { now: to },
    )
    assert.equal(moved.status, 200, moved.text)
  }
  await move(start)
  const customer = await newCustomer(ask, { currency: 'KES', timezone: 'UTC' })
  const made = await newPlan(ask, { prices: [{ currency: 'KES', amount: 10 }], ...plan })
  return { ask, move, customerId: customer.id, planId: made.id }
}

export type Line = {
  type: string
  quantity: number
  unitAmount: number
  amount: number
  periodStart: string
  periodEnd: string
}
export type Shown = { id: string; total: number; items: Line[]; issuedAt: string }

/** The invoices of a subscription, the first first, each recomputed from its explanation. */
export async function invoicesOf(ask: Caller, subscriptionId: string): Promise<Shown[]> {
  const { body } = await ask('GET', `/invoices?subscriptionId=${subscriptionId}&limit=100`)
  const invoices: Shown[] = body.data.toReversed()
  for (const { id, total } of invoices) {
    const explained = await ask('GET', `/invoices/${id}/explain`)
    assert.equal(explained.status, 200, explained.text)
    const { faults, totalMinor } = verifyInvoice(explained.body)
    assert.deepEqual(faults, [])
    assert.equal(totalMinor, BigInt(Math.round(total * 100)))
  }
  return invoices
}

/** Lines as `TYPE quantity → amount`. */
export const shown = (lines: readonly Line[]) =>
  lines.map(({ type, quantity, amount }) => `${type} ${quantity} → ${amount}`)
