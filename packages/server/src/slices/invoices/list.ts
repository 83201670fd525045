import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { findCustomer } from '../customers/index.ts'
import { presentInvoice } from './present.ts'
import type { Invoice, ListInvoices } from './schema.ts'
import { type InvoiceRow, invoiceColumns, invoiceSelect } from './sql.ts'

/** A page of invoices, newest first. An unknown customer is refused; an unknown subscription has none. */
export function listInvoices(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListInvoices,
): Promise<Page<Invoice>> {
  return listAs(deps, reader, environmentId, query, (row) => presentInvoice(deps, row))
}

/** The same without drafts, as they are stored: for who shows them in another way. */
export function listIssuedRows(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListInvoices,
): Promise<Page<InvoiceRow>> {
  return listAs(deps, reader, environmentId, query, (row) => row, [fragment`status <> 'DRAFT'`])
}

async function listAs<T>(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListInvoices,
  present: (row: InvoiceRow) => T,
  only: readonly ReturnType<typeof fragment>[] = [],
): Promise<Page<T>> {
  const { status, customerId, subscriptionId, dateFrom, dateTo, overdue } = query
  const where = [fragment`environment_id = ${environmentId}::uuid`, ...only]
  if (status !== undefined) where.push(fragment`status = ${status}`)
  if (customerId !== undefined) {
    const customer = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`customer_id = ${customer.id}::uuid`)
  }
  if (subscriptionId !== undefined) {
    where.push(fragment`subscription_id = ${parseId('subscription', subscriptionId) ?? null}::uuid`)
  }
  const zone = fragment`(select timezone from tenants where id = ${reader.scope.tenantId}::uuid)`
  if (dateFrom !== undefined) {
    where.push(fragment`issued_at >= (${dateFrom}::date)::timestamp at time zone ${zone}`)
  }
  if (dateTo !== undefined) {
    where.push(fragment`issued_at < (${dateTo}::date + 1)::timestamp at time zone ${zone}`)
  }
  if (overdue !== undefined) {
    const now = fragment`coalesce((select clock_now from environments e where e.id = ${environmentId}::uuid), ${deps.clock.now().toString()}::timestamptz)`
    const late = fragment`(status in ('PENDING', 'FAILED') and due_date < (${now} at time zone (bill_to->>'timezone'))::date)`
    where.push(overdue ? late : fragment`not ${late}`)
  }
  return listPage({
    deps,
    reader,
    name: 'invoices.list',
    from: 'invoices',
    select: invoiceSelect,
    columns: invoiceColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at,
    present,
  })
}
