import { recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { factOf } from './bill.ts'
import { concludeChange } from './changed.ts'
import { methodId, refuseTooMuch } from './create.ts'
import { lockToChange, lockUpToDate } from './find.ts'
import { presentSubscription } from './present.ts'
import { changeQuantity } from './quantity.ts'
import type { Subscription, UpdateSubscription } from './schema.ts'
import { saveProfile } from './sql.ts'

/**
 * Changes the quantity from now on, how it is paid, and metadata. A change of plan that is pending keeps the new
 * quantity. Refuses another quantity of what is paused.
 */
export async function updateSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateSubscription,
): Promise<Subscription> {
  const row = await (input.quantity === undefined
    ? lockUpToDate(deps, tx, environmentId, id)
    : lockToChange(deps, tx, environmentId, id))
  if (row.status === 'CANCELED') throw new Refusal('subscription_already_canceled')
  if (input.paymentMethodId !== undefined) {
    row.payment_method_id = await methodId(tx, environmentId, row.customer_id, input.paymentMethodId)
  }
  row.metadata = input.metadata ?? row.metadata
  row.updated_at = isoInstant(tx.now)
  tx.defer(
    saveProfile(environmentId, row.id, row.payment_method_id, JSON.stringify(row.metadata), row.updated_at),
  )
  const { quantity } = input
  if (quantity !== undefined && quantity !== row.quantity) {
    if (row.status === 'PAUSED') throw new Refusal('subscription_paused')
    refuseTooMuch(row.price_minor, quantity)
    await changeQuantity(deps, tx, row, quantity)
    if (row.pending_quantity !== null) row.pending_quantity = quantity
    return concludeChange(deps, tx, row, 'subscription.updated')
  }
  recordEventsAcross(tx, deps, [factOf(row, 'subscription.updated')])
  return presentSubscription(row)
}
