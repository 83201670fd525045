import type { Pool } from '../../db/pool.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import type { Bound } from '../../db/statement.ts'
import { type DueRow, billDue, type dueColumns } from '../subscriptions/index.ts'
import { billApart, countDead, takeUpAfterStart } from './failures.ts'
import { claimDue, claimInEnvironment, claimRetry, forgetBatch, laneCount, writeBatch } from './sql.ts'

/** Subscriptions in one transaction: enough that its round trips cost little, few enough that their rows die young in memory. */
const batchSize = 300
/** Subscriptions that failed before, tried one by one, in one turn of the loop. */
const mostRetries = 20

/** Bills what is due on real time, one batch at most. Says whether there was any, and so may be more. */
export async function tick(deps: Deps): Promise<boolean> {
  await takeUpAfterStart(deps)
  await countDead(deps)
  const found = await billBatch(deps, deps.clock.now())
  return (await billRetries(deps, deps.clock.now())) || found > 0
}

/**
 * Bills what falls due in an environment up to an instant of its own clock, in the order it falls due. Gives the
 * number of invoices.
 * @throws Error that names a subscription that could not be billed, after all others have been
 */
export async function billEnvironment(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<number> {
  const onTheWay = { ...deps, workerDb: deps.clockDb }
  const failed: string[] = []
  let invoices = 0
  for (;;) {
    let claimed: readonly DueRow[] = []
    try {
      invoices += await transaction(
        deps.clockDb,
        { scope: { tenantId: '', environmentId }, now: until },
        async (tx) => {
          claimed = await tx.query(claimInEnvironment(environmentId, until, batchSize))
          return billDue(deps, tx, claimed, { until })
        },
      )
    } catch (error) {
      const apart = await billApart(onTheWay, claimed, { now: until, error, mostAttempts: 1 })
      invoices += apart.invoices
      failed.push(...apart.failed)
    }
    if (claimed.length < batchSize && !claimed.some((row) => isDueBy(row, until))) break
  }
  if (failed.length > 0) throw new Error(`subscriptions could not be billed: ${failed.join(', ')}`)
  return invoices
}

/** Whether there is more to bill of one that was billed: it is as it stands now, in place. */
function isDueBy({ due_at: dueAt }: DueRow, until: Temporal.Instant): boolean {
  return dueAt !== null && Temporal.Instant.compare(Temporal.Instant.from(dueAt), until) <= 0
}

function billBatch(deps: Deps, now: Temporal.Instant): Promise<number> {
  return billClaimed(deps, now, claimDue(now, batchSize, lanesInTurn(deps)))
}

/** A lane is left after so many batches, so that a long one does not keep the others waiting. */
const mostBatchesInLane = 16
const stays = new WeakMap<Pool, { lane: number; batches: number }>()

/**
 * All lanes, from the one that was last worked in on: a lane that has been billed through is full of entries that
 * are no longer due, and looking for one that is costs a walk over them.
 */
function lanesInTurn({ ids, workerDb }: Deps): number[] {
  const stay = stays.get(workerDb)
  const first = stay
    ? stay.lane + (stay.batches < mostBatchesInLane ? 0 : 1)
    : Number.parseInt(ids.next().slice(-2), 16)
  return Array.from({ length: laneCount }, (_, index) => (first + index) % laneCount)
}

function stayIn({ workerDb }: Deps, environmentId: string): void {
  const lane = Number.parseInt(environmentId.slice(-2), 16) % laneCount
  const stay = stays.get(workerDb)
  stays.set(workerDb, {
    lane,
    batches: stay?.lane === lane && stay.batches < mostBatchesInLane ? stay.batches + 1 : 1,
  })
}

async function billRetries(deps: Deps, now: Temporal.Instant): Promise<boolean> {
  let found = false
  for (let count = 0; count < mostRetries; count++) {
    if ((await billClaimed(deps, now, claimRetry(now))) === 0) return found
    found = true
  }
  return found
}

function billClaimed(deps: Deps, now: Temporal.Instant, claim: Bound<typeof dueColumns>): Promise<number> {
  return inTurn(deps, () => billInTurn(deps, now, claim))
}

const turns = new WeakMap<Pool, Promise<unknown>>()

/**
 * One batch at a time in a process. Each takes a second connection while it holds one: several at once could hold all
 * of a pool and wait for one another.
 */
function inTurn<R>({ workerDb }: Deps, work: () => Promise<R>): Promise<R> {
  const mine = (turns.get(workerDb) ?? Promise.resolve()).then(work)
  turns.set(
    workerDb,
    mine.catch(() => {}),
  )
  return mine
}

async function billInTurn(
  deps: Deps,
  now: Temporal.Instant,
  claim: Bound<typeof dueColumns>,
): Promise<number> {
  const batchId = deps.ids.next()
  let claimed: readonly DueRow[] = []
  try {
    await transaction(deps.workerDb, { scope: { tenantId: '' }, now }, async (tx: Tx) => {
      claimed = await tx.query(claim)
      const [first] = claimed
      if (!first) return
      stayIn(deps, first.environment_id)
      const environments = claimed.map((row) => row.environment_id)
      // On another connection, so that it is there whatever happens to this one.
      await deps.workerDb.query(
        writeBatch(
          batchId,
          environments,
          claimed.map((row) => row.id),
          now,
        ),
      )
      await billDue(deps, tx, claimed, { until: now })
      tx.defer(forgetBatch(batchId, [...new Set(environments)]))
    })
  } catch (error) {
    await billApart(deps, claimed, { now, error, batchId })
  }
  return claimed.length
}
