import { toMajorNumber } from '@novabilling/core/money'
import { publicId } from '../../ids.ts'
import { presentParty } from '../invoices/index.ts'
import type { CreditNote } from './schema.ts'
import type { CreditNoteRow } from './sql.ts'

export function presentCreditNote(row: CreditNoteRow): CreditNote {
  const { currency } = row
  const major = (minor: bigint): number => toMajorNumber({ currency, minor })
  return {
    id: publicId('creditNote', row.id),
    number: row.number,
    status: row.status,
    invoiceId: publicId('invoice', row.invoice_id),
    customerId: publicId('customer', row.customer_id),
    subscriptionId: row.subscription_id === null ? null : publicId('subscription', row.subscription_id),
    currency,
    reason: row.reason,
    subtotal: major(row.subtotal_minor),
    discountAmount: major(row.discount_minor),
    taxAmount: major(row.tax_minor),
    taxes: (row.taxes ?? []).map((tax) => ({
      code: tax.code,
      name: tax.name,
      rate: Number(tax.rate),
      base: major(BigInt(tax.base)),
      amount: major(BigInt(tax.amount)),
    })),
    total: major(row.total_minor),
    amount: major(row.total_minor),
    settledAmount: major(row.settled_minor),
    refundAmount: major(row.refund_minor),
    balanceAmount: major(row.balance_minor),
    items: row.lines.map((line) => ({
      id: publicId('creditNoteLine', line.id),
      lineId: publicId('invoiceLine', line.lineId),
      description: line.description,
      amount: major(BigInt(line.minor)),
      discountAmount: major(BigInt(line.discount)),
      periodStart: line.from,
      periodEnd: line.to,
    })),
    billTo: presentParty(row.bill_to),
    from: presentParty(row.issuer),
    issuedAt: row.issued_at,
    voidedAt: row.voided_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
