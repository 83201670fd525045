import type { Deps } from '../deps.ts'
import { command } from '../db/statement.ts'
import { UtcDay } from './utc-day.ts'

const recordUsage = command(
  'key_usage.record',
  `select record_key_usage($1::uuid[], $2::uuid[], $3::date[], $4::bigint[], $5::timestamptz[])`,
)

type Count = { tenantId: string; keyId: string; day: string; requests: number; usedAt: Temporal.Instant }

/**
 * Counts requests by key and UTC day in memory and writes the sums down now and then, so that a request pays
 * nothing for it. What a killed process had not written yet is lost: these are figures to watch, not to bill by.
 */
export class KeyUsage {
  readonly #deps: Pick<Deps, 'clock' | 'db'>
  #counts = new Map<string, Count>()
  readonly #days = new UtcDay()

  constructor(deps: Pick<Deps, 'clock' | 'db'>) {
    this.#deps = deps
  }

  count(tenantId: string, keyId: string): void {
    const nowMs = this.#deps.clock.nowMs()
    const day = this.#days.of(nowMs)
    const slot = `${keyId} ${day}`
    const known = this.#counts.get(slot)
    if (known) {
      known.requests++
      known.usedAt = Temporal.Instant.fromEpochMilliseconds(nowMs)
    } else {
      const usedAt = Temporal.Instant.fromEpochMilliseconds(nowMs)
      this.#counts.set(slot, { tenantId, keyId, day, requests: 1, usedAt })
    }
  }

  /** Writes the sums down. What could not be written is kept for the next time. */
  async flush(): Promise<void> {
    const counts = [...this.#counts.values()]
    if (counts.length === 0) return
    this.#counts = new Map()
    try {
      await this.#deps.db.query(
        recordUsage(
          counts.map((count) => count.tenantId),
          counts.map((count) => count.keyId),
          counts.map((count) => count.day),
          counts.map((count) => count.requests),
          counts.map((count) => count.usedAt),
        ),
      )
    } catch (error) {
      for (const count of counts) {
        const slot = `${count.keyId} ${count.day}`
        const newer = this.#counts.get(slot)
        if (newer) newer.requests += count.requests
        else this.#counts.set(slot, count)
      }
      throw error
    }
  }
}
