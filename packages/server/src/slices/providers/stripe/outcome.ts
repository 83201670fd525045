import type { Stripe } from 'stripe'
import type { KeptMethod, Outcome } from '../provider.ts'
import { ofStripe } from './client.ts'
import { declined } from './declines.ts'

const askAfterSeconds = 60

/** What a PaymentIntent means that was confirmed without the customer. */
export function outcomeOfIntent(intent: Stripe.PaymentIntent): Outcome {
  const error = intent.last_payment_error
  switch (intent.status) {
    case 'succeeded': {
      const currency = intent.currency.toUpperCase()
      return {
        status: 'succeeded',
        transactionId: intent.id,
        amountMinor: ofStripe(intent.amount_received, currency),
        currency,
      }
    }
    case 'processing':
    case 'requires_capture':
    case 'requires_confirmation':
      return { status: 'pending', askAfterSeconds, handle: intent.id }
    case 'requires_payment_method':
      return error
        ? declined({
            code: error.code ?? '',
            declineCode: error.decline_code ?? '',
            adviceCode: error.advice_code ?? '',
            message: error.message ?? 'The charge was declined.',
          })
        : { status: 'pending', askAfterSeconds, handle: intent.id }
    case 'requires_action':
      return {
        status: 'declined',
        code: 'authentication_required',
        reason: 'The bank asks the customer to confirm.',
      }
    case 'canceled':
      return { status: 'declined', code: 'customer_cancelled', reason: 'The payment was canceled.' }
    default:
      return { status: 'unknown' }
  }
}

/** What a Checkout Session means. While it is open, the customer may try another card. */
export function outcomeOfSession(session: Stripe.Checkout.Session): Outcome {
  if (session.payment_status === 'paid' && session.amount_total !== null && session.currency !== null) {
    const currency = session.currency.toUpperCase()
    const intent = session.payment_intent
    const method = intent !== null && typeof intent === 'object' ? keptMethodOf(intent) : undefined
    return {
      status: 'succeeded',
      transactionId: (typeof intent === 'string' ? intent : intent?.id) ?? session.id,
      amountMinor: ofStripe(session.amount_total, currency),
      currency,
      ...(method ? { method } : {}),
    }
  }
  if (session.status === 'expired')
    return { status: 'declined', code: 'timeout', reason: 'Nobody paid on the page in time.' }
  return { status: 'pending', askAfterSeconds }
}

/** A method belongs to a customer of Stripe's, so both are kept together. */
function keptMethodOf(intent: Stripe.PaymentIntent): KeptMethod | undefined {
  const { customer, payment_method: method } = intent
  const owner = typeof customer === 'string' ? customer : customer?.id
  if (owner === undefined || method === null || typeof method !== 'object') return undefined
  if (intent.setup_future_usage !== 'off_session') return undefined
  const { card } = method
  return {
    token: `${owner} ${method.id}`,
    type: card ? 'CARD' : 'BANK_ACCOUNT',
    brand: card?.brand ?? null,
    last4: card?.last4 ?? null,
    expMonth: card?.exp_month ?? null,
    expYear: card?.exp_year ?? null,
  }
}

export function outcomeOfRefund(refund: Stripe.Refund): Outcome {
  const currency = refund.currency.toUpperCase()
  switch (refund.status ?? '') {
    case 'succeeded':
      return {
        status: 'succeeded',
        transactionId: refund.id,
        amountMinor: ofStripe(refund.amount, currency),
        currency,
      }
    case 'failed':
    case 'canceled': {
      const reason = refund.failure_reason ?? 'Stripe could not give it back.'
      return { status: 'declined', code: 'processing_error', reason }
    }
    case 'pending':
    case 'requires_action':
      return { status: 'pending', askAfterSeconds: 300, handle: refund.id }
    default:
      return { status: 'unknown' }
  }
}
