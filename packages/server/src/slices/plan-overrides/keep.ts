import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { type PlanRow, findPlan } from '../catalog/index.ts'
import { findCustomer } from '../customers/index.ts'
import { presentOverride } from './present.ts'
import { nothing, ownOf, readOwn } from './read.ts'
import type {
  ApplyOwn,
  CreatePlanOverride,
  ListPlanOverrides,
  PlanOverride,
  UpdatePlanOverride,
} from './schema.ts'
import {
  type OverrideRow,
  deleteOverride,
  holdPlan,
  insertOverride,
  overrideById,
  overrideColumns,
  overrideSelect,
  touchOverride,
} from './sql.ts'
import { storeOwn } from './store.ts'

/**
 * Gives a customer prices of its own for a plan. New subscriptions have them at once, and what the customer has already
 * only where that is applied, from its next period on. Refuses a customer that is archived or has prices of its own for
 * the plan already.
 */
export async function createPlanOverride(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  { customerId, planId, ...input }: CreatePlanOverride,
  { applyToExisting }: ApplyOwn,
): Promise<PlanOverride> {
  const customer = await findCustomer(tx, environmentId, customerId)
  const plan = await hold(tx, environmentId, planId)
  if (customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  const own = await readOwn(tx, environmentId, plan, { input, was: nothing })
  const id = deps.ids.next()
  tx.defer(insertOverride(environmentId, id, customer.id, plan.id, tx.now))
  const stored = await storeOwn(deps, tx, {
    environmentId,
    customerId: customer.id,
    plan,
    was: { prices: [], charges: [] },
    own,
    isApplied: applyToExisting !== undefined,
  })
  return presentOverride({
    id,
    customer_id: customer.id,
    plan_id: plan.id,
    created_at: tx.now,
    updated_at: tx.now,
    ...stored,
  })
}

/** Changes a customer's own prices, list by list, for new subscriptions; for the others where that is applied. */
export async function updatePlanOverride(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdatePlanOverride,
  { applyToExisting }: ApplyOwn,
): Promise<PlanOverride> {
  const { row, plan } = await holdOverride(tx, environmentId, id)
  const own = await readOwn(tx, environmentId, plan, { input, was: ownOf(row) })
  const stored = await storeOwn(deps, tx, {
    environmentId,
    customerId: row.customer_id,
    plan,
    was: row,
    own,
    isApplied: applyToExisting !== undefined,
  })
  tx.defer(touchOverride(environmentId, row.id, tx.now))
  return presentOverride({ ...row, ...stored, updated_at: tx.now })
}

/** Ends a customer's own prices. Subscriptions that have them keep them, unless the plan's are applied. */
export async function removePlanOverride(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  { applyToExisting }: ApplyOwn,
): Promise<void> {
  const { row, plan } = await holdOverride(tx, environmentId, id)
  await storeOwn(deps, tx, {
    environmentId,
    customerId: row.customer_id,
    plan,
    was: row,
    own: nothing,
    isApplied: applyToExisting !== undefined,
  })
  tx.defer(deleteOverride(environmentId, row.id))
}

/** A customer's own prices by their id. */
export async function findPlanOverride(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<OverrideRow> {
  const stored = parseId('planOverride', id)
  const [row] = stored === undefined ? [] : await reader.query(overrideById(environmentId, stored))
  if (!row) throw new Refusal('plan_override_not_found')
  return row
}

/** A page of customers' own prices, newest first. */
export async function listPlanOverrides(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListPlanOverrides,
): Promise<Page<PlanOverride>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.customerId !== undefined) {
    const { id } = await findCustomer(reader, environmentId, query.customerId)
    where.push(fragment`customer_id = ${id}::uuid`)
  }
  if (query.planId !== undefined) {
    const { id } = await findPlan(reader, environmentId, query.planId)
    where.push(fragment`plan_id = ${id}::uuid`)
  }
  return listPage({
    deps,
    reader,
    name: 'plan_overrides.list',
    from: 'plan_overrides',
    select: overrideSelect,
    columns: overrideColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentOverride,
  })
}

/** A plan whose prices, and those of its customers, stay as they are until the commit. */
async function hold(tx: Tx, environmentId: string, id: string): Promise<PlanRow> {
  const stored = parseId('plan', id)
  if (stored !== undefined) await tx.query(holdPlan(environmentId, stored))
  return findPlan(tx, environmentId, id)
}

async function holdOverride(
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<{ row: OverrideRow; plan: PlanRow }> {
  const found = await findPlanOverride(tx, environmentId, id)
  const plan = await hold(tx, environmentId, publicId('plan', found.plan_id))
  return { row: await findPlanOverride(tx, environmentId, id), plan }
}
