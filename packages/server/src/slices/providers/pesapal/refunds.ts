import type { Deps } from '../../../deps.ts'
import { minorOf } from '../major.ts'
import { type Account, type Found, type Outcome, accountOf } from '../provider.ts'
import { textOf } from '../web.ts'
import { call } from './api.ts'
import { states, statusOf } from './order.ts'

/** Somebody has to approve it at Pesapal, which may take days. */
const askAfterSeconds = 3600

type Wanted = {
  readonly account: Account | null
  readonly reference: string
  readonly handle: string | null
  readonly amountMinor: bigint
  readonly currency: string
  readonly chargeTransactionId: string | null
}

/**
 * Asks for all of a payment back: of a part Pesapal never tells how it ended. It takes one request for each payment, so
 * one that is sent twice is the same.
 */
export async function refund(deps: Deps, request: Wanted): Promise<Outcome> {
  const account = accountOf(request)
  const { chargeTransactionId: trackingId, amountMinor, currency } = request
  if (trackingId === null) return declined('Pesapal’s id of the payment is not known.')
  const { fields } = await statusOf(deps, account, trackingId)
  const state = textOf(fields['status_code'])
  if (state === states.reversed) return givenBack(request, trackingId)
  const code = textOf(fields['confirmation_code'])
  if (state !== states.completed || code === undefined) return { status: 'unknown' }
  if (
    minorOf(fields['amount'], String(fields['currency'])) !== amountMinor ||
    fields['currency'] !== currency
  )
    return declined('Pesapal gives back the whole payment only.')
  const reply = await call(deps, account, 'POST', '/Transactions/RefundRequest', {
    confirmation_code: code,
    amount: textOf(fields['amount']) ?? fields['amount'],
    username: 'NovaBilling',
    remarks: request.reference,
  })
  if (reply.ok || /already|exist|duplicate/i.test(reply.message))
    return { status: 'pending', askAfterSeconds, handle: trackingId }
  return declined(reply.message)
}

/** The state of the payment tells of its refund; not whether one waits for approval, for which the handle stands. */
export async function queryRefund(deps: Deps, request: Wanted): Promise<Found> {
  const { chargeTransactionId: trackingId } = request
  if (trackingId === null) return { status: 'not_found' }
  const { fields } = await statusOf(deps, accountOf(request), trackingId)
  const state = textOf(fields['status_code'])
  if (state === states.reversed) return givenBack(request, trackingId)
  if (state !== states.completed) return { status: 'unknown' }
  return request.handle === null ? { status: 'not_found' } : { status: 'pending', askAfterSeconds }
}

function givenBack({ amountMinor, currency }: Wanted, trackingId: string): Outcome {
  return { status: 'succeeded', transactionId: trackingId, amountMinor, currency }
}

function declined(reason: string): Outcome {
  return { status: 'declined', code: 'not_permitted', reason }
}
