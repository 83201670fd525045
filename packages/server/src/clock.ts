/** Where time comes from. Nothing else in the server asks the machine what time it is. */
export type Clock = {
  /** The instant, to the millisecond: the precision of everything we store. */
  now(): Temporal.Instant
  nowMs(): number
  /** Resolves after `ms`, or at once when the signal ends. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `act` again and again until the returned function is called. Never holds the process open. */
  every(ms: number, act: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Temporal.Instant.fromEpochMilliseconds(Date.now()),
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const timer = setTimeout(done, ms)
      function done(): void {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      signal?.addEventListener('abort', done)
    }),
  every: (ms, act) => {
    const timer = setInterval(act, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}
