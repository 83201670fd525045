import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type BillTo, type InvoiceRow, finalizeDraft } from '../invoices/index.ts'
import { intendPayments } from '../payments/index.ts'
import type { DueRow } from './sql.ts'

/**
 * Issues invoices of a subscription that were held as drafts, both locked by the caller, and intends their payments: now,
 * or at the instant (`at`) that they were held until. The rows are brought up to date in place.
 */
export async function issueHeld(
  deps: Deps,
  tx: Tx,
  row: DueRow,
  drafts: readonly InvoiceRow[],
  at?: Temporal.Instant,
): Promise<void> {
  const { environment_id: environmentId, net_payment_terms: days, terms_from: from } = row
  const terms = days === null || from === null ? null : { days, from }
  for (const draft of drafts) {
    await finalizeDraft(deps, tx, environmentId, draft, { billTo: billToOf(row), terms, at })
    if (draft.status === 'PAID') continue
    await intendPayments(deps, tx, [
      {
        environmentId,
        invoiceId: draft.id,
        customerId: draft.customer_id,
        paymentMethodId: row.payment_method_id,
        currency: draft.currency,
        amountMinor: draft.total_minor - draft.credited_minor,
        at: at ?? tx.now,
      },
    ])
  }
}

/** The customer as an invoice names it. */
export function billToOf(row: DueRow): BillTo {
  return {
    name: row.customer_name,
    email: row.customer_email,
    taxId: row.customer_tax_id,
    country: row.customer_country,
    address: row.customer_address,
    locale: row.customer_locale,
    timezone: row.customer_timezone,
  }
}
