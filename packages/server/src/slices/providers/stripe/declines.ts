import type { DeclineCode } from '@novabilling/core/dunning'
import type { Declined } from './client.ts'

const codes: Readonly<Record<string, DeclineCode>> = {
  insufficient_funds: 'insufficient_funds',
  card_velocity_exceeded: 'limit_exceeded',
  withdrawal_count_limit_exceeded: 'limit_exceeded',
  issuer_not_available: 'issuer_unavailable',
  try_again_later: 'issuer_unavailable',
  reenter_transaction: 'issuer_unavailable',
  processing_error: 'processing_error',
  authentication_required: 'authentication_required',
  incorrect_cvc: 'incorrect_pin_or_cvv',
  incorrect_pin: 'incorrect_pin_or_cvv',
  expired_card: 'expired_instrument',
  incorrect_number: 'invalid_instrument',
  invalid_account: 'invalid_instrument',
  lost_card: 'lost_or_stolen',
  stolen_card: 'lost_or_stolen',
  pickup_card: 'lost_or_stolen',
  fraudulent: 'fraud_suspected',
  merchant_blacklist: 'fraud_suspected',
  card_not_supported: 'not_permitted',
  currency_not_supported: 'not_permitted',
  transaction_not_allowed: 'not_permitted',
  payment_method_unactivated: 'not_permitted',
  resource_missing: 'token_invalid',
}

/** Stripe's advice goes before its reason. */
export function declined(told: {
  code: string
  declineCode: string
  adviceCode: string
  message: string
}): Declined {
  const code = codes[told.declineCode] ?? codes[told.code] ?? 'do_not_honor'
  const isFinal = told.adviceCode === 'do_not_try_again' && code === 'do_not_honor'
  return { status: 'declined', code: isFinal ? 'not_permitted' : code, reason: told.message }
}
