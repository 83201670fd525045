import type { RowOf } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { CouponBook } from '../coupons/index.ts'
import type { AppliedTax, NamedTaxes } from '../taxes/index.ts'
import { writeLines } from './lines.ts'
import { discountsTaken, priceLines } from './price.ts'
import { type InvoiceRow, type derivationColumns, removeLines } from './sql.ts'
import { chargeIdOf, exactOf } from './taxing.ts'

/**
 * Prices a draft again, with the coupons that come off it now, and writes its lines down where that changes them. The row
 * is brought up to date in place.
 */
export function repriceDraft(
  tx: Tx,
  environmentId: string,
  draft: InvoiceRow,
  {
    derivations,
    offered,
    taxesOn,
  }: {
    derivations: readonly RowOf<typeof derivationColumns>[]
    offered: CouponBook
    taxesOn: (named: NamedTaxes) => readonly AppliedTax[]
  },
): void {
  const derivationOf = new Map(derivations.map(({ id, derivation }) => [id, derivation]))
  const lines = draft.lines.map((line) => ({
    amount: exactOf(draft.currency, line, derivationOf.get(line.id)),
    taxes: taxesOn({
      line: line.taxCodes ?? undefined,
      chargeId: chargeIdOf(derivationOf.get(line.id)),
    }),
  }))
  const period = periodOf(environmentId, draft)
  const offers = period ? offered.offersFor(period) : []
  const wasPlain = draft.taxes === null && draft.discounts === null
  if (wasPlain && offers.length === 0 && lines.every(({ taxes }) => taxes.length === 0)) return
  const priced = priceLines(
    lines,
    offers.map(({ discount }) => discount),
  )
  draft.subtotal_minor = priced.subtotalMinor
  draft.discount_minor = priced.discountMinor
  draft.tax_minor = priced.taxMinor
  draft.total_minor = priced.totalMinor
  draft.taxes = priced.taxes
  draft.discounts = discountsTaken(offers, priced)
  for (const [place, offer] of offers.entries())
    if (period) offered.use(period, draft.id, offer, priced.discounts[place]?.minor ?? 0n)
  draft.lines = draft.lines.map((line, place) => ({
    ...line,
    minor: String(priced.lineMinor[place] ?? 0n),
    discount: String(priced.lineDiscountMinor[place] ?? 0n),
    taxes: priced.lineTaxes[place] ?? null,
  }))
  tx.defer(removeLines(environmentId, [draft.id]))
  writeLines(
    tx,
    draft.lines.map((line, position) => {
      const derivation = derivationOf.get(line.id)
      return {
        environmentId,
        invoiceId: draft.id,
        position,
        line,
        derivation: derivation ? JSON.stringify(derivation) : null,
      }
    }),
  )
}

/** What coupons look at: nothing of an invoice that was written by hand. */
function periodOf(
  environmentId: string,
  { customer_id, subscription_id, plan_id, currency, kind, period_end, issued_at, lines }: InvoiceRow,
): Parameters<CouponBook['offersFor']>[0] | undefined {
  if (subscription_id === null || plan_id === null || period_end === null || issued_at === null)
    return undefined
  return {
    environmentId,
    customerId: customer_id,
    subscriptionId: subscription_id,
    planId: plan_id,
    currency,
    kind,
    periodEnd: period_end,
    issuedAt: issued_at,
    lines,
  }
}
