import { type Account, type Found, type Outcome, accountOf } from '../provider.ts'
import { textIn } from '../../../xml.ts'
import { call } from './api.ts'
import { amountText } from './transaction.ts'

type Wanted = {
  readonly account: Account | null
  readonly reference: string
  readonly amountMinor: bigint
  readonly currency: string
  readonly chargeTransactionId: string | null
}

/** Gives money back, whole or in parts. DPO's answer is all that it ever tells of it. */
export async function refund(request: Wanted): Promise<Outcome> {
  const { chargeTransactionId: token, amountMinor, currency, reference } = request
  if (token === null || token === '') return refused('DPO’s token of the payment is not known.')
  const reply = await call(accountOf(request), 'refundToken', {
    TransactionToken: token,
    refundAmount: amountText(amountMinor, currency) ?? '',
    refundDetails: reference,
    refundRef: reference,
  })
  if (reply.result === '000') return { status: 'succeeded', transactionId: reference, amountMinor, currency }
  // Asked for a second time, and all of it was given back: the first one had arrived.
  if (/already|fully refunded/i.test(reply.message) && (await isWhole(request, token)))
    return { status: 'succeeded', transactionId: reference, amountMinor, currency }
  return refused(reply.message)
}

/**
 * DPO cannot be asked about a refund. One of the whole payment may be sent again, since no more than all can go back;
 * one of a part may not, and stays open until somebody has looked at DPO.
 */
export async function queryRefund(request: Wanted): Promise<Found> {
  const { chargeTransactionId: token } = request
  if (token === null || token === '') return { status: 'unknown' }
  return (await isWhole(request, token)) ? { status: 'not_found' } : { status: 'unknown' }
}

async function isWhole(request: Wanted, token: string): Promise<boolean> {
  const { root } = await call(accountOf(request), 'verifyToken', {
    TransactionToken: token,
    VerifyTransaction: '0',
  })
  return (
    Number(textIn(root, 'TransactionAmount')) === Number(amountText(request.amountMinor, request.currency))
  )
}

function refused(reason: string): Outcome {
  return { status: 'declined', code: 'processing_error', reason }
}
