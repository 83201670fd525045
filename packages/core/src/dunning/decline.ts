/**
 * Why a charge did not go through, in one vocabulary for all providers, and what may be done about it.
 *
 * `SOFT`: the same method may be tried again later, unattended. `CUSTOMER`: it may work, but only with the customer
 * at hand. `HARD`: this method will not work any more; ask for another. `OURS`: nothing is wrong with the customer.
 */
const kinds = {
  insufficient_funds: 'SOFT',
  limit_exceeded: 'SOFT',
  issuer_unavailable: 'SOFT',
  processing_error: 'SOFT',
  do_not_honor: 'SOFT',
  timeout: 'SOFT',
  unknown: 'SOFT',
  authentication_required: 'CUSTOMER',
  incorrect_pin_or_cvv: 'CUSTOMER',
  customer_cancelled: 'CUSTOMER',
  card_declined: 'HARD',
  expired_instrument: 'HARD',
  invalid_instrument: 'HARD',
  lost_or_stolen: 'HARD',
  fraud_suspected: 'HARD',
  not_permitted: 'HARD',
  token_invalid: 'HARD',
  payment_method_removed: 'HARD',
  amount_not_supported: 'HARD',
  provider_unavailable: 'OURS',
  provider_config_error: 'OURS',
} as const satisfies Record<string, 'SOFT' | 'CUSTOMER' | 'HARD' | 'OURS'>

export type DeclineCode = keyof typeof kinds
export type DeclineKind = (typeof kinds)[DeclineCode]

/** What may be done about a charge that failed with this code. One that is not of the vocabulary is SOFT. */
export function declineKind(code: string): DeclineKind {
  return Object.hasOwn(kinds, code) ? kinds[code as DeclineCode] : 'SOFT'
}
