import type { Reader } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import {
  type AppliedAddOn,
  type ListApplied,
  appliedColumns,
  appliedSelect,
  presentApplied,
} from '../add-ons/index.ts'
import { findCustomer } from '../customers/index.ts'

/** A page of add-ons that customers were charged for or will be, newest first. An unknown customer is refused. */
export async function listApplied(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListApplied,
): Promise<Page<AppliedAddOn>> {
  const { customerId, subscriptionId } = query
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  if (subscriptionId !== undefined)
    where.push(fragment`subscription_id = ${parseId('subscription', subscriptionId) ?? null}::uuid`)
  return listPage({
    deps,
    reader,
    name: 'add_ons.list_applied',
    from: 'applied_add_ons',
    select: appliedSelect,
    columns: appliedColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at,
    present: presentApplied,
  })
}
