import { localDay, toCivil } from '@novabilling/core/calendar'
import { canMoveInvoice, dueDate, formatDay, formatInvoiceNumber } from '@novabilling/core/invoice'
import { invoiceIssued } from '@novabilling/core/ledger'
import { recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { invoicesIssued } from '../../http/operations.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { couponsToUse, openCoupons } from '../coupons/index.ts'
import { creditsToSpend, planSpending, writeSpending } from '../credits/index.ts'
import { postEntries } from '../ledger/index.ts'
import { openTaxBook, taxesOf } from '../taxes/index.ts'
import { activateGrants, planWallets, walletsToSpend, writeWallets } from '../wallets/index.ts'
import { chargedBy } from './charged.ts'
import type { Terms } from './draft.ts'
import { credit, issuerFrom, termsOfTenant } from './issue.ts'
import { payableLines } from './payable.ts'
import { presentInvoice } from './present.ts'
import { repriceDraft } from './reprice.ts'
import {
  type BillTo,
  type InvoiceRow,
  derivationsOf,
  issueDraft,
  issuersOf,
  openRecognition,
  takeNumbers,
} from './sql.ts'
import { taxesOnLines } from './taxing.ts'

/**
 * Issues a draft, locked by the caller: its number, its dates and the names and addresses are those of this moment.
 * Coupons come off the draft of a period, and taxes are those of this day, whatever the draft said. Revenue of a line by hand is booked at once, as it has no period
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
  const [[tenant], [taken], credits, taxes, coupons, derivations, grants] = await tx.queryAll([
    issuersOf([environmentId]),
    takeNumbers([environmentId], [year], [1]),
    creditsToSpend([environmentId], [draft.customer_id]),
    taxesOf([environmentId]),
    couponsToUse([environmentId], [draft.customer_id]),
    derivationsOf(environmentId, draft.id),
    walletsToSpend([environmentId], [draft.customer_id]),
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
  const offered = openCoupons(coupons)
  repriceDraft(tx, environmentId, draft, {
    derivations,
    offered,
    taxesOn,
  })
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
  // What tops a wallet up is not paid for by one.
  const wallets = planWallets(
    [
      {
        environmentId,
        invoiceId: draft.id,
        customerId: draft.customer_id,
        currency: draft.currency,
        dueMinor: draft.wallet_id === null ? draft.total_minor - (spending.paid[0] ?? 0n) : 0n,
        lines: payableLines(draft.lines, draft.plan_id),
        at,
      },
    ],
    grants,
  )
  credit(draft, (spending.paid[0] ?? 0n) + (wallets.paid[0] ?? 0n))
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
      draft.discounts && JSON.stringify(draft.discounts),
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
  offered.write(tx)
  await writeWallets(deps, tx, wallets)
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
  if (draft.wallet_id !== null && draft.total_minor === draft.credited_minor)
    await activateGrants(deps, tx, environmentId, [{ id: draft.id, at }])
}
