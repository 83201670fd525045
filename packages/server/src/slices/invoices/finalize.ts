import { localDay, toCivil } from '@novabilling/core/calendar'
import { canMoveInvoice, dueDate, formatDay, formatInvoiceNumber } from '@novabilling/core/invoice'
import { invoiceIssued } from '@novabilling/core/ledger'
import { recordEventsAcross } from '../../db/events.ts'
import type { RowOf } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { invoicesIssued } from '../../http/operations.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { creditsToSpend, planSpending, writeSpending } from '../credits/index.ts'
import { postEntries } from '../ledger/index.ts'
import { type AppliedTax, openTaxBook, taxesOf } from '../taxes/index.ts'
import { chargedBy } from './charged.ts'
import type { Terms } from './draft.ts'
import { credit, issuerFrom, termsOfTenant } from './issue.ts'
import { writeLines } from './lines.ts'
import { presentInvoice } from './present.ts'
import { priceLines } from './price.ts'
import {
  type BillTo,
  type InvoiceRow,
  type derivationColumns,
  derivationsOf,
  issueDraft,
  issuersOf,
  openRecognition,
  removeLines,
  takeNumbers,
} from './sql.ts'
import { exactOf, taxesOnLines } from './taxing.ts'

/**
 * Issues a draft, locked by the caller: its number, its dates and the names and addresses are those of this moment.
 * Taxes are those of this day, whatever the draft said. Revenue of a line by hand is booked at once, as it has no period
 * to be earned over. What the customer has to its credit pays first; without anything left to pay it is PAID.
 * Refuses what is no draft, and a draft whose own due date has passed in the customer's time zone, unless it is issued by
 * itself (`at`: the instant it was to be). The row is brought up to date in place.
 */
export async function finalizeDraft(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  draft: InvoiceRow,
  {
    billTo,
    terms: own,
    at: dueAt,
  }: { billTo: BillTo; terms: Terms | null; at?: Temporal.Instant | undefined },
): Promise<void> {
  if (!canMoveInvoice(draft.status, 'PENDING')) throw new Refusal('invoice_not_draft')
  const nowMs = (dueAt ?? tx.now).epochMilliseconds
  const today = localDay(billTo.timezone, nowMs)
  if (!dueAt && draft.due_date !== null && draft.due_date < formatDay(today)) {
    throw new Refusal('invoice_due_date_passed')
  }
  const { year } = toCivil(today)
  const [[tenant], [taken], credits, taxes, derivations] = await tx.queryAll([
    issuersOf([environmentId]),
    takeNumbers([environmentId], [year], [1]),
    creditsToSpend([environmentId], [draft.customer_id]),
    taxesOf([environmentId]),
    derivationsOf(environmentId, draft.id),
  ])
  if (!tenant || !taken) throw new Error(`no number for an invoice of ${environmentId}`)

  const at = isoInstant(dueAt ?? tx.now)
  const terms = own ?? termsOfTenant(tenant)
  draft.number = formatInvoiceNumber(tenant.prefix ?? 'INV', year, taken.last)
  draft.status = 'PENDING'
  draft.bill_to = billTo
  draft.issuer = issuerFrom(tenant)
  draft.issued_at = at
  if (draft.due_date === null) {
    draft.due_date = dueDate(billTo.timezone, nowMs, terms.days)
    draft.terms_days = terms.days
    draft.terms_from = terms.from
  }
  draft.finalize_at = null
  draft.updated_at = at
  const book = await openTaxBook(tx, taxes, [{ environmentId, customerId: draft.customer_id }])
  const taxesOn = taxesOnLines(book, {
    environmentId,
    customerId: draft.customer_id,
    planId: draft.plan_id,
    billTo,
    issuer: draft.issuer,
    atMs: nowMs,
  })
  reprice(tx, environmentId, draft, derivations, (named) => taxesOn({ line: named ?? undefined }))
  const spending = planSpending(
    [
      {
        environmentId,
        invoiceId: draft.id,
        customerId: draft.customer_id,
        currency: draft.currency,
        dueMinor: draft.total_minor,
        at,
      },
    ],
    credits,
  )
  credit(draft, spending.paid[0] ?? 0n)
  tx.defer(
    issueDraft(
      environmentId,
      draft.id,
      draft.number,
      draft.status,
      JSON.stringify(draft.bill_to),
      JSON.stringify(draft.issuer),
      draft.issued_at,
      draft.due_date,
      draft.paid_at,
      draft.credited_minor,
      draft.terms_days,
      draft.terms_from,
      draft.subtotal_minor,
      draft.discount_minor,
      draft.tax_minor,
      draft.total_minor,
      draft.taxes && JSON.stringify(draft.taxes),
    ),
  )
  const charged = chargedBy(draft)
  if (!tenant.recognises && charged.deferredMinor !== 0n) tx.defer(openRecognition([environmentId], [at]))
  postEntries(tx, environmentId, [
    {
      id: draft.id,
      documentKind: 'INVOICE',
      documentId: draft.id,
      currency: draft.currency,
      at,
      entries: invoiceIssued(charged),
    },
  ])
  writeSpending(deps, tx, spending)
  recordEventsAcross(tx, deps, [
    {
      environmentId,
      types:
        draft.total_minor === draft.credited_minor
          ? ['invoice.finalized', 'invoice.paid']
          : ['invoice.finalized'],
      resourceId: draft.id,
      resource: presentInvoice(deps, draft),
      at,
    },
  ])
  tx.afterCommit(() => invoicesIssued.inc())
}

/** Prices a draft again, and writes its lines down where that changes them. The row is brought up to date in place. */
function reprice(
  tx: Tx,
  environmentId: string,
  draft: InvoiceRow,
  derivations: readonly RowOf<typeof derivationColumns>[],
  taxesNamed: (codes: readonly string[] | null) => readonly AppliedTax[],
): void {
  const derivationOf = new Map(derivations.map(({ id, derivation }) => [id, derivation]))
  const lines = draft.lines.map((line) => ({
    amount: exactOf(draft.currency, line, derivationOf.get(line.id)),
    taxes: taxesNamed(line.taxCodes),
  }))
  if (draft.taxes === null && lines.every(({ taxes }) => taxes.length === 0)) return
  const priced = priceLines(lines)
  draft.subtotal_minor = priced.subtotalMinor
  draft.discount_minor = priced.discountMinor
  draft.tax_minor = priced.taxMinor
  draft.total_minor = priced.totalMinor
  draft.taxes = priced.taxes
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
