import type { Account, Dispute } from '../provider.ts'
import { fromUnits } from '../units.ts'
import { fieldsOf, textOf } from '../web.ts'
import { call, decimals } from './api.ts'

/** What Paystack says of a dispute. One that the merchant accepted is lost; one that was declined is won. */
export async function queryDispute(account: Account, handle: string): Promise<Dispute | undefined> {
  const { ok, fields } = await read(account, handle)
  const transaction = fieldsOf(fields['transaction'])
  const transactionId = textOf(transaction['id'])
  const currency = textOf(fields['currency']) ?? textOf(transaction['currency'])
  if (!ok || transactionId === undefined || currency === undefined || textOf(fields['id']) !== handle)
    return undefined
  const isOver = fields['status'] === 'resolved'
  return {
    handle,
    transactionId,
    status: isOver ? (fields['resolution'] === 'declined' ? 'WON' : 'LOST') : 'OPEN',
    reason: textOf(fields['category']) ?? null,
    amountMinor: fromUnits(fields['refund_amount'] ?? transaction['amount'], currency, decimals),
    currency,
  }
}

async function read(account: Account, handle: string) {
  const reply = await call(account, 'GET', `/dispute/${encodeURIComponent(handle)}`)
  return { ok: reply.ok, fields: reply.data }
}
