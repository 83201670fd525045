import type { DeclineCode } from '@novabilling/core/dunning'

/** Where a provider passes on a bank's words only; the first that fits. */
const reasons: readonly (readonly [RegExp, DeclineCode])[] = [
  [/insufficient|not enough|low balance/i, 'insufficient_funds'],
  [/limit/i, 'limit_exceeded'],
  [/expired card|card .*expired|expiry/i, 'expired_instrument'],
  [/lost|stolen|pick.?up/i, 'lost_or_stolen'],
  [/fraud|security violation/i, 'fraud_suspected'],
  [/not permitted|restricted/i, 'not_permitted'],
  [/incorrect pin|invalid pin|wrong pin|cvv/i, 'incorrect_pin_or_cvv'],
  [/invalid card|no such card|card number/i, 'invalid_instrument'],
  [/cancel/i, 'customer_cancelled'],
  [/timed? ?out|expired/i, 'timeout'],
  [/issuer|switch|unavailable|inoperative|system/i, 'issuer_unavailable'],
]

/** Our word for a bank's. */
export function codeOfWords(words: string): DeclineCode {
  return reasons.find(([pattern]) => pattern.test(words))?.[1] ?? 'do_not_honor'
}
