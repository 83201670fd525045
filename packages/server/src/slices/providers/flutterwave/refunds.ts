import { minorOf } from '../major.ts'
import type { Account, Found, Outcome } from '../provider.ts'
import { fieldsOf, textOf } from '../web.ts'
import { call } from './api.ts'

const askAfterSeconds = 300
const mostPages = 20

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

/**
 * The refund of a transaction that carries our reference. Flutterwave lists those of all transactions, page by page: only
 * when all of them have been seen is it sure that there is none.
 */
export async function findRefund(
  account: Account,
  wanted: { reference: string; transactionId: string; currency: string },
): Promise<Found> {
  for (let page = 1; page <= mostPages; page++) {
    const reply = await call(account, 'GET', `/refunds?page=${page}`)
    if (!reply.ok) return { status: 'unknown' }
    const found = reply.list
      .map(fieldsOf)
      .find((one) => textOf(one['tx_id']) === wanted.transactionId && one['comments'] === wanted.reference)
    if (found) return outcomeOfRefund(found, wanted.currency)
    if (page >= Number(fieldsOf(reply.meta['page_info'])['total_pages'] ?? 1)) return { status: 'not_found' }
  }
  return { status: 'unknown' }
}
