import type { Deps } from '../../../deps.ts'
import { majorNumber, minorOf } from '../major.ts'
import { type Account, type CheckoutRequest, type Found, type Started, accountOf } from '../provider.ts'
import { misconfigured, textOf } from '../web.ts'
import { codeOfWords } from '../words.ts'
import { type Reply, call } from './api.ts'
import { noticeId } from './notices.ts'

const askAfterSeconds = 60

/** A page of Pesapal's. Pesapal knows the order by its own tracking id only, so that is kept. */
export async function startCheckout(deps: Deps, request: CheckoutRequest): Promise<Started> {
  const account = accountOf(request)
  const { payer, amountMinor, currency } = request
  if (payer.email === null && payer.phone === null) {
    const reason = 'Pesapal needs an e-mail address or a phone.'
    return { status: 'declined', code: 'invalid_instrument', reason }
  }
  const notificationId = await noticeId(deps, account)
  const reply = await call(deps, account, 'POST', '/Transactions/SubmitOrderRequest', {
    id: request.reference,
    currency,
    amount: majorNumber(amountMinor, currency),
    description: request.description.slice(0, 100),
    callback_url: request.successUrl,
    cancellation_url: request.cancelUrl,
    redirect_mode: 'TOP_WINDOW',
    notification_id: notificationId,
    billing_address: {
      ...(payer.email === null ? {} : { email_address: payer.email }),
      ...(payer.phone === null ? {} : { phone_number: payer.phone }),
      ...(payer.country === null ? {} : { country_code: payer.country }),
      ...(payer.name === null ? {} : { first_name: payer.name }),
    },
  })
  const url = textOf(reply.fields['redirect_url'])
  const handle = textOf(reply.fields['order_tracking_id'])
  return reply.ok && url !== undefined && handle !== undefined
    ? { status: 'started', url, handle }
    : misconfigured(`Pesapal: ${reply.message}`)
}

/** What Pesapal calls the states of an order. */
export const states = { invalid: '0', completed: '1', failed: '2', reversed: '3' } as const

export function statusOf(deps: Deps, account: Account, trackingId: string): Promise<Reply> {
  const query = `orderTrackingId=${encodeURIComponent(trackingId)}`
  return call(deps, account, 'GET', `/Transactions/GetTransactionStatus?${query}`)
}

/**
 * How an order ended. INVALID is also what nobody has paid yet, so it tells nothing. The tracking id is kept as the
 * transaction's: all that is asked later goes by it.
 */
export async function queryOrder(
  deps: Deps,
  request: { readonly account: Account | null; readonly handle: string | null; readonly reference: string },
): Promise<Found> {
  const { handle, reference } = request
  if (handle === null) return { status: 'not_found' }
  const { fields } = await statusOf(deps, accountOf(request), handle)
  switch (textOf(fields['status_code']) ?? '') {
    case states.completed: {
      if (fields['merchant_reference'] !== reference) return { status: 'unknown' }
      const currency = String(fields['currency'])
      const amountMinor = minorOf(fields['amount'], currency)
      return { status: 'succeeded', transactionId: handle, amountMinor, currency }
    }
    case states.failed: {
      const reason = textOf(fields['description']) ?? textOf(fields['message']) ?? 'The payment failed.'
      return { status: 'declined', code: codeOfWords(reason), reason }
    }
    case states.reversed:
      return { status: 'declined', code: 'processing_error', reason: 'The payment was reversed.' }
    case states.invalid:
      return { status: 'pending', askAfterSeconds }
    default:
      return { status: 'unknown' }
  }
}
