import { type Scope, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import {
  type WatchedRow,
  claimWatched,
  forgetWatched,
  postponeWatched,
  watchLoopName,
  watchedEnvironments,
  watchedIn,
} from '../usage/index.ts'
import { billUsageAhead } from './bill-ahead.ts'
import { isBehind, lockSubscriptions } from './find.ts'

const batchSize = 100
const retryMinutes = 1

/** Looks at usage as it comes, where a plan asks for it: thresholds that are reached, charges in advance. */
export const usageWatchLoop = { name: watchLoopName, tick, restMs: 1000 }

async function tick(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const found = await deps.workerDb.query(watchedEnvironments(now, batchSize))
  for (const { tenant_id: tenantId, environment_id: environmentId, is_test: isTest } of found) {
    const watched = await deps.workerDb.query(watchedIn(environmentId, now, batchSize))
    await lookApart(deps, { tenantId, environmentId, isTest }, watched, now)
  }
  return found.length > 0
}

/**
 * The same on a test clock, before it moves on: what has come by now was used by now.
 * @throws what a subscription could not be billed for
 */
export async function watchUsageIn(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<void> {
  for (;;) {
    const watched = await deps.workerDb.query(watchedIn(environmentId, deps.clock.now(), batchSize))
    if (watched.length === 0) return
    await look(deps, { tenantId: '', environmentId }, watched, until)
  }
}

/** One whose usage cannot be billed is tried again later, and keeps no other from its time. */
async function lookApart(
  deps: Deps,
  scope: Scope,
  watched: readonly WatchedRow[],
  now: Temporal.Instant,
): Promise<void> {
  try {
    await look(deps, scope, watched, now)
  } catch (error) {
    const [only] = watched
    if (only && watched.length === 1) {
      const { environmentId = '' } = scope
      await deps.workerDb.query(postponeWatched(environmentId, [only.id], retryAt(deps)))
      deps.log.error(
        { err: error, subscription: publicId('subscription', only.subscription_id) },
        'usage could not be billed ahead',
      )
      return
    }
    for (const one of watched) await lookApart(deps, scope, [one], now)
  }
}

function look(
  deps: Deps,
  scope: Scope,
  watched: readonly WatchedRow[],
  now: Temporal.Instant,
): Promise<void> {
  const { environmentId = '' } = scope
  return transaction(deps.workerDb, { scope, now }, async (tx) => {
    // Another worker may be at some of them.
    const claimed = await tx.query(
      claimWatched(
        environmentId,
        watched.map(({ id }) => id),
      ),
    )
    const rows = await lockSubscriptions(tx, environmentId, [
      ...new Set(claimed.map((one) => one.subscription_id)),
    ])
    // The billing run comes first: it ends the period that the usage may be of.
    const behind = new Set(rows.filter((row) => isBehind(row, tx.now)).map(({ id }) => id))
    const idsOf = (isLate: boolean): string[] =>
      claimed.flatMap((one) => (behind.has(one.subscription_id) === isLate ? [one.id] : []))
    await billUsageAhead(
      deps,
      tx,
      environmentId,
      rows.filter(({ id }) => !behind.has(id)),
    )
    tx.defer(forgetWatched(environmentId, idsOf(false)))
    if (behind.size > 0) tx.defer(postponeWatched(environmentId, idsOf(true), retryAt(deps)))
  })
}

function retryAt({ clock }: Deps): Temporal.Instant {
  return clock.now().add({ minutes: retryMinutes })
}
