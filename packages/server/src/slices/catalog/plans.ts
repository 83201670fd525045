import type { Deps } from '../../deps.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { type Page, containing, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { presentPlan } from './present.ts'
import type { CreatePlan, ListPlans, Plan, UpdatePlan } from './schema.ts'
import {
  type AmountIn,
  type PlanRow,
  deleteCharges,
  deletePlan,
  deletePrices,
  insertPlan,
  insertPrices,
  lockPlan,
  planById,
  planColumns,
  planIsUsed,
  planSelect,
  savePlan,
} from './sql.ts'

/** Makes a plan with its prices, one a currency. Refuses a code that another plan has. */
export async function createPlan(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreatePlan,
): Promise<Plan> {
  const money = new MoneyReader()
  const prices = amountsIn(money, 'prices', input.prices).map((price) => ({ id: deps.ids.next(), ...price }))
  const commitments = amountsIn(money, 'minimumCommitment', input.minimumCommitment)
  const thresholds = amountsIn(money, 'progressiveBillingThreshold', input.progressiveBillingThreshold)
  for (const [index, { minor }] of thresholds.entries()) {
    if (minor === 0n)
      money.faults.push({ path: `progressiveBillingThreshold[${index}].amount`, message: 'must be above 0' })
  }
  if (money.faults.length > 0) throw invalid(...money.faults)

  const row: PlanRow = {
    id: deps.ids.next(),
    name: input.name,
    code: input.code,
    description: input.description ?? null,
    billing_interval: input.billingInterval,
    interval_count: input.intervalCount ?? 1,
    billing_timing: input.billingTiming ?? 'IN_ADVANCE',
    features: input.features ?? [],
    trial_days: input.trialDays ?? 0,
    net_payment_terms: input.netPaymentTerms ?? null,
    invoice_grace_days: input.invoiceGracePeriodDays ?? null,
    minimum_commitment: storedAmounts(commitments),
    progressive_threshold: storedAmounts(thresholds),
    is_active: true,
    metadata: input.metadata ?? {},
    created_at: tx.now,
    updated_at: tx.now,
    prices: prices.map(({ id, currency, minor }) => ({
      id,
      currency,
      amount_minor: String(minor),
      created_at: isoInstant(tx.now),
    })),
  }
  tx.defer(
    insertPlan(
      environmentId,
      row.id,
      row.name,
      row.code,
      row.description,
      row.billing_interval,
      row.interval_count,
      row.billing_timing,
      row.features,
      row.trial_days,
      row.net_payment_terms,
      JSON.stringify(row.metadata),
      row.created_at,
      row.invoice_grace_days,
      JSON.stringify(row.minimum_commitment),
      JSON.stringify(row.progressive_threshold),
    ),
  )
  tx.defer(
    insertPrices(
      environmentId,
      row.id,
      prices.map(({ id }) => id),
      prices.map(({ currency }) => currency),
      prices.map(({ minor }) => minor),
      tx.now,
    ),
  )
  return presentPlan(row)
}

/** Amounts by currency, one each. */
export function amountsIn(
  money: MoneyReader,
  field: 'prices' | 'minimumCommitment' | 'progressiveBillingThreshold',
  amounts: CreatePlan['prices'] = [],
): { currency: string; minor: bigint }[] {
  const currencies = new Set<string>()
  return amounts.map(({ currency, amount }, index) => {
    if (currencies.has(currency)) {
      money.faults.push({
        path: `${field}[${index}].currency`,
        message: 'is there twice: a plan has one a currency',
      })
    }
    currencies.add(currency)
    return { currency, minor: money.read(`${field}[${index}].amount`, currency, amount) }
  })
}

function storedAmounts(amounts: readonly { currency: string; minor: bigint }[]): AmountIn[] {
  return amounts.map(({ currency, minor }) => ({ currency, minor: String(minor) }))
}

/** Changes what a plan is called and says. What its subscriptions pay never changes with it. */
export async function updatePlan(
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdatePlan,
): Promise<Plan> {
  const current = await lockPlanById(tx, environmentId, id)
  const saved: PlanRow = {
    ...current,
    name: input.name ?? current.name,
    description: input.description === undefined ? current.description : input.description,
    features: input.features ?? current.features,
    is_active: input.isActive ?? current.is_active,
    net_payment_terms:
      input.netPaymentTerms === undefined ? current.net_payment_terms : input.netPaymentTerms,
    invoice_grace_days:
      input.invoiceGracePeriodDays === undefined ? current.invoice_grace_days : input.invoiceGracePeriodDays,
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
      saved.invoice_grace_days,
    ),
  )
  return presentPlan(saved)
}

/** Removes a plan that no subscription ever had. */
export async function removePlan(tx: Tx, environmentId: string, id: string): Promise<void> {
  const plan = await lockPlanById(tx, environmentId, id)
  const [found] = await tx.query(planIsUsed(environmentId, plan.id))
  if (found?.used) throw new Refusal('plan_in_use')

  tx.defer(deleteCharges(environmentId, plan.id))
  tx.defer(deletePrices(environmentId, plan.id))
  tx.defer(deletePlan(environmentId, plan.id))
}

/** A plan by its id. */
export async function findPlan(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<PlanRow> {
  const stored = parseId('plan', id)
  const [row] = stored === undefined ? [] : await reader.query(planById(environmentId, stored))
  if (!row) throw new Refusal('plan_not_found')
  return row
}

export async function lockPlanById(tx: Tx, environmentId: string, id: string): Promise<PlanRow> {
  const stored = parseId('plan', id)
  const [row] = stored === undefined ? [] : await tx.query(lockPlan(environmentId, stored))
  if (!row) throw new Refusal('plan_not_found')
  return row
}

/** A page of plans, newest first. */
export function listPlans(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListPlans,
): Promise<Page<Plan>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`]
  if (query.isActive !== undefined) where.push(fragment`is_active = ${query.isActive}`)
  if (query.search !== undefined) {
    const pattern = containing(query.search)
    where.push(fragment`(name ilike ${pattern} or code ilike ${pattern})`)
  }
  return listPage({
    deps,
    reader,
    name: 'catalog.plans',
    from: 'plans',
    select: planSelect,
    columns: planColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentPlan,
  })
}
