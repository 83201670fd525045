import type { Deps } from '../../deps.ts'
import type { Reader } from '../../db/transaction.ts'
import { tenantDays } from '../../http/days.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { presentPayment } from './present.ts'
import type { ListPayments, Payment } from './schema.ts'
import { type PaymentRow, paymentColumns, paymentSelect, paymentsByIds } from './sql.ts'

/** A page of payments, newest first. */
export async function listPayments(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListPayments,
): Promise<Page<Payment>> {
  const { status, provider, customerId, invoiceId } = query
  const { from, to } = await tenantDays(reader, query)
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (status === 'PROCESSING') where.push(fragment`status in ('PROCESSING', 'UNKNOWN')`)
  else if (status !== undefined) where.push(fragment`status = ${status}`)
  if (provider !== undefined) where.push(fragment`provider = ${provider}`)
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  if (invoiceId !== undefined) {
    const uuid = parseId('invoice', invoiceId)
    where.push(uuid === undefined ? fragment`false` : fragment`invoice_id = ${uuid}::uuid`)
  }
  if (from) where.push(fragment`created_at >= ${from.toString()}::timestamptz`)
  if (to) where.push(fragment`created_at < ${to.toString()}::timestamptz`)
  return listPage({
    deps,
    reader,
    name: 'payments.list',
    from: 'payments',
    select: paymentSelect,
    columns: paymentColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentPayment,
  })
}

/** @throws Refusal payment_not_found */
export async function getPayment(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<PaymentRow> {
  const uuid = parseId('payment', id)
  const [row] = uuid === undefined ? [] : await reader.query(paymentsByIds(environmentId, [uuid]))
  if (!row) throw new Refusal('payment_not_found')
  return row
}
