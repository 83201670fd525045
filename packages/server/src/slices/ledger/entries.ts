import { toMajorNumber } from '@novabilling/core/money'
import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { tenantDays } from '../../http/days.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import { type IdKind, parseId, publicId } from '../../ids.ts'
import { findCustomer } from '../customers/index.ts'
import type { DocumentKind } from './post.ts'
import type { LedgerEntry, ListEntries } from './schema.ts'
import { type EntryRow, entriesFrom, entryColumns, entrySelect } from './sql.ts'

const idKinds: Readonly<Record<DocumentKind, IdKind>> = {
  INVOICE: 'invoice',
  VOID: 'invoice',
  WRITE_OFF: 'invoice',
  PAYMENT: 'payment',
  REFUND: 'refund',
  CREDIT_NOTE: 'creditNote',
  CREDIT_NOTE_VOID: 'creditNote',
  // The customer's credit paid for an invoice.
  CREDIT: 'invoice',
  WALLET: 'walletTransaction',
  // A day of revenue is a document of its own.
  RECOGNITION: 'ledgerTransaction',
}

/**
 * A page of entries, the last booked first, which is the order of the primary key: a late invoice is booked late,
 * though it takes effect on its day. An unknown document has none; an unknown customer is refused.
 */
export async function listEntries(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListEntries & { readonly customerId?: string },
): Promise<Page<LedgerEntry>> {
  const { account, currency, document, customerId } = query
  const { from, to } = await tenantDays(reader, query)
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (account !== undefined) where.push(fragment`account = ${account}`)
  if (currency !== undefined) where.push(fragment`currency = ${currency}`)
  if (document !== undefined) {
    const uuid = Object.values(idKinds)
      .map((kind) => parseId(kind, document))
      .find((id) => id !== undefined)
    where.push(uuid === undefined ? fragment`false` : fragment`document_id = ${uuid}::uuid`)
  }
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`document_id in (
      select i.id from invoices i where i.environment_id = ${environmentId}::uuid and i.customer_id = ${id}::uuid
      union all
      select p.id from payments p where p.environment_id = ${environmentId}::uuid and p.customer_id = ${id}::uuid
      union all
      select n.id from credit_notes n where n.environment_id = ${environmentId}::uuid and n.customer_id = ${id}::uuid
      union all
      select r.id from refunds r
      join payments p on p.environment_id = r.environment_id and p.id = r.payment_id
      where p.environment_id = ${environmentId}::uuid and p.customer_id = ${id}::uuid)`)
  }
  if (from) where.push(fragment`occurred_at >= ${from.toString()}::timestamptz`)
  if (to) where.push(fragment`occurred_at < ${to.toString()}::timestamptz`)
  return listPage({
    deps,
    reader,
    name: 'ledger.entries',
    from: entriesFrom,
    select: entrySelect,
    columns: entryColumns,
    where,
    sort: { by: 'booked', column: 'transaction_id', cast: 'uuid', idCast: 'text', descending: true },
    query,
    sortValue: (row) => row.transaction_id,
    present: presentEntry,
  })
}

function presentEntry(row: EntryRow): LedgerEntry {
  const { currency, amount_minor: minor } = row
  return {
    transactionId: publicId('ledgerTransaction', row.transaction_id),
    account: row.account,
    currency,
    debit: toMajorNumber({ currency, minor: minor > 0n ? minor : 0n }),
    credit: toMajorNumber({ currency, minor: minor < 0n ? -minor : 0n }),
    documentKind: row.document_kind,
    documentId: publicId(idKinds[row.document_kind], row.document_id),
    occurredAt: isoInstant(row.occurred_at),
  }
}
