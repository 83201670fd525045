import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { type Invoice, type InvoiceRow, lockInvoices, presentInvoices } from '../invoices/index.ts'
import {
  type Payment,
  insertReceived,
  openPayments,
  paymentsByIds,
  presentPayment,
} from '../payments/index.ts'
import { lockSubscriptions } from '../subscriptions/index.ts'
import type { MarkPaid, RecordPayment } from './schema.ts'
import { settle } from './settle.ts'
import { subscriptionOfInvoice } from './sql.ts'

/**
 * Says that an invoice was paid elsewhere, whole. It is PAID, and a subscription that was waiting for it is
 * ACTIVE again. Refuses an invoice that awaits no payment, and one that a provider is charging just now.
 */
export async function markPaid(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: MarkPaid,
): Promise<Invoice> {
  const at = paidAtOf(tx, input.paidAt)
  const invoice = await lockPayableInvoice(tx, environmentId, id)
  await receive(deps, tx, environmentId, invoice, {
    amountMinor: dueOf(invoice),
    method: input.paymentMethod ?? 'OTHER',
    reference: input.reference ?? null,
    at,
  })
  const [shown] = await presentInvoices(deps, tx, environmentId, [invoice.id])
  if (!shown) throw new Error('an invoice vanished')
  return shown
}

/** Records a payment made elsewhere, of a part of what is due or all of it. */
export async function recordPayment(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: RecordPayment,
): Promise<Payment> {
  const at = paidAtOf(tx, input.paidAt)
  const invoice = await lockInvoiceOf(tx, environmentId, input.invoiceId)
  const amountMinor = input.amount === undefined ? dueOf(invoice) : readAmount(invoice.currency, input.amount)
  await checkPayable(tx, environmentId, invoice)
  if (amountMinor > dueOf(invoice)) throw new Refusal('payment_exceeds_invoice')
  return receive(deps, tx, environmentId, invoice, {
    amountMinor,
    method: input.method ?? 'OTHER',
    reference: input.reference ?? null,
    at,
  })
}

/** What is still due on an invoice. */
export function dueOf(invoice: InvoiceRow): bigint {
  return invoice.total_minor - invoice.paid_minor - invoice.credited_minor
}

/** Locks an invoice that can be paid now, its subscription first, as everywhere. */
export async function lockPayableInvoice(tx: Tx, environmentId: string, id: string): Promise<InvoiceRow> {
  const invoice = await lockInvoiceOf(tx, environmentId, id)
  await checkPayable(tx, environmentId, invoice)
  return invoice
}

/** Locks an invoice, its subscription first. @throws Refusal invoice_not_found */
export async function lockInvoiceOf(tx: Tx, environmentId: string, id: string): Promise<InvoiceRow> {
  const uuid = parseId('invoice', id)
  const [found] = uuid === undefined ? [] : await tx.query(subscriptionOfInvoice(environmentId, uuid))
  if (!found) throw new Refusal('invoice_not_found')
  if (found.subscription_id !== null) await lockSubscriptions(tx, environmentId, [found.subscription_id])
  const [invoice] = await lockInvoices(tx, environmentId, [found.id])
  if (!invoice) throw new Refusal('invoice_not_found')
  return invoice
}

async function checkPayable(tx: Tx, environmentId: string, invoice: InvoiceRow): Promise<void> {
  if (invoice.status !== 'PENDING' && invoice.status !== 'FAILED') throw new Refusal('invoice_not_payable')
  const open = await tx.query(openPayments(environmentId, [invoice.id]))
  if (open.length > 0) throw new Refusal('payment_in_progress')
}

async function receive(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  invoice: InvoiceRow,
  money: { amountMinor: bigint; method: string; reference: string | null; at: Temporal.Instant },
): Promise<Payment> {
  const id = deps.ids.next()
  const { customer_id: customerId, currency } = invoice
  const { amountMinor, at } = money
  tx.defer(
    insertReceived(
      environmentId,
      id,
      invoice.id,
      customerId,
      amountMinor,
      currency,
      money.method,
      publicId('payment', id),
      money.reference,
      at,
    ),
  )
  const [row] = await tx.query(paymentsByIds(environmentId, [id]))
  if (!row) throw new Error('a payment that was just recorded is not there')
  const payment = presentPayment(row)
  recordEvents(tx, deps, [{ type: 'payment.succeeded', resourceId: id, resource: payment }])
  const received = {
    invoiceId: invoice.id,
    customerId,
    paymentId: id,
    provider: 'MANUAL',
    currency,
    amountMinor,
    at,
  }
  await settle(deps, tx, environmentId, [received])
  return payment
}

function paidAtOf(tx: Tx, paidAt: string | undefined): Temporal.Instant {
  const at = paidAt === undefined ? tx.now : Temporal.Instant.from(paidAt)
  if (Temporal.Instant.compare(at, tx.now) > 0)
    throw invalid({ path: 'paidAt', message: 'must not be in the future' })
  return at
}

function readAmount(currency: string, amount: number | string): bigint {
  const money = new MoneyReader()
  const minor = money.read('amount', currency, amount)
  if (money.faults.length > 0) throw invalid(...money.faults)
  if (minor <= 0n) throw invalid({ path: 'amount', message: 'must be more than 0' })
  return minor
}
