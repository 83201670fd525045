import { command } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { type InvoiceRow, writeLines } from '../invoices/index.ts'

export const insertDraft = command(
  'drafts.insert',
  `insert into invoices (environment_id, id, kind, customer_id, subscription_id, currency, status, subtotal_minor,
     discount_minor, tax_minor, total_minor, bill_to, issuer, due_date, notes, metadata, created_at, updated_at, taxes, wallet_id)
   values ($1, $2, 'MANUAL', $3, $4, $5, 'DRAFT', $6, 0, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16)`,
)

export const saveDraft = command(
  'drafts.save',
  `update invoices
   set subtotal_minor = $3, tax_minor = $4, total_minor = $5, due_date = $6, notes = $7, metadata = $8, updated_at = $9,
     taxes = $10, discount_minor = $11, discounts = $12
   where environment_id = $1::uuid and id = $2::uuid and status = 'DRAFT'`,
)

/** Writes the lines of a draft down. */
export function storeLines(tx: Tx, environmentId: string, { id, lines }: InvoiceRow): void {
  writeLines(
    tx,
    lines.map((line, position) => ({ environmentId, invoiceId: id, position, line, derivation: null })),
  )
}
