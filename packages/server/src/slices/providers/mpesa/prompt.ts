import { createHmac } from 'node:crypto'
import type { DeclineCode } from '@novabilling/core/dunning'
import type { Deps } from '../../../deps.ts'
import { type Account, type Found, type Outcome, accountOf } from '../provider.ts'
import { misconfigured, textOf } from '../web.ts'
import { call, signed } from './api.ts'

const askAfterSeconds = 20
/** What nobody has told about within a day has not been paid: a prompt lasts for a minute. */
const patienceHours = 24

const results: Readonly<Record<string, DeclineCode>> = {
  1: 'insufficient_funds',
  17: 'issuer_unavailable',
  26: 'issuer_unavailable',
  1001: 'issuer_unavailable',
  1019: 'timeout',
  1025: 'processing_error',
  1032: 'customer_cancelled',
  1037: 'timeout',
  2001: 'incorrect_pin_or_cvv',
  9999: 'processing_error',
}

type Prompted = {
  readonly account: Account | null
  readonly reference: string
  readonly amountMinor: bigint
}

/** Asks the customer for the PIN on the phone. That it was asked for is all that the answer tells. */
export async function prompt(deps: Deps, request: Prompted, phone: string): Promise<Outcome> {
  const account = accountOf(request)
  const { shortCode = '', tillNumber } = account.credentials
  const number = phone.replace(/^\+/, '')
  const reply = await call(deps, account, '/mpesa/stkpush/v1/processrequest', {
    ...signed(deps, account),
    TransactionType: tillNumber === undefined ? 'CustomerPayBillOnline' : 'CustomerBuyGoodsOnline',
    Amount: String(request.amountMinor / 100n),
    PartyA: number,
    PartyB: tillNumber ?? shortCode,
    PhoneNumber: number,
    CallBackURL: callbackUrl(account, request.reference),
    AccountReference: request.reference.slice(-12),
    TransactionDesc: 'Invoice',
  })
  const handle = textOf(reply.fields['CheckoutRequestID'])
  if (textOf(reply.fields['ResponseCode']) === '0' && handle !== undefined)
    return { status: 'pending', askAfterSeconds, handle }
  if (/phonenumber|partya/i.test(reply.message))
    return { status: 'declined', code: 'invalid_instrument', reason: reply.message }
  if (/lock|in progress/i.test(reply.message))
    return { status: 'declined', code: 'issuer_unavailable', reason: reply.message }
  return misconfigured(`M-Pesa: ${reply.message}`)
}

/**
 * How a prompt ended. Its amount is the one that was asked for: the customer cannot change it. A prompt without a handle
 * can only be told of by M-Pesa.
 */
export async function askAbout(
  deps: Deps,
  request: Prompted & {
    readonly handle: string | null
    readonly currency: string
    readonly calledAt: Temporal.Instant | null
  },
): Promise<Found> {
  const { handle, calledAt } = request
  const patient = calledAt === null || deps.clock.now().since(calledAt).total('hours') < patienceHours
  if (handle === null) {
    const reason = 'M-Pesa told nothing of it for a day.'
    return patient ? { status: 'unknown' } : { status: 'declined', code: 'timeout', reason }
  }
  const account = accountOf(request)
  const reply = await call(deps, account, '/mpesa/stkpushquery/v1/query', {
    ...signed(deps, account),
    CheckoutRequestID: handle,
  })
  if (/being processed/i.test(reply.message)) return { status: 'pending', askAfterSeconds }
  const code = textOf(reply.fields['ResultCode'])
  if (code === undefined || textOf(reply.fields['CheckoutRequestID']) !== handle) return { status: 'unknown' }
  if (code === '0') {
    const { amountMinor, currency } = request
    return { status: 'succeeded', transactionId: handle, amountMinor, currency }
  }
  const reason = textOf(reply.fields['ResultDesc']) ?? 'The prompt was not answered.'
  return { status: 'declined', code: results[code] ?? 'do_not_honor', reason }
}

/** Where M-Pesa tells of one prompt. It signs nothing: so the address itself carries a proof that nobody can guess. */
function callbackUrl(account: Account, reference: string): string {
  return `${account.noticeUrl}?reference=${reference}&proof=${proofOf(account, reference)}`
}

export function proofOf({ credentials }: Account, reference: string): string {
  return createHmac('sha256', credentials['passkey'] ?? '')
    .update(`callback ${credentials['consumerSecret'] ?? ''} ${reference}`)
    .digest('base64url')
}
