import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import {
  type Invoice,
  findInvoice,
  lockInvoices,
  presentInvoice,
  writeOffInvoices,
} from '../invoices/index.ts'
import { withdrawPayments } from '../payments/index.ts'
import { lockSubscriptions } from './find.ts'
import { reactivate } from './standing.ts'

/**
 * Gives up what is still owed on an invoice, for good. A payment that was intended is withdrawn; one under way is
 * refused, for its money may be on its way. A subscription that was only PAST_DUE for this invoice is ACTIVE again.
 */
export async function markUncollectible(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<Invoice> {
  const found = await findInvoice(tx, environmentId, id)
  const subscriptionIds = found.subscription_id === null ? [] : [found.subscription_id]
  await lockSubscriptions(tx, environmentId, subscriptionIds)
  await lockInvoices(tx, environmentId, [found.id])
  await withdrawPayments(deps, tx, environmentId, [found.id])
  const [row] = await writeOffInvoices(deps, tx, environmentId, [found.id])
  if (!row) throw new Error('a locked invoice vanished')
  await reactivate(deps, tx, environmentId, subscriptionIds, tx.now)
  return presentInvoice(deps, row)
}
