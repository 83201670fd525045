import type { Pool } from '../../db/pool.ts'
import { command, integer, statement } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'

const dayMs = 86_400_000

/** A transaction id counts once within so many days; events may be as old. */
export const countedOnceDays = 35
const generationMs = countedOnceDays * dayMs

/** Around the change of generations, for longer than clocks of two nodes differ or a transaction takes. */
const changeMs = 3_600_000

const keepGeneration = command('usage.keep_generation', `select keep_usage_generation($1::integer)`)
const dropGenerations = statement(
  'usage.drop_generations',
  `select drop_usage_generations($1::integer) as dropped`,
  { dropped: integer },
)
const lockIngest = command(
  'usage.lock_ingest',
  `select pg_advisory_xact_lock(hashtextextended($1, 7306318482155923))`,
)

/** The 35 days of arrival that an instant belongs to. */
export function generationAt(ms: number): number {
  return Math.floor(ms / generationMs)
}

/** The generations, besides its own, in which an id may have been counted less than 35 days ago. */
export function neighboursAt(ms: number): readonly number[] {
  const generation = generationAt(ms)
  return isNearChange(ms) && ms % generationMs > changeMs
    ? [generation - 1, generation + 1]
    : [generation - 1]
}

/**
 * At the change of generations, the same id could come to both at once and see itself in neither: then those who write
 * to one environment do so one after another.
 */
export function guardChange(tx: Tx, environmentId: string, ms: number): void {
  if (isNearChange(ms)) tx.defer(lockIngest(environmentId))
}

function isNearChange(ms: number): boolean {
  const since = ms % generationMs
  return since < changeMs || since > generationMs - changeMs
}

const kept = new WeakMap<Pool, Set<number>>()

/** Makes the table of a generation, once for each process: the first event of 35 days waits for it. */
export async function ensureGeneration(db: Pool, generation: number): Promise<void> {
  const known = kept.get(db) ?? new Set()
  kept.set(db, known)
  if (known.has(generation)) return
  await db.query(keepGeneration(generation))
  known.add(generation)
}

/** Drops what arrived more than so many days ago, whole generations at a time. Gives how many. */
export async function dropOldGenerations(workerDb: Pool, nowMs: number, keptDays: number): Promise<number> {
  const [row] = await workerDb.query(dropGenerations(generationAt(nowMs - keptDays * dayMs)))
  return row?.dropped ?? 0
}
