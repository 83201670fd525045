import type { Deps } from '../../../deps.ts'
import { type XmlContent, textIn } from '../../../xml.ts'
import {
  type Account,
  type CheckoutRequest,
  type Found,
  type Outcome,
  type Started,
  accountOf,
} from '../provider.ts'
import { toUnits } from '../units.ts'
import { NotSent, misconfigured } from '../web.ts'
import { noticeAddress } from './notice.ts'
import { call } from './soap.ts'
import { decimals, declined, isUnknown, lookUp, moneyOf, queryPayment } from './transaction.ts'

type Wanted = {
  readonly account: Account | null
  readonly reference: string
  readonly amountMinor: bigint
  readonly currency: string
}
type Payer = Omit<CheckoutRequest['payer'], 'phone'>

/** A page of PayU's, for cards. */
export async function startCheckout(_deps: Deps, request: CheckoutRequest): Promise<Started> {
  const account = accountOf(request)
  const reply = await call(account, 'setTransaction', {
    TransactionType: 'PAYMENT',
    AdditionalInformation: {
      merchantReference: request.reference,
      notificationUrl: noticeAddress(account, request.reference),
      returnUrl: request.successUrl,
      cancelUrl: request.cancelUrl,
      supportedPaymentMethods: 'CREDITCARD',
      storePaymentMethod: request.keepMethod ? 'true' : undefined,
    },
    Customer: customerOf(request.reference, request.payer),
    Basket: basketOf(request, request.description),
  })
  const handle = textIn(reply.answered, 'payUReference')
  return reply.successful && handle !== undefined
    ? { status: 'started', url: `${account.url}/rpp.do?PayUReference=${encodeURIComponent(handle)}`, handle }
    : misconfigured(`PayU: ${reply.message}`)
}

/** Charges a saved card as a recurring payment, for which the store at PayU has to be enabled. */
export async function charge(
  deps: Deps,
  request: Wanted & { readonly token: string; readonly payer: Payer },
): Promise<Outcome> {
  const account = accountOf(request)
  const reply = await call(account, 'doTransaction', {
    TransactionType: 'PAYMENT',
    AuthenticationType: 'TOKEN',
    AdditionalInformation: {
      merchantReference: request.reference,
      notificationUrl: noticeAddress(account, request.reference),
    },
    Customer: customerOf(request.reference, request.payer),
    Basket: basketOf(request, request.reference),
    Creditcard: { amountInCents: cents(request), pmId: request.token },
    Customfields: { key: 'processingType', value: 'REAL_TIME_RECURRING' },
  })
  if (!reply.successful) return declined(reply)
  const handle = textIn(reply.answered, 'payUReference') ?? null
  // What it has come to, and how much it was, PayU is asked.
  const found = await queryPayment({ ...request, handle }).catch((error: unknown): Found => {
    if (!(error instanceof NotSent))
      deps.log.warn({ err: error, reference: request.reference }, 'a charge at PayU is asked about later')
    return { status: 'unknown' }
  })
  if (found.status === 'not_found') return { status: 'unknown' }
  const isOpen = found.status === 'unknown' || found.status === 'pending'
  return isOpen && handle !== null ? { ...found, handle } : found
}

type Refund = Wanted & { readonly chargeTransactionId: string | null }

/** Gives money back, under a reference of its own by which it can be asked about. */
export async function refund(request: Refund): Promise<Outcome> {
  const { chargeTransactionId: of } = request
  if (of === null || of === '') return refused('PayU’s reference of the payment is not known.')
  const reply = await call(accountOf(request), 'doTransaction', {
    TransactionType: 'CREDIT',
    AdditionalInformation: { merchantReference: request.reference, payUReference: of },
    Basket: basketOf(request, request.reference),
  })
  if (!reply.successful) return refused(reply.message)
  const found = await queryRefund(request).catch((): Found => ({ status: 'unknown' }))
  return found.status === 'not_found' ? { status: 'unknown' } : found
}

export async function queryRefund(request: Wanted): Promise<Found> {
  const reply = await lookUp(accountOf(request), { handle: null, reference: request.reference })
  if (isUnknown(reply)) return { status: 'not_found' }
  const { answered } = reply
  if (textIn(answered, 'merchantReference') !== request.reference) return { status: 'unknown' }
  const state = textIn(answered, 'transactionState')
  if (state === 'FAILED') return refused(reply.message)
  if (state !== 'SUCCESSFUL') return { status: 'unknown' }
  return {
    status: 'succeeded',
    transactionId: textIn(answered, 'payUReference') ?? '',
    ...moneyOf(answered),
  }
}

function refused(reason: string): Outcome {
  return { status: 'declined', code: 'processing_error', reason }
}

function basketOf(wanted: Wanted, description: string): XmlContent {
  return { amountInCents: cents(wanted), currencyCode: wanted.currency, description }
}

function cents({ amountMinor, currency }: Wanted): string {
  return String(toUnits(amountMinor, currency, decimals))
}

function customerOf(reference: string, { email, name }: Payer): XmlContent {
  const [first, ...rest] = (name ?? '').trim().split(/\s+/)
  return {
    merchantUserId: reference,
    email: email ?? undefined,
    firstName: first === '' ? undefined : first,
    lastName: rest.length === 0 ? undefined : rest.join(' '),
  }
}
