import type { DeclineCode } from '@novabilling/core/dunning'
import { type XmlElement, elementIn, textIn } from '../../../xml.ts'
import { type Account, type Found, type KeptMethod, type Outcome, accountOf } from '../provider.ts'
import { fromUnits } from '../units.ts'
import { codeOfWords } from '../words.ts'
import { type Reply, call } from './soap.ts'

const askAfterSeconds = 60

/** PayU counts hundredths in every currency. */
export const decimals = 2

const codes: Readonly<Record<string, DeclineCode>> = {
  10005: 'invalid_instrument',
  10006: 'expired_instrument',
  10015: 'token_invalid',
  10032: 'incorrect_pin_or_cvv',
  10196: 'authentication_required',
  10205: 'authentication_required',
  207: 'insufficient_funds',
  208: 'authentication_required',
  209: 'authentication_required',
  210: 'authentication_required',
  MC999: 'issuer_unavailable',
}

export function declined({
  resultCode,
  message,
}: Pick<Reply, 'resultCode' | 'message'>): Extract<Outcome, { status: 'declined' }> {
  return { status: 'declined', code: codes[resultCode] ?? codeOfWords(message), reason: message }
}

/** What PayU knows by our reference, or by its own where it has told one. */
export function lookUp(
  account: Account,
  { handle, reference }: { handle: string | null; reference: string },
): Promise<Reply> {
  return call(account, 'getTransaction', {
    AdditionalInformation: handle === null ? { merchantReference: reference } : { payUReference: handle },
  })
}

/** That there is no such transaction is told in words only. */
export function isUnknown({ successful, message, answered }: Reply): boolean {
  return (
    !successful &&
    textIn(answered, 'transactionState') === undefined &&
    /not found|does not exist|no .*transaction/i.test(message)
  )
}

/** How a payment ended. It is paid when PayU calls both the call and the state successful. */
export async function queryPayment(request: {
  readonly account: Account | null
  readonly reference: string
  readonly handle: string | null
}): Promise<Found> {
  const reply = await lookUp(accountOf(request), request)
  if (isUnknown(reply)) return request.handle === null ? { status: 'not_found' } : { status: 'unknown' }
  const { answered, successful } = reply
  if (textIn(answered, 'merchantReference') !== request.reference) return { status: 'unknown' }
  switch (textIn(answered, 'transactionState') ?? '') {
    case 'SUCCESSFUL':
      return successful ? paid(answered) : { status: 'unknown' }
    case 'FAILED':
      return declined(reply)
    case 'TIMEOUT':
    case 'EXPIRED':
      return { status: 'declined', code: 'timeout', reason: 'Nobody paid in time.' }
    case 'NEW':
    case 'PROCESSING':
    case 'AWAITING_PAYMENT':
      return { status: 'pending', askAfterSeconds }
    default:
      return { status: 'unknown' }
  }
}

function paid(answered: XmlElement | undefined): Outcome {
  const method = keptMethodOf(elementIn(answered, 'paymentMethodsUsed'))
  return {
    status: 'succeeded',
    transactionId: textIn(answered, 'payUReference') ?? '',
    ...moneyOf(answered),
    ...(method ? { method } : {}),
  }
}

/** @throws when it cannot be read */
export function moneyOf(answered: XmlElement | undefined): { amountMinor: bigint; currency: string } {
  const currency = textIn(answered, 'basket', 'currencyCode') ?? ''
  return {
    amountMinor: fromUnits(textIn(answered, 'basket', 'amountInCents'), currency, decimals),
    currency,
  }
}

function keptMethodOf(used: XmlElement | undefined): KeptMethod | undefined {
  const token = textIn(used, 'pmId')
  if (token === undefined) return undefined
  const last4 = textIn(used, 'cardNumber')?.slice(-4)
  const [, month, year] = /^(0[1-9]|1[0-2])(\d{4})$/.exec(textIn(used, 'cardExpiry') ?? '') ?? []
  return {
    token,
    type: 'CARD',
    brand: textIn(used, 'information')?.toLowerCase().slice(0, 50) ?? null,
    last4: last4 !== undefined && /^\d{4}$/.test(last4) ? last4 : null,
    expMonth: month === undefined ? null : Number(month),
    expYear: year === undefined ? null : Number(year),
  }
}
