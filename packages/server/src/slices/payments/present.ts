import { toMajorNumber } from '@novabilling/core/money'
import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { MethodRow } from './methods-sql.ts'
import type { Payment, PaymentMethod } from './schema.ts'
import type { PaymentRow } from './sql.ts'

export function presentMethod(row: MethodRow): PaymentMethod {
  const { provider, type, brand, last4, phone } = row
  return {
    id: publicId('paymentMethod', row.id),
    customerId: publicId('customer', row.customer_id),
    provider,
    type,
    brand,
    last4,
    expMonth: row.exp_month,
    expYear: row.exp_year,
    phone,
    isDefault: row.is_default,
    createdAt: isoInstant(row.created_at),
  }
}

export function presentPayment(row: PaymentRow): Payment {
  const { currency, provider, method } = row
  return {
    id: publicId('payment', row.id),
    invoiceId: publicId('invoice', row.invoice_id),
    customerId: publicId('customer', row.customer_id),
    amount: toMajorNumber({ currency, minor: row.amount_minor }),
    currency,
    status: row.status === 'UNKNOWN' ? 'PROCESSING' : row.status,
    provider,
    method,
    providerTransactionId: row.provider_transaction_id,
    failureCode: row.failure_code,
    failureReason: row.failure_reason,
    refundedAmount: toMajorNumber({ currency, minor: row.refunded_minor }),
    refunds: row.refunds.map((refund) => ({
      id: publicId('refund', refund.id),
      amount: toMajorNumber({ currency, minor: BigInt(refund.amountMinor) }),
      status: refund.status === 'SUCCEEDED' || refund.status === 'FAILED' ? refund.status : 'PENDING',
      reason: refund.reason,
      failureReason: refund.failureReason,
      createdAt: isoInstant(Temporal.Instant.from(refund.createdAt)),
    })),
    disputes: row.disputes.map((dispute) => ({
      id: publicId('dispute', dispute.id),
      status: dispute.status,
      amount: toMajorNumber({ currency, minor: BigInt(dispute.amountMinor) }),
      reason: dispute.reason,
      createdAt: isoInstant(Temporal.Instant.from(dispute.createdAt)),
      updatedAt: isoInstant(Temporal.Instant.from(dispute.updatedAt)),
    })),
    paymentMethodId: row.payment_method_id === null ? null : publicId('paymentMethod', row.payment_method_id),
    createdAt: isoInstant(row.created_at),
  }
}
