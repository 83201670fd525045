import type { Outcome } from './provider.ts'

const callMs = 25_000
/** No provider has it put off for longer. */
const mostRetryAfterSeconds = 6 * 3600
const mostBytes = 1_048_576

/** The connection never came to be, so nothing was sent. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

export type Answered = { readonly status: number; readonly text: string; readonly headers: Headers }

/** The provider surely did not act on a call. */
export class NotSent extends Error {
  readonly outcome: Extract<Outcome, { status: 'unavailable' }>

  /** `retryAfter`: what the provider answered in the header of this name. */
  constructor(
    code: 'provider_unavailable' | 'provider_config_error',
    reason: string,
    retryAfter: string | null = null,
  ) {
    super(reason)
    const seconds = /^\d{1,6}$/.test(retryAfter ?? '') ? Number(retryAfter) : 0
    this.outcome = {
      status: 'unavailable',
      code,
      reason,
      ...(seconds > 0 ? { retryAfterSeconds: Math.min(seconds, mostRetryAfterSeconds) } : {}),
    }
  }
}

/**
 * Sends one call to a provider. Redirects are not followed, and no answer is read beyond a megabyte.
 * @throws NotSent when the provider surely did not act: no connection, or 429. Any other failure leaves it open.
 */
export async function send(call: {
  method: 'GET' | 'POST'
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string
}): Promise<Answered> {
  const { method, url, headers = {}, body } = call
  let response: Response
  try {
    response = await fetch(url, {
      method,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(callMs),
      ...(body === undefined ? {} : { body }),
    })
  } catch (error) {
    if (neverConnected.has(causeOf(error)))
      throw new NotSent('provider_unavailable', 'The provider cannot be reached.')
    throw error
  }
  const text = await readUpTo(response, mostBytes)
  if (response.status === 429) {
    const retryAfter = response.headers.get('retry-after')
    throw new NotSent('provider_unavailable', 'The provider is too busy.', retryAfter)
  }
  return { status: response.status, text, headers: response.headers }
}

/** An answer's JSON object. Anything else tells nothing. */
export function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return {}
  }
}

/** The fields of a value of unknown shape, none where it is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

/** A text, or a whole number as one; else undefined. Ids come as either. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined
}

/** A provider's word on what is wrong with our own account or request. */
export function misconfigured(reason: string): Extract<Outcome, { status: 'unavailable' }> {
  return { status: 'unavailable', code: 'provider_config_error', reason }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  return typeof code === 'string' ? code : ''
}

async function readUpTo(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > most) throw new Error('a provider answered with too much')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
