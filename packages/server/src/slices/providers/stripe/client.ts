import type { Stripe } from 'stripe'
import type { Account, Outcome } from '../provider.ts'
import { fromUnits, toUnits } from '../units.ts'
import { NotSent, fieldsOf, textOf } from '../web.ts'

/** Stripe's own units: whole ones for these, thousandths for those, and hundredths for all others, UGX among them. */
const whole = new Set('BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '))
const thousandths = new Set('BHD JOD KWD OMR TND'.split(' '))

function decimalsOf(currency: string): number {
  if (whole.has(currency)) return 0
  return thousandths.has(currency) ? 3 : 2
}

export function stripeUnits(amountMinor: bigint, currency: string): bigint | undefined {
  return toUnits(amountMinor, currency, decimalsOf(currency))
}

export function ofStripe(units: number, currency: string): bigint {
  return fromUnits(units, currency, decimalsOf(currency))
}

/** Stripe's library is large, and few processes need it: it is loaded with the first call. */
export async function clientOf({ credentials, url }: Account): Promise<Stripe> {
  const { Stripe: Client } = await import('stripe')
  const { protocol, hostname, port } = new URL(url)
  return new Client(credentials['secretKey'] ?? '', {
    host: hostname,
    protocol: protocol === 'http:' ? 'http' : 'https',
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    timeout: 25_000,
    // A call that failed is asked about, and not simply made again.
    maxNetworkRetries: 0,
    telemetry: false,
  })
}

/**
 * Makes a call under an idempotency key. Stripe answers a key for a day as it did the first time, also with a failure of
 * its own that came before anything was done: then the call is made under another. Whoever repeats it has asked before
 * whether anything was done.
 */
export async function underKey<T>(
  key: string,
  repeat: string,
  call: (key: string) => Promise<T>,
): Promise<T> {
  try {
    return await call(key)
  } catch (error) {
    const refused = refusedOf(error)
    if (refused?.type !== 'StripeAPIError' || !refused.isReplayed) throw error
    return call(`${key}.${repeat}`)
  }
}

/**
 * Runs a call of Stripe's library. What it refuses because of us, or could not take at all, surely did nothing.
 * @throws NotSent for those; `onRefused` is told of what it refused because of the request
 */
export async function calling<T>(
  call: () => Promise<T>,
  onRefused: (refused: Refused) => T | undefined,
): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const refused = refusedOf(error)
    if (!refused) throw error
    const answer = onRefused(refused)
    if (answer !== undefined) return answer
    switch (refused.type) {
      case 'StripeAuthenticationError':
      case 'StripePermissionError':
        throw new NotSent('provider_config_error', `Stripe refuses the secretKey: ${refused.message}`)
      case 'StripeInvalidRequestError':
        throw new NotSent('provider_config_error', `Stripe: ${refused.message}`)
      case 'StripeRateLimitError':
        throw new NotSent('provider_unavailable', 'Stripe is too busy.', refused.retryAfter)
      case 'StripeConnectionError':
        if (refused.neverConnected)
          throw new NotSent('provider_unavailable', 'The provider cannot be reached.')
        throw error
      default:
        throw error
    }
  }
}

export type Refused = {
  readonly type: string
  readonly code: string
  readonly declineCode: string
  readonly adviceCode: string
  readonly message: string
  readonly neverConnected: boolean
  readonly retryAfter: string | null
  /** What it answers now is what it once answered under this idempotency key. */
  readonly isReplayed: boolean
}

function refusedOf(error: unknown): Refused | undefined {
  if (!(error instanceof Error)) return undefined
  const field = (name: string): string => textOf(Reflect.get(error, name)) ?? ''
  if (!field('type').startsWith('Stripe')) return undefined
  const headers: unknown = Reflect.get(error, 'headers')
  const header = (name: string): string | undefined => textOf(fieldsOf(headers)[name])
  const detail: unknown = Reflect.get(error, 'detail')
  const cause = detail instanceof Error ? (textOf(Reflect.get(detail, 'code')) ?? '') : ''
  return {
    type: field('type'),
    code: field('code'),
    declineCode: field('decline_code'),
    adviceCode: field('advice_code'),
    message: error.message,
    retryAfter: header('retry-after') ?? null,
    isReplayed: header('idempotent-replayed') === 'true',
    neverConnected: ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(cause),
  }
}

export type Declined = Extract<Outcome, { status: 'declined' }>
