import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { billDue } from './bill.ts'
import {
  type DueRow,
  type SubscriptionRow,
  killedReason,
  lockSubscriptionsByIds,
  subscriptionById,
} from './sql.ts'

/** A subscription by its public id. */
export async function findSubscription(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<SubscriptionRow> {
  const uuid = parseId('subscription', id)
  const [row] = uuid === undefined ? [] : await reader.query(subscriptionById(environmentId, uuid))
  if (!row) throw new Refusal('subscription_not_found')
  return row
}

/** Subscriptions, held against any other change until the transaction ends. Lock them before their invoices. */
export function lockSubscriptions(tx: Tx, environmentId: string, ids: readonly string[]): Promise<DueRow[]> {
  return tx.query(lockSubscriptionsByIds(environmentId, ids))
}

/**
 * A subscription, locked, as it stands at this moment: what has fallen due by now has been billed, so that a change
 * meets the period it is meant for even where the billing run is late. One that could not be billed is tried once more,
 * so that it pays for what it had; where that fails again, it is given as it is.
 */
export async function lockUpToDate(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<DueRow> {
  const uuid = parseId('subscription', id)
  const lock = async (): Promise<DueRow> => {
    const [row] = uuid === undefined ? [] : await lockSubscriptions(tx, environmentId, [uuid])
    if (!row) throw new Refusal('subscription_not_found')
    return row
  }
  const row = await lock()
  tx.notBefore(Temporal.Instant.from(row.updated_at))
  const bill = async (): Promise<void> => {
    for (let last: string | null = null; isBehind(row, tx.now) && row.due_at !== last;) {
      last = row.due_at
      await billDue(deps, tx, [row], { until: tx.now })
    }
  }
  if (row.attempt === 0) await bill()
  else if (row.parked_reason !== killedReason) {
    const error = await tx.attempt(bill)
    if (error === undefined) return row
    deps.log.warn(
      { err: error, subscription: id },
      'a subscription still cannot be billed, and is changed as it is',
    )
    return lock()
  }
  return row
}

/**
 * The same, for a change of what it pays. Refuses one that is canceled, and one that could not be billed up to now: what
 * it would change is not there yet.
 */
export async function lockToChange(deps: Deps, tx: Tx, environmentId: string, id: string): Promise<DueRow> {
  const row = await lockUpToDate(deps, tx, environmentId, id)
  if (row.status === 'CANCELED') throw new Refusal('subscription_already_canceled')
  if (isBehind(row, tx.now)) throw new Refusal('subscription_behind')
  return row
}

/** Whether something of it is due that has not been billed. */
export function isBehind({ due_at: dueAt }: DueRow, now: Temporal.Instant): boolean {
  return dueAt !== null && Date.parse(dueAt) <= now.epochMilliseconds
}
