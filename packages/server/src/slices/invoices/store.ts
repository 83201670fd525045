import { invoiceIssued } from '@novabilling/core/ledger'
import { type EventType, recordEventsAcross } from '../../db/events.ts'
import { jsonArray } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { postEntriesAcross } from '../ledger/index.ts'
import { chargedBy } from './charged.ts'
import { derivationText } from './derivation.ts'
import type { Issued } from './draft.ts'
import { writeLines } from './lines.ts'
import { presentInvoice } from './present.ts'
import { type InvoiceRow, type Issuer, insertInvoices } from './sql.ts'

function eventsOf(status: InvoiceRow['status']): EventType[] {
  if (status === 'DRAFT') return ['invoice.created']
  const types: EventType[] = ['invoice.created', 'invoice.finalized']
  return status === 'PAID' ? [...types, 'invoice.paid'] : types
}

/** Plans, sums of discounts and taxes, and both one by one; empty where no invoice has any. */
function amountsOff(
  rows: readonly InvoiceRow[],
): [(string | null)[], bigint[], bigint[], (string | null)[], (string | null)[]] {
  const isPlain = rows.every((row) => row.discount_minor === 0n && row.taxes === null)
  const plans = rows.some((row) => row.plan_id !== null) ? rows.map((row) => row.plan_id) : []
  if (isPlain) return [plans, [], [], [], []]
  return [
    plans,
    rows.map((row) => row.discount_minor),
    rows.map((row) => row.tax_minor),
    rows.map(({ taxes }) => taxes && JSON.stringify(taxes)),
    rows.map(({ discounts }) => discounts && JSON.stringify(discounts)),
  ]
}

/** Writes invoices down: with their lines, and of those that are issued (`final`) what they move in the books. */
export function storeInvoices(deps: Deps, tx: Tx, issued: readonly Issued[], final: readonly Issued[]): void {
  const rows = issued.map(({ row }) => row)
  const issuers = new Map<Issuer, number>()
  for (const { issuer } of rows) if (!issuers.has(issuer)) issuers.set(issuer, issuers.size + 1)
  tx.defer(
    insertInvoices(
      issued.map(({ environmentId }) => environmentId),
      rows.map((row) => row.id),
      rows.map((row) => row.number),
      rows.map((row) => row.customer_id),
      rows.map((row) => row.subscription_id),
      rows.map((row) => row.period_start),
      rows.map((row) => row.period_end),
      rows.map((row) => row.currency),
      rows.map((row) => row.status),
      rows.map((row) => row.subtotal_minor),
      jsonArray(
        rows.map((row) => JSON.stringify(row.bill_to)),
        'jsonb',
      ),
      rows.map((row) => issuers.get(row.issuer) ?? null),
      rows.map((row) => row.created_at),
      rows.map((row) => row.due_date),
      rows.map((row) => row.terms_days),
      rows.map((row) => row.terms_from),
      rows.map((row) => row.kind),
      rows.map((row) => row.credited_minor),
      jsonArray(
        Array.from(issuers.keys(), (issuer) => JSON.stringify(issuer)),
        'jsonb',
      ),
      rows.map((row) => row.finalize_at),
      ...amountsOff(rows),
    ),
  )
  writeLines(
    tx,
    issued.flatMap(({ environmentId, row, draft }) =>
      row.lines.map((line, position) => {
        const derivation = draft.lines[position]?.derivation
        return {
          environmentId,
          invoiceId: row.id,
          position,
          line,
          derivation: derivation ? derivationText(derivation) : null,
        }
      }),
    ),
  )
  postEntriesAcross(
    tx,
    final.map(({ environmentId, row }) => ({
      environmentId,
      id: row.id,
      documentKind: 'INVOICE',
      documentId: row.id,
      currency: row.currency,
      at: row.created_at,
      entries: invoiceIssued(chargedBy(row)),
    })),
    ({ environmentId }) => environmentId,
  )
  recordEventsAcross(
    tx,
    deps,
    issued.map(({ environmentId, row }) => ({
      environmentId,
      types: eventsOf(row.status),
      resourceId: row.id,
      resource: presentInvoice(deps, row),
      at: row.created_at,
    })),
  )
}
