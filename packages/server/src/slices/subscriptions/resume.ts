import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { billDue } from './bill.ts'
import { lockToChange } from './find.ts'
import { isoMs } from './instants.ts'
import { presentSubscription } from './present.ts'
import type { Subscription } from './schema.ts'

/**
 * Ends a pause. Within the period it was paused in, it goes on, and what had been credited of the rest is invoiced from
 * this day on; after it, a new period starts now, and what was used before the pause is invoiced with it. A change of plan that would have come meanwhile comes with it.
 */
export async function resumeSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<Subscription> {
  const row = await lockToChange(deps, tx, environmentId, id)
  if (row.status !== 'PAUSED') throw new Refusal('subscription_not_paused')

  // What would come of itself then comes now.
  row.resume_at = isoMs(tx.now.epochMilliseconds)
  row.due_at = row.resume_at
  await billDue(deps, tx, [row], { until: tx.now })
  return presentSubscription(row)
}
