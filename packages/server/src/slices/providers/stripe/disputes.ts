import type { Account, Dispute } from '../provider.ts'
import { calling, clientOf, ofStripe } from './client.ts'

/** What Stripe says of a dispute; a mere inquiry is one, too. */
export async function queryDispute(account: Account, handle: string): Promise<Dispute | undefined> {
  const client = await clientOf(account)
  return calling<Dispute | undefined>(
    async () => {
      const {
        amount,
        currency,
        payment_intent: intent,
        reason,
        status,
      } = await client.disputes.retrieve(handle)
      const transactionId = typeof intent === 'string' ? intent : intent?.id
      if (transactionId === undefined) return undefined
      return {
        handle,
        transactionId,
        status: ends[status] ?? 'OPEN',
        reason,
        amountMinor: ofStripe(amount, currency.toUpperCase()),
        currency: currency.toUpperCase(),
      }
    },
    () => undefined,
  )
}

const ends: Readonly<Record<string, Dispute['status']>> = {
  won: 'WON',
  warning_closed: 'WON',
  prevented: 'WON',
  lost: 'LOST',
}
