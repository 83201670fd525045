const windowMs = 60_000

export type Allowance = {
  readonly allowed: boolean
  readonly remaining: number
  readonly retryAfter: number
  readonly resetAfter: number
}

/** The instants of one tenant's last requests: a ring as long as its limit. */
type Window = { times: Float64Array; at: number }

/**
 * An exact sliding window: at most `limit` requests in any 60 seconds. A refused request costs nothing, so
 * waiting `retryAfter` seconds always works. 8 bytes a remembered request; idle tenants are forgotten.
 */
export class SlidingWindow {
  readonly #windows = new Map<string, Window>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  take(subject: string, limit: number): Allowance {
    const now = this.#nowMs()
    const window = this.#windowOf(subject, limit)
    const oldest = window.times[window.at] ?? 0
    const free = now - oldest >= windowMs
    if (free) {
      window.times[window.at] = now
      window.at = (window.at + 1) % limit
    }
    const remaining = free ? this.#remaining(window, now) : 0
    const waitMs = (window.times[window.at] ?? 0) + windowMs - now
    return {
      allowed: free,
      remaining,
      retryAfter: free ? 0 : Math.max(1, Math.ceil(waitMs / 1000)),
      resetAfter: Math.max(0, Math.ceil((remaining > 0 ? windowMs : waitMs) / 1000)),
    }
  }

  /** Seconds until the next request would be allowed; 0 when it would be now. Takes nothing. */
  wait(subject: string, limit: number): number {
    const { times, at } = this.#windowOf(subject, limit)
    return Math.max(0, Math.ceil(((times[at] ?? 0) + windowMs - this.#nowMs()) / 1000))
  }

  /** Forgets those who have not asked for a window's length. */
  sweep(): void {
    const now = this.#nowMs()
    for (const [subject, { times, at }] of this.#windows) {
      const newest = times[(at + times.length - 1) % times.length] ?? 0
      if (now - newest >= windowMs) this.#windows.delete(subject)
    }
  }

  get size(): number {
    return this.#windows.size
  }

  /** Slots older than the window are free; they stand in order from `at` on, so the border is found by halving. */
  #remaining({ times, at }: Window, now: number): number {
    let low = 0
    let high = times.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (now - (times[(at + middle) % times.length] ?? 0) >= windowMs) low = middle + 1
      else high = middle
    }
    return low
  }

  #windowOf(subject: string, limit: number): Window {
    const known = this.#windows.get(subject)
    if (known && known.times.length === limit) return known
    const window = { times: new Float64Array(limit), at: 0 }
    if (known) {
      // The limit was changed: keep the newest requests that fit.
      const kept = [...known.times.subarray(known.at), ...known.times.subarray(0, known.at)].slice(-limit)
      window.times.set(kept, limit - kept.length)
    }
    this.#windows.set(subject, window)
    return window
  }
}
