import { type EventType, recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { billDue, factOf, saveAll } from './bill.ts'
import { presentSubscription } from './present.ts'
import type { Subscription } from './schema.ts'
import { type DueRow, subscriptionById } from './sql.ts'
import { reactivate } from './standing.ts'
import { saveTermsOf } from './terms.ts'

/**
 * Writes a changed row down, bills what that makes due, and announces the change with the row as it is then. One that
 * was only PAST_DUE for what has been credited is ACTIVE again.
 */
export async function concludeChange(
  deps: Deps,
  tx: Tx,
  row: DueRow,
  type: EventType,
): Promise<Subscription> {
  row.updated_at = isoInstant(tx.now)
  saveAll(tx, [row])
  saveTermsOf(tx, [row])
  await billDue(deps, tx, [row], { until: tx.now })
  recordEventsAcross(tx, deps, [factOf(row, type)])
  if (row.status !== 'PAST_DUE') return presentSubscription(row)
  await reactivate(deps, tx, row.environment_id, [row.id], tx.now)
  const [saved] = await tx.query(subscriptionById(row.environment_id, row.id))
  if (!saved) throw new Error('a locked subscription vanished')
  return presentSubscription(saved)
}
