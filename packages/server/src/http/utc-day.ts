const dayMs = 86_400_000

/** The day in UTC of a moment, such as `2026-11-24`. One day after the other is written out once. */
export class UtcDay {
  #startsMs = Number.NaN
  #day = ''

  of(ms: number): string {
    if (!(ms >= this.#startsMs && ms < this.#startsMs + dayMs)) {
      this.#startsMs = Math.floor(ms / dayMs) * dayMs
      this.#day = Temporal.Instant.fromEpochMilliseconds(ms).toString().slice(0, 10)
    }
    return this.#day
  }
}
