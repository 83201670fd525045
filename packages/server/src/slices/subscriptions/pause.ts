import { billedAfterChange } from '@novabilling/core/prorate'
import { dueWhilePaused } from '@novabilling/core/subscription'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { concludeChange } from './changed.ts'
import { lockToChange } from './find.ts'
import { isoMsOrNull, msOrNull } from './instants.ts'
import { isInPeriod, periodOf, scheduleOf } from './schedule.ts'
import type { PauseSubscription, Subscription } from './schema.ts'
import type { DueRow } from './sql.ts'
import { readMoment } from './start.ts'
import { chargedUnits, creditUnused, unitsCharged } from './unused.ts'

/**
 * Stops renewals and billing until it is resumed. With `creditUnused` the rest of the period is credited, this day
 * included. Refuses what is not ACTIVE.
 */
export async function pauseSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: PauseSubscription,
): Promise<Subscription> {
  const row = await lockToChange(deps, tx, environmentId, id)
  if (row.status === 'PAUSED') throw new Refusal('subscription_paused')
  if (row.status !== 'ACTIVE') throw new Refusal('subscription_not_pausable')
  const now = tx.now.epochMilliseconds
  const resumeAt = input.resumeAt === undefined ? null : readMoment('resumeAt', input.resumeAt, row.timezone)
  if (resumeAt !== null && resumeAt <= now)
    throw invalid({ path: 'resumeAt', message: 'must be later than now' })

  row.status = 'PAUSED'
  row.paused_at = isoInstant(tx.now)
  row.resume_at = isoMsOrNull(resumeAt)
  row.due_at = isoMsOrNull(
    dueWhilePaused({ resumeAt, cancelAt: msOrNull(row.cancel_at), endsAt: msOrNull(row.ends_at) }),
  )
  if (input.creditUnused) await creditPaused(deps, tx, row, now)
  return concludeChange(deps, tx, row, 'subscription.paused')
}

async function creditPaused(deps: Deps, tx: Tx, row: DueRow, now: number): Promise<void> {
  const period = isInPeriod(row, now) ? periodOf(row) : undefined
  if (!period) return
  const charged = await chargedUnits(tx, row)
  await creditUnused(deps, tx, row, charged, {
    units: unitsCharged(charged),
    share: billedAfterChange(scheduleOf(row), period, { at: now, end: msOrNull(row.ends_at) }),
    from: now,
  })
  row.pause_credited = true
}

/** Pauses one that is PAST_DUE because its invoice cannot be collected. Gives false for any other: nothing is done. */
export async function pauseUnpaid(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<boolean> {
  const row = await lockToChange(deps, tx, environmentId, id)
  if (row.status !== 'PAST_DUE') return false
  row.status = 'PAUSED'
  row.paused_at = isoInstant(tx.now)
  row.resume_at = null
  row.due_at = isoMsOrNull(
    dueWhilePaused({ resumeAt: null, cancelAt: msOrNull(row.cancel_at), endsAt: msOrNull(row.ends_at) }),
  )
  await concludeChange(deps, tx, row, 'subscription.paused')
  return true
}
