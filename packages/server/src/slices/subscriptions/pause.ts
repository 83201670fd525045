import { billedAfterChange } from '@novabilling/core/prorate'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { cutArrears } from './arrears.ts'
import { awaitWhilePaused } from './awaiting.ts'
import { concludeChange } from './changed.ts'
import { lockToChange } from './find.ts'
import { isoMsOrNull, msOrNull } from './instants.ts'
import { isInPeriod, periodOf, scheduleOf } from './schedule.ts'
import type { PauseSubscription, Subscription } from './schema.ts'
import type { DueRow } from './sql.ts'
import { readMoment } from './start.ts'
import { refuseElsewhere } from './takeover.ts'
import { chargedUnits, creditUnused, unitsCharged } from './unused.ts'

/**
 * Stops renewals and billing until it is resumed. With `creditUnused` the rest of the period is credited, or in arrears
 * not charged, this day included. Refuses what is not ACTIVE.
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
  if (input.creditUnused) await creditPaused(deps, tx, row, now)
  awaitWhilePaused(row)
  return concludeChange(deps, tx, row, 'subscription.paused')
}

async function creditPaused(deps: Deps, tx: Tx, row: DueRow, now: number): Promise<void> {
  const period = isInPeriod(row, now) ? periodOf(row) : undefined
  if (!period) return
  refuseElsewhere(row, now)
  const charged = await chargedUnits(deps, tx, row)
  await creditUnused(deps, tx, row, charged, {
    units: unitsCharged(charged),
    share: billedAfterChange(scheduleOf(row), period, { at: now, end: msOrNull(row.ends_at) }),
    from: now,
  })
  cutArrears(row, { by: 'change', at: now })
  row.pause_credited = true
}

/** Pauses one that is PAST_DUE because its invoice cannot be collected. Gives false for any other: nothing is done. */
export async function pauseUnpaid(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<boolean> {
  const row = await lockToChange(deps, tx, environmentId, id)
  if (row.status !== 'PAST_DUE') return false
  row.status = 'PAUSED'
  row.paused_at = isoInstant(tx.now)
  row.resume_at = null
  awaitWhilePaused(row)
  await concludeChange(deps, tx, row, 'subscription.paused')
  return true
}
