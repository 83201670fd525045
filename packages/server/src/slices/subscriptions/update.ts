import { recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { factOf } from './bill.ts'
import { methodId } from './create.ts'
import { lockUpToDate } from './find.ts'
import { presentSubscription } from './present.ts'
import type { Subscription, UpdateSubscription } from './schema.ts'
import { saveProfile } from './sql.ts'

/** Changes what does not change the price: how it is paid, and metadata. */
export async function updateSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateSubscription,
): Promise<Subscription> {
  const row = await lockUpToDate(deps, tx, environmentId, id)
  if (row.status === 'CANCELED') throw new Refusal('subscription_already_canceled')
  if (input.paymentMethodId !== undefined) {
    row.payment_method_id = await methodId(tx, environmentId, row.customer_id, input.paymentMethodId)
  }
  row.metadata = input.metadata ?? row.metadata
  row.updated_at = isoInstant(tx.now)
  tx.defer(
    saveProfile(environmentId, row.id, row.payment_method_id, JSON.stringify(row.metadata), row.updated_at),
  )
  recordEventsAcross(tx, deps, [factOf(row, 'subscription.updated')])
  return presentSubscription(row)
}
