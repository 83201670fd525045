import { NovaBillingTimeoutError } from './errors.ts'

/** The end of one call: its time limit, or the user's signal, whichever comes first. */
export type Deadline = {
  readonly signal: AbortSignal
  /** Milliseconds since the epoch. */
  readonly endsAt: number
  /** Frees the timer. */
  readonly release: () => void
}

export function deadlineAfter(seconds: number, now: number, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(new NovaBillingTimeoutError(`No complete answer within ${seconds} s`))
  }, seconds * 1000)
  const stop = (): void => controller.abort(outer?.reason)
  if (outer?.aborted === true) stop()
  outer?.addEventListener('abort', stop, { once: true })
  return {
    signal: controller.signal,
    endsAt: now + seconds * 1000,
    release: () => {
      clearTimeout(timer)
      outer?.removeEventListener('abort', stop)
    },
  }
}

/** The promise, unless the signal aborts first. */
export function within<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
