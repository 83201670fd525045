import { createHmac } from 'node:crypto'
import { equalBytes } from '../../../secrets.ts'
import { XmlError, readXml } from '../../../xml.ts'
import type { Account, Notice, Received } from '../provider.ts'

/** Where PayU tells of one payment. How it would prove itself is not published: so the address carries a proof. */
export function noticeAddress(account: Account, reference: string): string {
  return `${account.noticeUrl}?reference=${reference}&proof=${proofOf(account, reference)}`
}

/** Believed by the proof in its address, and then only to ask PayU itself. */
export function readNotice(account: Account, { body, query }: Received): Notice {
  const { reference, proof } = query
  if (reference === undefined || proof === undefined)
    return { kind: 'refused', reason: 'It came to an address without a proof.' }
  if (!equalBytes(Buffer.from(proof), Buffer.from(proofOf(account, reference))))
    return { kind: 'refused', reason: 'The proof in its address is wrong.' }
  try {
    readXml(body.toString('utf8'))
  } catch (error) {
    if (error instanceof XmlError) return { kind: 'refused', reason: error.message }
    throw error
  }
  return { kind: 'charge', reference, handle: null }
}

function proofOf({ credentials }: Account, reference: string): string {
  return createHmac('sha256', `${credentials['soapPassword'] ?? ''} ${credentials['safeKey'] ?? ''}`)
    .update(`notice ${reference}`)
    .digest('base64url')
}
