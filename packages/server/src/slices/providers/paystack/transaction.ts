import type { DeclineCode } from '@novabilling/core/dunning'
import type { KeptMethod, Outcome } from '../provider.ts'
import { fromUnits } from '../units.ts'
import { fieldsOf, textOf } from '../web.ts'
import { decimals } from './api.ts'

const askAfterSeconds = 30

/** Paystack tells why in words; the first that fits. */
const reasons: readonly (readonly [RegExp, DeclineCode])[] = [
  [/insufficient/i, 'insufficient_funds'],
  [/above the allowed limit|limit/i, 'limit_exceeded'],
  [/expired/i, 'expired_instrument'],
  [/pick ?up|lost|stolen/i, 'lost_or_stolen'],
  [/fraud/i, 'fraud_suspected'],
  [/not permitted|restricted/i, 'not_permitted'],
  [/incorrect pin|cvv|invalid pin/i, 'incorrect_pin_or_cvv'],
  [/does not match authorization|inactive authorization|authorization .*inactive/i, 'token_invalid'],
  [/invalid card|no such card|not a valid/i, 'invalid_instrument'],
  [/unable to process|inoperative|switch|timeout|system/i, 'issuer_unavailable'],
]

export function declined(reason: string): Extract<Outcome, { status: 'declined' }> {
  const code = reasons.find(([pattern]) => pattern.test(reason))?.[1] ?? 'do_not_honor'
  return { status: 'declined', code, reason }
}

/** What a transaction of Paystack's means. Its status is the payment's; the answer around it only says that we got it. */
export function outcomeOfTransaction(transaction: Readonly<Record<string, unknown>>): Outcome {
  const reason =
    textOf(transaction['gateway_response']) ?? textOf(transaction['message']) ?? 'The charge was declined.'
  if (transaction['paused'] === true) {
    return {
      status: 'declined',
      code: 'authentication_required',
      reason: 'The bank asks the customer to confirm.',
    }
  }
  switch (transaction['status']) {
    case 'success': {
      const currency = String(transaction['currency'])
      const method = keptMethodOf(transaction)
      return {
        status: 'succeeded',
        transactionId: textOf(transaction['id']) ?? '',
        amountMinor: fromUnits(transaction['amount'], currency, decimals),
        currency,
        ...(method ? { method } : {}),
      }
    }
    case 'failed':
      return declined(reason)
    case 'reversed':
      return { status: 'declined', code: 'processing_error', reason: 'The charge was reversed.' }
    case 'abandoned':
    case 'ongoing':
    case 'pending':
    case 'processing':
    case 'queued':
      return { status: 'pending', askAfterSeconds }
    default:
      return { status: 'unknown' }
  }
}

const channels: Readonly<Record<string, KeptMethod['type']>> = {
  card: 'CARD',
  mobile_money: 'MOBILE_MONEY',
  bank: 'BANK_ACCOUNT',
  direct_debit: 'BANK_ACCOUNT',
}

/** What can be charged again belongs to the e-mail address it was first paid with, so both are kept together. */
function keptMethodOf(transaction: Readonly<Record<string, unknown>>): KeptMethod | undefined {
  const authorization = fieldsOf(transaction['authorization'])
  const code = textOf(authorization['authorization_code'])
  const email = textOf(fieldsOf(transaction['customer'])['email'])
  if (authorization['reusable'] !== true || code === undefined || email === undefined) return undefined
  const last4 = textOf(authorization['last4'])
  const expMonth = Number(authorization['exp_month'])
  const expYear = Number(authorization['exp_year'])
  const expires = Number.isInteger(expMonth) && Number.isInteger(expYear) && expMonth >= 1 && expMonth <= 12
  return {
    token: `${code} ${email}`,
    type: channels[textOf(authorization['channel']) ?? ''] ?? 'CARD',
    brand: textOf(authorization['brand'])?.slice(0, 50) ?? null,
    last4: last4 !== undefined && /^\d{4}$/.test(last4) ? last4 : null,
    expMonth: expires ? expMonth : null,
    expYear: expires ? expYear : null,
  }
}
