import { trialNoticeAt } from '@novabilling/core/subscription'
import { recordEventsAcross } from '../../db/events.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoMs, msOrNull } from './instants.ts'
import { presentSubscription } from './present.ts'
import type { DueRow } from './sql.ts'
import {
  type TrialEndingRow,
  claimTrialsEnding,
  claimTrialsEndingIn,
  saveTrialNotice,
  saveTrialsAnnounced,
} from './trial-sql.ts'

const batchSize = 200

/** Announces trials that are about to end, each once, three days ahead. Apart from the billing run, which it never delays. */
export const trialEndingLoop = { name: 'trial-ending', tick, restMs: 10_000 }

async function tick(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  return transaction(deps.workerDb, { scope: { tenantId: '' }, now }, async (tx) => {
    const claimed = await tx.query(claimTrialsEnding(now, batchSize))
    announce(deps, tx, claimed)
    return claimed.length === batchSize
  })
}

/** The same on a test clock, for all that are to be told of up to an instant, in that order. */
export async function announceTrialsEndingIn(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<void> {
  for (;;) {
    const scope = { tenantId: '', environmentId }
    const count = await transaction(deps.clockDb, { scope, now: until }, async (tx) => {
      const claimed = await tx.query(claimTrialsEndingIn(environmentId, until, batchSize))
      announce(deps, tx, claimed)
      return claimed.length
    })
    if (count < batchSize) return
  }
}

/**
 * Sees to it that the end of a trial is told of: at its time, or now where that has passed. Whoever was told of another
 * end before is told again. One that is over needs no telling.
 */
export function awaitTrialEnd(deps: Deps, tx: Tx, row: DueRow): void {
  const [start, end] = [msOrNull(row.trial_start), msOrNull(row.trial_end)]
  const now = tx.now.epochMilliseconds
  const isTold = row.status === 'TRIALING' && start !== null && end !== null && end > now
  const at = isTold ? trialNoticeAt({ start, end, zone: row.timezone }) : null
  const isNow = at !== null && at <= now
  tx.defer(saveTrialNotice(row.environment_id, row.id, at === null || isNow ? null : isoMs(at)))
  if (!isNow) return
  recordEventsAcross(tx, deps, [
    {
      environmentId: row.environment_id,
      types: ['subscription.trial_ending'],
      resourceId: row.id,
      resource: presentSubscription(row),
      at: tx.now,
    },
  ])
}

function announce(deps: Deps, tx: Tx, rows: readonly TrialEndingRow[]): void {
  if (rows.length === 0) return
  tx.defer(
    saveTrialsAnnounced(
      rows.map((row) => row.environment_id),
      rows.map((row) => row.id),
    ),
  )
  recordEventsAcross(
    tx,
    deps,
    rows.flatMap((row) =>
      row.status === 'CANCELED'
        ? []
        : [
            {
              environmentId: row.environment_id,
              types: ['subscription.trial_ending'] as const,
              resourceId: row.id,
              resource: presentSubscription(row),
              at: row.trial_notice_at,
            },
          ],
    ),
  )
}
