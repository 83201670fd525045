import type { Account, Notice, Received } from '../provider.ts'
import { fieldsOf, textOf } from '../web.ts'
import { clientOf } from './client.ts'

/** Signed over the time and the raw body (`Stripe-Signature`), and no older than five minutes. */
export async function readNotice(account: Account, { body, headers }: Received): Promise<Notice> {
  const signature = headers['stripe-signature']
  if (typeof signature !== 'string') return { kind: 'refused', reason: 'It came without a signature.' }
  const stripe = await clientOf(account)
  let event: { type: string; data: { object: unknown } }
  try {
    event = stripe.webhooks.constructEvent(body, signature, account.credentials['webhookSecret'] ?? '')
  } catch {
    return { kind: 'refused', reason: 'Its signature is not one by the webhookSecret, or too old.' }
  }
  const about = fieldsOf(event.data.object)
  const reference =
    textOf(fieldsOf(about['metadata'])['reference']) ?? textOf(about['client_reference_id']) ?? null
  const handle = textOf(about['id']) ?? null
  if (/^(checkout\.session|payment_intent)\./.test(event.type)) return { kind: 'charge', reference, handle }
  if (event.type.startsWith('charge.dispute.') && handle !== null) return { kind: 'dispute', handle }
  if (event.type.startsWith('refund.')) return { kind: 'refund', reference, handle }
  return { kind: 'ignored' }
}
