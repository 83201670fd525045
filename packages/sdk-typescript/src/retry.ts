const firstDelayMs = 500
const longestDelayMs = 8000

/** Statuses that say "not now": the request was not carried out, or its idempotency key makes a repeat safe. */
export function isRetryable(status: number, retryAfter: number | undefined): boolean {
  if (status === 429 || status === 502 || status === 503 || status === 504) return true
  // A 409 with Retry-After is our own earlier attempt, still running under the same idempotency key.
  return status === 409 && retryAfter !== undefined
}

/**
 * How long to wait before attempt `attempt + 1` (the first attempt is 0): what the server asked for, else half a
 * second doubled each time. `key` spreads clients that failed together over the upper half of that time.
 */
export function delayMs(attempt: number, retryAfter: number | undefined, key: string): number {
  if (retryAfter !== undefined) return retryAfter * 1000
  const ceiling = Math.min(firstDelayMs * 2 ** attempt, longestDelayMs)
  const spread = Number.parseInt(key.slice(0, 8), 16) / 0xffff_ffff
  return ceiling * (0.5 + spread / 2)
}

/** Seconds to wait, from `retryAfter` in the body or the `Retry-After` header. */
export function retryAfterOf(response: Response, body: unknown): number | undefined {
  const fromBody =
    typeof body === 'object' && body !== null && 'retryAfter' in body ? body.retryAfter : undefined
  const seconds = Number(fromBody ?? response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined
}
