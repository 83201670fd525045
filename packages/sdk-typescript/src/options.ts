import { type Platform, platform } from './platform.ts'

/** How a client is made. */
export interface ClientOptions {
  /** An API key (`sk_live_…`, `sk_test_…`) for data routes; else the environment's `NOVABILLING_API_KEY`. */
  token?: string | undefined
  /** Where NovaBilling runs, without `/api`. Default `http://localhost:3000`. */
  baseUrl?: string | undefined
  /** The limit on a whole call, its retries included. Default 60. */
  timeoutInSeconds?: number | undefined
  /** How often a call is tried again after it could not be served. Default 2. */
  maxRetries?: number | undefined
  /** Used in place of the global `fetch`. */
  fetch?: typeof fetch | undefined
}

/** What one call may do differently. */
export interface RequestOptions {
  /** For a POST: the same key and body never take effect twice within 24 hours. Default: a new key for each call. */
  idempotencyKey?: string | undefined
  /** The limit on this call, its retries included. */
  timeoutInSeconds?: number | undefined
  maxRetries?: number | undefined
  /** Ends the call early; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

export type Settings = {
  readonly token: string | undefined
  readonly baseUrl: string
  readonly timeoutInSeconds: number
  readonly maxRetries: number
  readonly platform: Platform
}

/** Fills in what was left out, and refuses what cannot be meant. */
export function settingsFrom(options: ClientOptions): Settings {
  const baseUrl = (options.baseUrl ?? 'http://localhost:3000').replace(/\/+$/, '')
  if (!/^https?:\/\//.test(baseUrl)) throw new TypeError(`baseUrl is not an http(s) address: ${baseUrl}`)
  return {
    token: (options.token ?? platform.variable('NOVABILLING_API_KEY')) || undefined,
    baseUrl,
    timeoutInSeconds: checkedTimeout(options.timeoutInSeconds ?? 60),
    maxRetries: checkedRetries(options.maxRetries ?? 2),
    platform: options.fetch === undefined ? platform : { ...platform, fetch: options.fetch },
  }
}

export function checkedTimeout(seconds: number): number {
  // Timers hold 31 bits of milliseconds; more would fire at once.
  if (!(seconds > 0 && seconds <= 2_000_000)) {
    throw new TypeError(`timeoutInSeconds is between 0 and 2,000,000, not ${seconds}`)
  }
  return seconds
}

export function checkedRetries(count: number): number {
  if (!Number.isInteger(count) || count < 0) throw new TypeError(`maxRetries is a whole number, not ${count}`)
  return count
}
