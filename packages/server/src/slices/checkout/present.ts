import { toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { CheckoutSession } from './schema.ts'
import type { SessionRow } from './sql.ts'

export function presentSession(row: SessionRow): CheckoutSession {
  return {
    id: publicId('checkout', row.id),
    invoiceId: publicId('invoice', row.invoice_id),
    customerId: publicId('customer', row.customer_id),
    providerName: row.provider,
    amount: toMajorNumber({ currency: row.currency, minor: row.amount_minor }),
    currency: row.currency,
    status: row.status,
    url: row.url,
    paymentId: row.payment_id === null ? null : publicId('payment', row.payment_id),
    failureCode: row.failure_code,
    failureReason: row.failure_reason,
    attempts: row.attempts,
    expiresAt: isoInstant(row.expires_at),
    createdAt: isoInstant(row.created_at),
  }
}
