import type { DeclineCode } from '@novabilling/core/dunning'
import { minorOf } from '../major.ts'
import type { KeptMethod, Outcome } from '../provider.ts'
import { fieldsOf, textOf } from '../web.ts'

const askAfterSeconds = 30

/** Flutterwave passes on the bank's words; the first that fits. */
const reasons: readonly (readonly [RegExp, DeclineCode])[] = [
  [/insufficient/i, 'insufficient_funds'],
  [/limit/i, 'limit_exceeded'],
  [/expired/i, 'expired_instrument'],
  [/lost|stolen|pick.?up/i, 'lost_or_stolen'],
  [/fraud|security violation/i, 'fraud_suspected'],
  [/not permitted|restricted/i, 'not_permitted'],
  [/incorrect pin|invalid pin|cvv/i, 'incorrect_pin_or_cvv'],
  [/token/i, 'token_invalid'],
  [/cancel/i, 'customer_cancelled'],
  [/issuer|switch|unavailable|timed? ?out|system/i, 'issuer_unavailable'],
]

export function declined(reason: string): Extract<Outcome, { status: 'declined' }> {
  const code = reasons.find(([pattern]) => pattern.test(reason))?.[1] ?? 'do_not_honor'
  return { status: 'declined', code, reason }
}

/** What a transaction of Flutterwave's means. The amount is what was to be paid; its own fee may come on top. */
export function outcomeOfTransaction(transaction: Readonly<Record<string, unknown>>): Outcome {
  switch (transaction['status']) {
    case 'successful': {
      const currency = String(transaction['currency'])
      const method = keptMethodOf(transaction)
      return {
        status: 'succeeded',
        transactionId: textOf(transaction['id']) ?? '',
        amountMinor: minorOf(transaction['amount'], currency),
        currency,
        ...(method ? { method } : {}),
      }
    }
    case 'failed':
      return declined(textOf(transaction['processor_response']) ?? 'The charge was declined.')
    case 'cancelled':
      return { status: 'declined', code: 'customer_cancelled', reason: 'The customer cancelled.' }
    case 'pending':
      return { status: 'pending', askAfterSeconds }
    default:
      return { status: 'unknown' }
  }
}

/** A token belongs to the e-mail address it was first paid with, so both are kept together. */
function keptMethodOf(transaction: Readonly<Record<string, unknown>>): KeptMethod | undefined {
  const card = fieldsOf(transaction['card'])
  const token = textOf(card['token'])
  const email = textOf(fieldsOf(transaction['customer'])['email'])
  if (token === undefined || email === undefined) return undefined
  const expiry = /^(0[1-9]|1[0-2])\/(\d\d)$/.exec(textOf(card['expiry']) ?? '')
  const last4 = textOf(card['last_4digits'])
  return {
    token: `${token} ${email}`,
    type: 'CARD',
    brand: textOf(card['type'])?.toLowerCase().slice(0, 50) ?? null,
    last4: last4 !== undefined && /^\d{4}$/.test(last4) ? last4 : null,
    expMonth: expiry ? Number(expiry[1]) : null,
    expYear: expiry ? 2000 + Number(expiry[2]) : null,
  }
}
