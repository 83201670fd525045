import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { findPlan } from '../catalog/index.ts'
import { findCustomer } from '../customers/index.ts'
import { presentSubscription } from './present.ts'
import type { ListSubscriptions, Subscription } from './schema.ts'
import { subscriptionColumns, subscriptionSelect } from './sql.ts'

/** A page of subscriptions, newest first. An unknown customer or plan is refused. */
export async function listSubscriptions(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListSubscriptions,
): Promise<Page<Subscription>> {
  const { status, customerId, planId } = query
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (status !== undefined) where.push(fragment`status = ${status}`)
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  if (planId !== undefined) {
    const { id } = await findPlan(reader, environmentId, planId)
    where.push(fragment`plan_id = ${id}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'subscriptions.list',
    from: 'subscriptions',
    select: subscriptionSelect,
    columns: subscriptionColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at,
    present: presentSubscription,
  })
}
