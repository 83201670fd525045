import { WebhookVerificationError } from './errors.ts'
import { platform } from './platform.ts'

/** What a webhook says: `data` is the whole resource as it was after the change. */
export interface WebhookEvent<T = { [key: string]: unknown }> {
  id: string
  /** `invoice.paid` and so on. */
  event: string
  timestamp: string
  environment: string
  data: T
}

/** A `Headers`, or the plain object of Node's `request.headers`. */
export type WebhookHeaders = Headers | { readonly [name: string]: string | readonly string[] | undefined }

export interface VerifyOptions {
  /** How far `webhook-timestamp` may be from now, either way. Default 300. */
  toleranceInSeconds?: number | undefined
  /** Milliseconds since the epoch, in place of the machine's clock. */
  now?: number | undefined
}

const encoder = new TextEncoder()

/**
 * Checks that NovaBilling sent this webhook just now (Standard Webhooks: HMAC-SHA256 of `id.timestamp.body`) and
 * gives its event. `body` is the raw body as it came, never a parsed and printed one; `secret` is the endpoint's
 * `whsec_…`. Any one of several signatures is enough, so that secrets can be rotated.
 *
 * The same event may come more than once: keep its `id`.
 *
 * @throws {WebhookVerificationError} for a bad or missing signature and for one older than five minutes.
 */
async function verify<T = { [key: string]: unknown }>(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string,
  options: VerifyOptions = {},
): Promise<WebhookEvent<T>> {
  const id = header(headers, 'webhook-id')
  const timestamp = header(headers, 'webhook-timestamp')
  const signatures = header(headers, 'webhook-signature')
  checkTimestamp(timestamp, options)

  const bytes = typeof body === 'string' ? encoder.encode(body) : body
  const signed = joined(encoder.encode(`${id}.${timestamp}.`), bytes)
  const key = await crypto.subtle.importKey(
    'raw',
    keyBytes(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['verify'],
  )
  for (const signature of signatures.split(' ')) {
    const [version, encoded = ''] = signature.split(',', 2)
    const given = version === 'v1' ? fromBase64(encoded) : undefined
    // WebCrypto compares in constant time.
    if (given !== undefined && (await crypto.subtle.verify('HMAC', key, given, signed)))
      return eventFrom<T>(bytes)
  }
  throw new WebhookVerificationError('No signature of this webhook matches the secret')
}

/** Receiving webhooks. */
export const webhooks = { verify }

function header(headers: WebhookHeaders, name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1]
  const one = typeof value === 'object' && value !== null ? value[0] : value
  if (one === undefined || one === null || one === '')
    throw new WebhookVerificationError(`The header ${name} is missing`)
  return one
}

function checkTimestamp(
  timestamp: string,
  { toleranceInSeconds = 300, now = platform.now() }: VerifyOptions,
): void {
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('The webhook-timestamp is not a number')
  const age = now / 1000 - Number(timestamp)
  if (age > toleranceInSeconds) throw new WebhookVerificationError('The webhook was signed too long ago')
  if (age < -toleranceInSeconds) throw new WebhookVerificationError('The webhook was signed in the future')
}

function keyBytes(secret: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''))
  if (bytes === undefined || bytes.length === 0)
    throw new TypeError('the secret of a webhook is whsec_ and base64')
  return bytes
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    // Not base64, so not a signature.
    return undefined
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

function eventFrom<T>(bytes: Uint8Array): WebhookEvent<T> {
  // Whoever holds the secret wrote it: the shape is theirs to promise.
  const event: WebhookEvent<T> = JSON.parse(new TextDecoder().decode(bytes))
  return event
}
