/** What the client needs of the machine it runs on. Everything else takes these as arguments. */
export type Platform = {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  readonly sleep: (delayMs: number, signal: AbortSignal) => Promise<void>
  /** 128 random bits in hexadecimal. */
  readonly randomKey: () => string
  /** An environment variable, where there are any. */
  readonly variable: (name: string) => string | undefined
  readonly fetch: typeof fetch
}

export const platform: Platform = {
  now: () => Date.now(),
  sleep: (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason)
        return
      }
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', stop)
        resolve()
      }, delayMs)
      signal.addEventListener('abort', stop, { once: true })
    }),
  // getRandomValues, because randomUUID is missing from pages that are not served by https.
  randomKey: () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    ),
  variable: (name) => {
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
    return process?.env?.[name]
  },
  // Called through, because browsers refuse a fetch that lost its window.
  fetch: (input, init) => fetch(input, init),
}
