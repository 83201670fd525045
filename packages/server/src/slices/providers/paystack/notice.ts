import { createHmac } from 'node:crypto'
import { equalBytes } from '../../../secrets.ts'
import type { Account, Notice, Received } from '../provider.ts'
import { fieldsOf, objectOf, textOf } from '../web.ts'
import { ownReference } from './api.ts'

/** Signed with the secret key over the raw body (HMAC-SHA512, hex, `x-paystack-signature`). It carries no time. */
export function readNotice(account: Account, { body, headers }: Received): Notice {
  const signature = headers['x-paystack-signature']
  if (typeof signature !== 'string') return { kind: 'refused', reason: 'It came without a signature.' }
  const expected = createHmac('sha512', account.credentials['secretKey'] ?? '')
    .update(body)
    .digest()
  if (!equalBytes(Buffer.from(signature, 'hex'), expected)) {
    return { kind: 'refused', reason: 'Its signature is not one by the secretKey.' }
  }
  const { event, data } = objectOf(body.toString('utf8'))
  const about = fieldsOf(data)
  if (event === 'charge.success') return charge(textOf(about['reference']))
  if (typeof event === 'string' && event.startsWith('charge.dispute.')) {
    const dispute = textOf(about['id'])
    return dispute === undefined ? { kind: 'ignored' } : { kind: 'dispute', handle: dispute }
  }
  if (typeof event === 'string' && event.startsWith('refund.')) {
    const handle = textOf(about['id']) ?? textOf(about['refund_reference']) ?? null
    const note = textOf(about['merchant_note'])
    return { kind: 'refund', reference: note ?? null, handle }
  }
  return { kind: 'ignored' }
}

function charge(reference: string | undefined): Notice {
  return reference === undefined
    ? { kind: 'ignored' }
    : { kind: 'charge', reference: ownReference(reference), handle: null }
}
