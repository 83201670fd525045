import { typesOfPlan } from '../coupons/index.ts'
import type { LineOfInvoice } from './sql.ts'

/** Lines as wallets look at them: with their taxes and without their discounts, of an invoice of this plan. */
export function payableLines(
  lines: readonly Pick<LineOfInvoice, 'type' | 'minor' | 'discount' | 'taxes' | 'metricId'>[],
  planId: string | null,
) {
  return lines.map(({ type, minor, discount, taxes, metricId }) => ({
    minor: (taxes ?? []).reduce((sum, { amount }) => sum + BigInt(amount), BigInt(minor) - BigInt(discount)),
    planId: typesOfPlan.has(type) ? planId : null,
    metricId,
  }))
}
