import type { Account, Dispute, DisputePage } from '../provider.ts'
import { fromUnits } from '../units.ts'
import { fieldsOf, textOf } from '../web.ts'
import { call, decimals } from './api.ts'

const perPage = 100

/** What Paystack says of a dispute. */
export async function queryDispute(account: Account, handle: string): Promise<Dispute | undefined> {
  const reply = await call(account, 'GET', `/dispute/${encodeURIComponent(handle)}`)
  const dispute = reply.ok ? disputeOf(reply.data) : undefined
  return dispute?.handle === handle ? dispute : undefined
}

/** Those that were opened since, by number of the page: one that moves on to another page meanwhile is told twice. */
export async function listDisputes(
  account: Account,
  since: Temporal.Instant,
  page: string | null,
): Promise<DisputePage> {
  const number = page ?? '1'
  const query = new URLSearchParams({
    from: since.toString({ smallestUnit: 'millisecond' }),
    perPage: String(perPage),
    page: number,
  })
  const reply = await call(account, 'GET', `/dispute?${query.toString()}`)
  if (!reply.ok) throw new Error(`Paystack lists no disputes: ${reply.message}`)
  const disputes = reply.list.flatMap((one) => disputeOf(fieldsOf(one)) ?? [])
  return { disputes, next: reply.list.length < perPage ? null : String(Number(number) + 1) }
}

/** One that the merchant accepted is lost; one that was declined is won. */
function disputeOf(fields: Readonly<Record<string, unknown>>): Dispute | undefined {
  const transaction = fieldsOf(fields['transaction'])
  const handle = textOf(fields['id'])
  const transactionId = textOf(transaction['id'])
  const currency = textOf(fields['currency']) ?? textOf(transaction['currency'])
  if (handle === undefined || transactionId === undefined || currency === undefined) return undefined
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
