import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { presentInvoice } from './present.ts'
import type { Invoice } from './schema.ts'
import { type InvoiceRow, invoiceById, invoicesByIds } from './sql.ts'

/** An invoice by its public id. */
export async function findInvoice(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<InvoiceRow> {
  const uuid = parseId('invoice', id)
  const [row] = uuid === undefined ? [] : await reader.query(invoiceById(environmentId, uuid))
  if (!row) throw new Refusal('invoice_not_found')
  return row
}

/** Invoices as the API shows them, in the order of their stored ids. */
export async function presentInvoices(
  deps: Deps,
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  ids: readonly string[],
): Promise<Invoice[]> {
  const rows = await reader.query(invoicesByIds(environmentId, ids))
  return rows.map((row) => presentInvoice(deps, row))
}
