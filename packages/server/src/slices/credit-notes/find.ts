import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { findInvoice } from '../invoices/index.ts'
import { presentCreditNote } from './present.ts'
import type { CreditNote, ListCreditNotes } from './schema.ts'
import { type CreditNoteRow, creditNoteById, creditNoteColumns, creditNoteSelect } from './sql.ts'

/** A credit note by its public id. */
export async function findCreditNote(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<CreditNoteRow> {
  const uuid = parseId('creditNote', id)
  const [row] = uuid === undefined ? [] : await reader.query(creditNoteById(environmentId, uuid))
  if (!row) throw new Refusal('credit_note_not_found')
  return row
}

/** A page of credit notes, newest first. An unknown customer or invoice is refused; an unknown subscription has none. */
export async function listCreditNotes(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListCreditNotes,
): Promise<Page<CreditNote>> {
  const { status, customerId, invoiceId, subscriptionId } = query
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (status !== undefined) where.push(fragment`status = ${status}`)
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  if (invoiceId !== undefined) {
    const { id } = await findInvoice(reader, environmentId, invoiceId)
    where.push(fragment`invoice_id = ${id}::uuid`)
  }
  if (subscriptionId !== undefined) {
    where.push(fragment`subscription_id = ${parseId('subscription', subscriptionId) ?? null}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'credit_notes.list',
    from: 'credit_notes',
    select: creditNoteSelect,
    columns: creditNoteColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at,
    present: presentCreditNote,
  })
}
