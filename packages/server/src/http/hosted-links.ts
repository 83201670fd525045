import { createHmac } from 'node:crypto'
import type { Deps } from '../deps.ts'
import { derive, equalBytes } from '../secrets.ts'

/** What a link opens: the pages of one customer, or the page of one invoice. */
export type HostedKind = 'portal' | 'pay'

/** What is signed. An invoice's link lasts as long as its page; a customer's has an end. */
export type Hosted = { readonly environmentId: string; readonly id: string; readonly expiresAtMs: number }

const endless = 0
const bodyBytes = 16 + 16 + 8
const signatureBytes = 16

/** Where a link leads. It is a secret of whoever it was made for: who has it, sees what it opens. */
export function hostedUrl(
  deps: Pick<Deps, 'config' | 'jwtKeys'>,
  kind: HostedKind,
  target: { readonly environmentId: string; readonly id: string; readonly expiresAt?: Temporal.Instant },
): string {
  const { environmentId, id, expiresAt } = target
  const body = Buffer.alloc(bodyBytes)
  body.write(environmentId.replaceAll('-', ''), 0, 'hex')
  body.write(id.replaceAll('-', ''), 16, 'hex')
  body.writeBigInt64BE(BigInt(expiresAt?.epochMilliseconds ?? endless), 32)
  const [key] = keysOf(deps, kind)
  if (key === undefined) throw new Error('there is no key to sign links with')
  const token = Buffer.concat([body, signature(key, body)]).toString('base64url')
  return `${publicUrl(deps)}/${kind}/${token}`
}

/** What a credential such as `portal_…` or `pay_…` opens; undefined for one that is not ours or is over. */
export function openHosted(
  deps: Pick<Deps, 'jwtKeys' | 'clock'>,
  credential: string,
): (Hosted & { readonly kind: HostedKind }) | undefined {
  const kind = kindOf(credential)
  if (!kind) return undefined
  const bytes = Buffer.from(credential.slice(kind.length + 1), 'base64url')
  if (bytes.length !== bodyBytes + signatureBytes) return undefined
  const body = bytes.subarray(0, bodyBytes)
  if (!keysOf(deps, kind).some((key) => equalBytes(bytes.subarray(bodyBytes), signature(key, body))))
    return undefined
  const expiresAtMs = Number(body.readBigInt64BE(32))
  if (expiresAtMs !== endless && expiresAtMs <= deps.clock.nowMs()) return undefined
  return { kind, environmentId: uuidAt(body, 0), id: uuidAt(body, 16), expiresAtMs }
}

/** Whether a credential claims to be a link's, whatever it is worth. */
export function kindOf(credential: string): HostedKind | undefined {
  if (credential.startsWith('portal_')) return 'portal'
  return credential.startsWith('pay_') ? 'pay' : undefined
}

/** Where this installation is reached. */
export function publicUrl({ config }: Pick<Deps, 'config'>): string {
  return config.PUBLIC_URL.replace(/\/+$/, '') || `http://localhost:${config.PORT}`
}

/** By the keys that sign; a billing run signs a link with each invoice. */
const derived = new WeakMap<readonly Uint8Array[], Record<HostedKind, string[]>>()

function keysOf({ jwtKeys }: Pick<Deps, 'jwtKeys'>, kind: HostedKind): string[] {
  const made = derived.get(jwtKeys) ?? { portal: purposed(jwtKeys, 'portal'), pay: purposed(jwtKeys, 'pay') }
  derived.set(jwtKeys, made)
  return made[kind]
}

function purposed(keys: readonly Uint8Array[], kind: HostedKind): string[] {
  return keys.map((key) => derive(Buffer.from(key).toString('base64url'), `links to hosted pages: ${kind}`))
}

function signature(key: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, signatureBytes)
}

function uuidAt(bytes: Buffer, offset: number): string {
  const hex = bytes.toString('hex', offset, offset + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
