import { billedAfterCancellation } from '@novabilling/core/prorate'
import { planCancellation } from '@novabilling/core/subscription'
import { recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { closeArrears } from './arrears.ts'
import { awaitWhilePaused } from './awaiting.ts'
import { countEnded, factOf, issueAndCollect, saveAll } from './bill.ts'
import { lockUpToDate } from './find.ts'
import { isoMs, msOrNull } from './instants.ts'
import { presentSubscription } from './present.ts'
import { isInPeriod, periodOf, scheduleOf } from './schedule.ts'
import type { CancelSubscription, Subscription } from './schema.ts'
import type { DueRow } from './sql.ts'
import { addUsage } from './usage.ts'
import { dueAfterEnd, usedWindow } from './used-window.ts'
import { saveTermsOf } from './terms.ts'
import { chargedUnits, creditUnused, unitsCharged, unusedFrom } from './unused.ts'

/**
 * Ends a subscription now, or at the end of what has been billed (a trial: at its end, without ever being billed). What
 * an end now leaves unused of the period, from the next day on, is credited; in arrears, what was used is invoiced. Asking again moves the end or changes the
 * reason.
 */
export async function cancelSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: CancelSubscription,
): Promise<Subscription> {
  const row = await lockUpToDate(deps, tx, environmentId, id)
  if (row.status === 'CANCELED') throw new Refusal('subscription_already_canceled')

  const plan = planCancellation(
    {
      status: row.status,
      currentPeriodEnd: msOrNull(row.current_period_end),
      trialEnd: msOrNull(row.trial_end),
    },
    { cancelAt: input.cancelAt ?? 'period_end', now: tx.now.epochMilliseconds },
  )
  row.cancel_reason = input.reason ?? null
  row.cancel_at = isoMs(plan.at)
  if (plan.kind === 'now') {
    // One that could not be billed up to now cannot be for this either, and must end all the same.
    const closing = isInPeriod(row, plan.at)
      ? closeArrears(row, plan.at, { by: 'cancellation', at: plan.at })
      : undefined
    const isBehind = row.due_at !== null && Date.parse(row.due_at) <= plan.at
    // A pause may have outlasted its period.
    const used = isBehind
      ? undefined
      : usedWindow(
          row,
          plan.at,
          isInPeriod(row, plan.at) ? { by: 'cancellation', at: plan.at } : { by: 'period' },
        )
    const drafts = closing ? [closing] : []
    const ended = endSubscriptions(deps, tx, [row], isBehind ? null : dueAfterEnd(row, plan.at))
    await creditCanceled(deps, tx, row, plan.at)
    saveTermsOf(tx, [row])
    const rows = drafts.map(() => row)
    if (used) await addUsage(deps, tx, [used], drafts, rows)
    await issueAndCollect(deps, tx, drafts, rows)
    return ended
  }
  dueAnew(row)
  return save(deps, tx, row)
}

/** Credits what a cancellation at an instant leaves unused of what has been billed. The day of it stays billed. */
async function creditCanceled(deps: Deps, tx: Tx, row: DueRow, at: number): Promise<void> {
  const period = isInPeriod(row, at) ? periodOf(row) : undefined
  if (!period) return
  const charged = await chargedUnits(deps, tx, row)
  await creditUnused(deps, tx, row, charged, {
    units: unitsCharged(charged),
    share: billedAfterCancellation(scheduleOf(row), period, { at, end: msOrNull(row.ends_at) }),
    from: unusedFrom(row, at),
  })
}

/** While paused, an end that is set or taken back changes what it waits for. */
function dueAnew(row: DueRow): void {
  if (row.status === 'PAUSED') awaitWhilePaused(row)
}

/** Takes a cancellation back that has not taken effect yet. */
export async function uncancelSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<Subscription> {
  const row = await lockUpToDate(deps, tx, environmentId, id)
  if (row.status === 'CANCELED') throw new Refusal('subscription_already_canceled')
  if (row.cancel_at === null) throw new Refusal('subscription_not_canceling')

  row.cancel_at = null
  row.cancel_reason = null
  dueAnew(row)
  return save(deps, tx, row)
}

/** Ends subscriptions at this moment, and gives the first of them. What they had yet to pay in arrears is not charged. */
export function endSubscriptions(
  deps: Deps,
  tx: Tx,
  rows: readonly [DueRow, ...DueRow[]],
  dueAfter: string | null = null,
): Subscription {
  const now = isoInstant(tx.now)
  for (const row of rows) {
    row.status = 'CANCELED'
    row.canceled_at = now
    row.due_at = dueAfter
    row.updated_at = now
  }
  saveAll(tx, rows)
  countEnded(tx, rows)
  recordEventsAcross(
    tx,
    deps,
    rows.map((row) => factOf(row, 'subscription.canceled')),
  )
  return presentSubscription(rows[0])
}

function save(deps: Deps, tx: Tx, row: DueRow): Subscription {
  row.updated_at = isoInstant(tx.now)
  saveAll(tx, [row])
  recordEventsAcross(tx, deps, [factOf(row, 'subscription.updated')])
  return presentSubscription(row)
}
