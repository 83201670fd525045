import { minorOf } from '../major.ts'
import type { Found, Outcome } from '../provider.ts'
import { fieldsOf, textOf } from '../web.ts'

const askAfterSeconds = 300

/** What a refund of Flutterwave's means. It has the currency of its charge, and does not say so. */
export function outcomeOfRefund(refund: Readonly<Record<string, unknown>>, currency: string): Outcome {
  const handle = textOf(refund['id'])
  const status = textOf(refund['status']) ?? ''
  if (status.startsWith('complete')) {
    return {
      status: 'succeeded',
      transactionId: handle ?? '',
      amountMinor: minorOf(refund['amount_refunded'], currency),
      currency,
    }
  }
  if (status.startsWith('fail'))
    return { status: 'declined', code: 'processing_error', reason: 'Flutterwave could not give it back.' }
  if (/^(pending|processing|new)/.test(status))
    return { status: 'pending', askAfterSeconds, ...(handle === undefined ? {} : { handle }) }
  return { status: 'unknown' }
}

/** The refund of a transaction that carries our reference. */
export function refundWith(
  wanted: { reference: string; transactionId: string; currency: string },
  refunds: readonly unknown[],
): Found {
  const found = refunds
    .map(fieldsOf)
    .find(
      (refund) => textOf(refund['tx_id']) === wanted.transactionId && refund['comments'] === wanted.reference,
    )
  return found ? outcomeOfRefund(found, wanted.currency) : { status: 'not_found' }
}
