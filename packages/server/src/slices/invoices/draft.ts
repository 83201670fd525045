import type { LineDerivation } from './derivation.ts'
import type { invoiceKinds, lineTypes, termsSources } from './schema.ts'
import type { BillTo, InvoiceRow } from './sql.ts'

/**
 * A line that has been priced and rounded: `unit` in major units, the amount in minor ones, both as the price is said,
 * with the taxes that may be within it.
 */
export type DraftLine = {
  readonly type: (typeof lineTypes)[number]
  readonly description: string
  readonly quantity: string
  readonly unit: string
  readonly amountMinor: bigint
  readonly from: string | null
  readonly to: string | null
  /** Charged in advance, and earned over its days. */
  readonly isDeferred: boolean
  readonly derivation: LineDerivation
  /** Whose usage it charges. */
  readonly metricId?: string
}

/** An invoice that is about to be issued. */
export type Draft = {
  readonly environmentId: string
  readonly kind: Exclude<(typeof invoiceKinds)[number], 'MANUAL'>
  readonly customerId: string
  readonly subscriptionId: string
  /** Whose taxes its lines have. */
  readonly planId: string
  readonly periodStart: string
  readonly periodEnd: string
  readonly currency: string
  readonly lines: readonly DraftLine[]
  readonly totalMinor: bigint
  readonly billTo: BillTo
  /** Days from issue to due, of the customer or else the plan; null: the tenant's. */
  readonly terms: Terms | null
  /** Days that it stays a draft; null: as the tenant says. */
  readonly graceDays: number | null
  readonly issuedAt: string
  readonly issuedAtMs: number
}

export type Terms = { readonly days: number; readonly from: (typeof termsSources)[number] }

export type Issued = {
  readonly environmentId: string
  readonly row: InvoiceRow
  readonly draft: Draft
}
