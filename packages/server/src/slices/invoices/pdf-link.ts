import { createHmac } from 'node:crypto'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { derive, equalBytes } from '../../secrets.ts'
import { publicUrl } from '../../http/hosted-links.ts'
import type { PdfLink } from './schema.ts'

const validMinutes = 15
// Three ids and the instant of its end.
const bodyBytes = 3 * 16 + 8
const signatureBytes = 16

type Target = { readonly tenantId: string; readonly environmentId: string; readonly id: string }

/** By kind: where its links lead, and what they are signed for, so that none opens a document of another kind. */
const kinds = {
  invoice: { path: 'documents', purpose: 'links to documents' },
  creditNote: { path: 'documents/credit-notes', purpose: 'links to credit notes' },
  mail: { path: 'documents/mails', purpose: 'links to mails' },
} as const
export type LinkedKind = keyof typeof kinds

/** A link that opens one document's PDF, or one mail, and nothing else, for a quarter of an hour. */
export function pdfLink(deps: Deps, kind: LinkedKind, { tenantId, environmentId, id }: Target): PdfLink {
  const expiresAt = deps.clock.now().add({ minutes: validMinutes })
  const body = Buffer.alloc(bodyBytes)
  body.write(tenantId.replaceAll('-', ''), 0, 'hex')
  body.write(environmentId.replaceAll('-', ''), 16, 'hex')
  body.write(id.replaceAll('-', ''), 32, 'hex')
  body.writeBigInt64BE(BigInt(expiresAt.epochMilliseconds), 48)
  const [key] = keysOf(deps, kind)
  if (key === undefined) throw new Error('there is no key to sign links with')
  const token = Buffer.concat([body, signature(key, body)]).toString('base64url')
  return { url: `${publicUrl(deps)}/api/${kinds[kind].path}/${token}`, expiresAt: isoInstant(expiresAt) }
}

/** What a link opens; undefined for one that is not ours or is over. */
export function openPdfLink(deps: Deps, kind: LinkedKind, token: string): Target | undefined {
  const bytes = Buffer.from(token, 'base64url')
  if (bytes.length !== bodyBytes + signatureBytes) return undefined
  const body = bytes.subarray(0, bodyBytes)
  if (!keysOf(deps, kind).some((key) => equalBytes(bytes.subarray(bodyBytes), signature(key, body))))
    return undefined
  if (body.readBigInt64BE(48) <= BigInt(deps.clock.nowMs())) return undefined
  return { tenantId: uuidAt(body, 0), environmentId: uuidAt(body, 16), id: uuidAt(body, 32) }
}

function keysOf({ jwtKeys }: Deps, kind: LinkedKind): string[] {
  return jwtKeys.map((key) => derive(Buffer.from(key).toString('base64url'), kinds[kind].purpose))
}

function signature(key: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, signatureBytes)
}

function uuidAt(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
