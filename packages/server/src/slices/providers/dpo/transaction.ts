import { type XmlElement, textIn } from '../../../xml.ts'
import type { Deps } from '../../../deps.ts'
import { fromUnits, toUnits } from '../units.ts'
import { type Account, type Found, type KeptMethod, type Outcome, accountOf } from '../provider.ts'
import { codeOfWords } from '../words.ts'
import { type Reply, call } from './api.ts'

const askAfterSeconds = 60
/** Somebody at DPO, or at the merchant's, has to look at it. */
const reviewSeconds = 3600

/** An amount with the two digits behind the point that DPO takes, whatever the currency has; undefined with more. */
export function amountText(amountMinor: bigint, currency: string): string | undefined {
  const units = toUnits(amountMinor, currency, 2)
  return units === undefined ? undefined : `${units / 100n}.${String(units % 100n).padStart(2, '0')}`
}

/** @throws when it is no amount of the currency */
function amountOf(text: string | undefined, currency: string): bigint {
  const [, whole = '', cents = ''] = /^(\d{1,16})(?:\.(\d{1,2})0*)?$/.exec(text ?? '') ?? []
  return fromUnits(`${whole}${cents.padEnd(2, '0')}`, currency, 2)
}

type Question = {
  readonly account: Account | null
  readonly reference: string
  readonly handle: string | null
  readonly token: string | null
  readonly payerEmail: string | null
}

/**
 * How a transaction ended. A charge without the customer that DPO has not seen paid may be made again: under the same
 * token, which is paid at most once. A page that nobody has paid yet is waited for.
 */
export async function queryTransaction(_deps: Deps, request: Question): Promise<Found> {
  const { handle, reference, token } = request
  const account = accountOf(request)
  const reply = await call(account, 'verifyToken', {
    ...(handle === null ? { CompanyRef: reference } : { TransactionToken: handle }),
    VerifyTransaction: '0',
  })
  const told = textIn(reply.root, 'CompanyRef')
  if (told !== undefined && told !== reference) return { status: 'unknown' }
  const wasCharge = token !== null
  switch (reply.result) {
    case '000':
      return paid(request, account, reply.root)
    case '001':
    case '002':
      return { status: 'pending', askAfterSeconds: reviewSeconds }
    case '003':
    case '005':
    case '007':
      return { status: 'pending', askAfterSeconds }
    case '900':
      return wasCharge ? { status: 'not_found' } : { status: 'pending', askAfterSeconds }
    case '903':
      return wasCharge ? { status: 'not_found' } : declined(reply, 'timeout')
    case '901':
      return declined(reply)
    case '904':
      return declined(reply, 'customer_cancelled')
    case '902':
    case '950':
      // By our reference it means that there is none; by DPO's own token it cannot be.
      return handle === null ? { status: 'not_found' } : { status: 'unknown' }
    default:
      return { status: 'unknown' }
  }
}

/** Paid, unless DPO suspects a fraud: then it waits for somebody to look at it. */
async function paid(request: Question, account: Account, root: XmlElement): Promise<Outcome> {
  const alert = textIn(root, 'FraudAlert') ?? '000'
  if (alert !== '000') return { status: 'pending', askAfterSeconds: reviewSeconds }
  const currency = textIn(root, 'TransactionCurrency') ?? ''
  const method = request.token === null ? await keptMethod(account, request.payerEmail, root) : undefined
  return {
    status: 'succeeded',
    transactionId: request.handle ?? textIn(root, 'TransactionToken') ?? '',
    amountMinor: amountOf(textIn(root, 'TransactionAmount'), currency),
    currency,
    ...(method ? { method } : {}),
  }
}

/** What can be charged again is found by the payer's e-mail address. That there is none, or no answer, loses no payment. */
async function keptMethod(
  account: Account,
  email: string | null,
  root: XmlElement,
): Promise<KeptMethod | undefined> {
  if (email === null) return undefined
  const reply = await call(account, 'getSubscriptionToken', {
    SearchCriteria: '1',
    SearchCriteriaValue: email,
  }).catch(() => undefined)
  const token = reply?.result === '000' ? textIn(reply.root, 'SubscriptionToken') : undefined
  if (token === undefined) return undefined
  const last4 = textIn(root, 'CustomerCredit')?.slice(-4)
  return {
    token,
    type: 'CARD',
    brand: textIn(root, 'CustomerCreditType')?.toLowerCase().slice(0, 50) ?? null,
    last4: last4 !== undefined && /^\d{4}$/.test(last4) ? last4 : null,
    expMonth: null,
    expYear: null,
  }
}

export function declined(
  { message }: Reply,
  code = codeOfWords(message),
): Extract<Outcome, { status: 'declined' }> {
  return { status: 'declined', code, reason: message }
}
