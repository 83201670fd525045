/**
 * Wakes a sleeping loop of this process at once. Only a wake-up: what is due lies in a table, and every loop looks
 * there again by itself.
 */
export class Bells {
  readonly #sleepers = new Map<string, () => void>()

  /** Wakes the loop of this name, also when it is at work just now: it looks again before it sleeps. */
  ring(loop: string): void {
    this.#sleepers.get(loop)?.()
  }

  /** Settles at the next ring. A loop takes one each time before it looks, so that no ring is missed between. */
  next(loop: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#sleepers.set(loop, resolve)
    return promise
  }
}
