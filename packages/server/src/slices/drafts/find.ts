import { localDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import type { Tx } from '../../db/transaction.ts'
import { Refusal, invalid } from '../../refusal.ts'
import type { CustomerRow } from '../customers/index.ts'
import { type BillTo, type InvoiceRow, findInvoice, lockInvoices } from '../invoices/index.ts'

/** A draft, held against any other change until the transaction ends. Refuses an invoice that has been issued. */
export async function lockDraft(tx: Tx, environmentId: string, id: string): Promise<InvoiceRow> {
  const found = await findInvoice(tx, environmentId, id)
  const [row] = await lockInvoices(tx, environmentId, [found.id])
  if (!row) throw new Refusal('invoice_not_found')
  if (row.status !== 'DRAFT') throw new Refusal('invoice_not_draft')
  return row
}

/** The customer as an invoice names it. */
export function billToOf(customer: CustomerRow): BillTo {
  return {
    name: customer.name,
    email: customer.email,
    taxId: customer.tax_id,
    country: customer.country,
    address: customer.address,
    locale: customer.locale,
    timezone: customer.timezone,
  }
}

/** Refuses a due date that has passed where the customer is. */
export function refusePastDueDate(dueDate: string | null | undefined, timezone: string, nowMs: number): void {
  if (dueDate === null || dueDate === undefined || dueDate >= formatDay(localDay(timezone, nowMs))) return
  throw invalid({ path: 'dueDate', message: "must not be before today in the customer's time zone" })
}
