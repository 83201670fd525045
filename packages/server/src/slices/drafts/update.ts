import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { returnAddOns } from '../add-ons/index.ts'
import { type Invoice, type InvoiceRow, presentInvoice, removeLines } from '../invoices/index.ts'
import { lockDraft, refusePastDueDate } from './find.ts'
import { priceItems } from './lines.ts'
import type { UpdateInvoice } from './schema.ts'
import { saveDraft, storeLines } from './sql.ts'

/** Changes a draft; items are replaced whole, and add-ons that were among them await the next invoice. Refuses an invoice that has been issued. */
export async function updateInvoice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateInvoice,
): Promise<Invoice> {
  const current = await lockDraft(tx, environmentId, id)
  refusePastDueDate(input.dueDate, current.bill_to.timezone, tx.now.epochMilliseconds)
  const row: InvoiceRow = {
    ...current,
    ...(input.items
      ? await priceItems(deps, tx, input.items, {
          environmentId,
          customerId: current.customer_id,
          planId: current.plan_id,
          currency: current.currency,
          billTo: current.bill_to,
          issuer: current.issuer,
        })
      : {}),
    due_date: input.dueDate === undefined ? current.due_date : input.dueDate,
    notes: input.notes === undefined ? current.notes : input.notes,
    metadata: input.metadata ?? current.metadata,
    updated_at: isoInstant(tx.now),
  }
  tx.defer(
    saveDraft(
      environmentId,
      row.id,
      row.subtotal_minor,
      row.tax_minor,
      row.total_minor,
      row.due_date,
      row.notes,
      JSON.stringify(row.metadata),
      row.updated_at,
      row.taxes && JSON.stringify(row.taxes),
      row.discount_minor,
      row.discounts && JSON.stringify(row.discounts),
    ),
  )
  if (input.items) {
    tx.defer(returnAddOns(environmentId, [row.id], row.updated_at))
    tx.defer(removeLines(environmentId, [row.id]))
    storeLines(tx, environmentId, row)
  }
  recordEvents(tx, deps, [
    { type: 'invoice.updated', resourceId: row.id, resource: presentInvoice(deps, row) },
  ])
  return presentInvoice(deps, row)
}
