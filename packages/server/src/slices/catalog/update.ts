import type { Tx } from '../../db/transaction.ts'
import { Refusal } from '../../refusal.ts'
import { findPlan } from './find.ts'
import { presentPlan } from './present.ts'
import type { Plan, UpdatePlan } from './schema.ts'
import { type PlanRow, deletePlan, deletePrices, isSubscribed, lockPlan, planById, savePlan } from './sql.ts'

/** Changes what a plan says and whether it can be subscribed to; never what its subscriptions pay. */
export async function updatePlan(tx: Tx, environmentId: string, id: string, input: UpdatePlan): Promise<Plan> {
  const current = await lockedPlan(tx, environmentId, id)

  const saved: PlanRow = {
    ...current,
    name: input.name ?? current.name,
    description: input.description === undefined ? current.description : input.description,
    features: input.features ?? current.features,
    is_active: input.isActive ?? current.is_active,
    net_payment_terms:
      input.netPaymentTerms === undefined ? current.net_payment_terms : input.netPaymentTerms,
    metadata: input.metadata ?? current.metadata,
    updated_at: tx.now,
  }
  tx.defer(
    savePlan(
      environmentId,
      saved.id,
      saved.name,
      saved.description,
      saved.features,
      saved.is_active,
      saved.net_payment_terms,
      JSON.stringify(saved.metadata),
      saved.updated_at,
    ),
  )
  return presentPlan(saved)
}

/** Removes a plan that nothing was ever subscribed to. */
export async function removePlan(tx: Tx, environmentId: string, id: string): Promise<void> {
  const current = await lockedPlan(tx, environmentId, id)
  const [found] = await tx.query(isSubscribed(environmentId, current.id))
  if (found?.used) throw new Refusal('plan_in_use')

  tx.defer(deletePrices(environmentId, current.id))
  tx.defer(deletePlan(environmentId, current.id))
}

/** A plan that nobody else changes until this transaction ends. */
export async function lockedPlan(tx: Tx, environmentId: string, id: string): Promise<PlanRow> {
  const { id: uuid } = await findPlan(tx, environmentId, id)
  // Read again behind the lock: what was read before it may be old by now.
  const [, [row]] = await tx.queryAll([lockPlan(environmentId, uuid), planById(environmentId, uuid)])
  if (!row) throw new Refusal('plan_not_found')
  return row
}
