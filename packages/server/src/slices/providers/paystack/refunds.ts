import type { Found, Outcome } from '../provider.ts'
import { fromUnits } from '../units.ts'
import { fieldsOf, textOf } from '../web.ts'
import { decimals } from './api.ts'

const askAfterSeconds = 300

/** What a refund of Paystack's means. One that needs the customer's account details goes on once somebody gave them. */
export function outcomeOfRefund(refund: Readonly<Record<string, unknown>>): Outcome {
  const handle = textOf(refund['id'])
  switch (refund['status']) {
    case 'processed': {
      const currency = String(refund['currency'])
      return {
        status: 'succeeded',
        transactionId: handle ?? '',
        amountMinor: fromUnits(refund['amount'], currency, decimals),
        currency,
      }
    }
    case 'failed':
      return { status: 'declined', code: 'processing_error', reason: 'Paystack could not give it back.' }
    case 'pending':
    case 'processing':
    case 'needs-attention':
      return { status: 'pending', askAfterSeconds, ...(handle === undefined ? {} : { handle }) }
    default:
      return { status: 'unknown' }
  }
}

/** The refund that carries our reference, among those of a transaction. */
export function refundWith(reference: string, refunds: readonly unknown[]): Found {
  const found = refunds.map(fieldsOf).find((refund) => refund['merchant_note'] === reference)
  return found ? outcomeOfRefund(found) : { status: 'not_found' }
}
