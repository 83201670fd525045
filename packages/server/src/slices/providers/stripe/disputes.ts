import type { Stripe } from 'stripe'
import type { Account, Dispute, DisputePage } from '../provider.ts'
import { calling, clientOf, ofStripe } from './client.ts'

const perPage = 100

/** What Stripe says of a dispute; a mere inquiry is one, too. */
export async function queryDispute(account: Account, handle: string): Promise<Dispute | undefined> {
  const client = await clientOf(account)
  return calling<Dispute | undefined>(
    async () => disputeOf(await client.disputes.retrieve(handle)),
    () => undefined,
  )
}

/** Those that were opened since, the newest first; a page is asked for by the last one before it. */
export async function listDisputes(
  account: Account,
  since: Temporal.Instant,
  page: string | null,
): Promise<DisputePage> {
  const client = await clientOf(account)
  return calling<DisputePage>(
    async () => {
      const { data: told, has_more: goesOn } = await client.disputes.list({
        created: { gte: Math.floor(since.epochMilliseconds / 1000) },
        limit: perPage,
        ...(page === null ? {} : { starting_after: page }),
      })
      const disputes = told.flatMap((one) => disputeOf(one) ?? [])
      return { disputes, next: goesOn ? (told.at(-1)?.id ?? null) : null }
    },
    () => undefined,
  )
}

function disputeOf({
  id,
  amount,
  currency,
  payment_intent: intent,
  reason,
  status,
}: Stripe.Dispute): Dispute | undefined {
  const transactionId = typeof intent === 'string' ? intent : intent?.id
  if (transactionId === undefined) return undefined
  return {
    handle: id,
    transactionId,
    status: ends[status] ?? 'OPEN',
    reason,
    amountMinor: ofStripe(amount, currency.toUpperCase()),
    currency: currency.toUpperCase(),
  }
}

const ends: Readonly<Record<string, Dispute['status']>> = {
  won: 'WON',
  warning_closed: 'WON',
  prevented: 'WON',
  lost: 'LOST',
}
