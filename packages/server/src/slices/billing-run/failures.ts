import { isAnswered, sqlState } from '../../db/pool.ts'
import { transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { subscriptionsParked } from '../../http/operations.ts'
import { publicId } from '../../ids.ts'
import { type DueRow, billDue } from '../subscriptions/index.ts'
import { claimThese, countDeadBatches, countFailure, forgetBatch, takeUpParked } from './sql.ts'

/** A subscription that has failed so often is set aside until somebody looks at it. */
const mostAttempts = 5
/** How long one that failed waits, by attempt. */
const retrySeconds = [60, 300, 1800, 7200]
/** A batch is written down just before it is billed; one this old is surely not about to begin. */
const settledSeconds = 10

type Failure = {
  readonly now: Temporal.Instant
  readonly error: unknown
  readonly batchId?: string
  readonly mostAttempts?: number
}

/**
 * Bills a batch that failed in ever smaller parts, so that only those fail that cannot be billed. What stops
 * everything, such as a database that is away, is thrown again and counts against nobody.
 */
export async function billApart(
  deps: Deps,
  claimed: readonly DueRow[],
  failure: Failure,
): Promise<{ invoices: number; failed: string[] }> {
  if (claimed.length === 0 || isOutage(failure.error)) throw failure.error
  if (failure.batchId !== undefined) {
    const environments = [...new Set(claimed.map((row) => row.environment_id))]
    await deps.workerDb.query(forgetBatch(failure.batchId, environments))
  }
  const [only] = claimed
  if (only && claimed.length === 1) {
    await recordFailure(deps, only, failure)
    return { invoices: 0, failed: [publicId('subscription', only.id)] }
  }
  const middle = Math.ceil(claimed.length / 2)
  const total = { invoices: 0, failed: [] as string[] }
  for (const part of [claimed.slice(0, middle), claimed.slice(middle)]) {
    const result = await billPart(deps, part, failure)
    total.invoices += result.invoices
    total.failed.push(...result.failed)
  }
  return total
}

async function billPart(
  deps: Deps,
  part: readonly DueRow[],
  { now, ...failure }: Failure,
): Promise<{ invoices: number; failed: string[] }> {
  try {
    const [first] = part
    const scope = { tenantId: '', environmentId: first?.environment_id ?? '' }
    const invoices = await transaction(deps.workerDb, { scope, now }, async (tx) => {
      const rows = await tx.query(
        claimThese(
          part.map((row) => row.environment_id),
          part.map((row) => row.id),
          now,
        ),
      )
      return billDue(deps, tx, rows, { until: now })
    })
    return { invoices, failed: [] }
  } catch (error) {
    const { batchId: _done, ...rest } = failure
    return billApart(deps, part, { ...rest, now, error })
  }
}

async function recordFailure(deps: Deps, row: DueRow, failure: Failure): Promise<void> {
  const { now, error } = failure
  const reason = error instanceof Error ? error.message : String(error)
  const subscription = publicId('subscription', row.id)
  const [counted] = await deps.workerDb.query(
    countFailure(
      row.environment_id,
      row.id,
      now,
      retrySeconds,
      failure.mostAttempts ?? mostAttempts,
      reason.slice(0, 1000),
    ),
  )
  const isParked = counted !== undefined && counted.parked_reason !== null
  if (isParked) subscriptionsParked.inc()
  deps.log.error({ err: error, subscription, isParked }, 'a subscription could not be billed')
}

/** Counts an attempt for what was being billed when a process died, so that what kills processes is parked too. */
export async function countDead(deps: Deps): Promise<void> {
  const now = deps.clock.now()
  const rows = await deps.workerDb.query(
    countDeadBatches(now.subtract({ seconds: settledSeconds }), now, mostAttempts),
  )
  for (const row of rows) {
    if (row.parked_reason === null) continue
    subscriptionsParked.inc()
    deps.log.error({ subscription: publicId('subscription', row.id) }, 'a subscription was set aside')
  }
}

const started = new WeakSet<Deps>()

/**
 * Once in a process's life, tries again what was set aside: whoever has mended what was wrong has started the program
 * anew, and a fault of the program itself must not set everybody aside for good.
 */
export async function takeUpAfterStart(deps: Deps): Promise<void> {
  if (started.has(deps)) return
  const rows = await deps.workerDb.query(takeUpParked(deps.clock.now()))
  started.add(deps)
  if (rows.length > 0)
    deps.log.warn({ count: rows.length }, 'subscriptions that were set aside are tried again')
}

/** The database or the machine, not the subscription: classes 08, 53, 57 and 58, and read-only after a failover. */
function isOutage(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined) {
    // 57014 is a statement that took too long, which a smaller part may cure.
    return !isAnswered(error) || /^(08|53|57|58)|^25006/.test(state.replace('57014', ''))
  }
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  return (
    /^E[A-Z]+$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message)
  )
}
