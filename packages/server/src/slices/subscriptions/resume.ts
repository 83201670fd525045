import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { issueAndCollect } from './bill.ts'
import { concludeChange } from './changed.ts'
import { lockToChange } from './find.ts'
import { resumeRow } from './resume-row.ts'
import type { Subscription } from './schema.ts'
import { applyPending, isChangeDue, pendingTerms } from './terms.ts'

/**
 * Ends a pause. Within the period it was paused in, it goes on, and what had been credited of the rest is invoiced from
 * this day on; after it, a new period starts now. A change of plan that would have come meanwhile comes with it.
 */
export async function resumeSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<Subscription> {
  const row = await lockToChange(deps, tx, environmentId, id)
  if (row.status !== 'PAUSED') throw new Refusal('subscription_not_paused')

  const now = tx.now.epochMilliseconds
  const terms = (await pendingTerms(tx, [row], now)).get(row)
  if (terms && isChangeDue(row, now)) applyPending(row, terms, now)
  const draft = resumeRow(row, now)
  if (draft) await issueAndCollect(deps, tx, [draft], [row])
  return concludeChange(deps, tx, row, 'subscription.resumed')
}
