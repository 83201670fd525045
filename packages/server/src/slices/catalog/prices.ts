import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { lockPlanById } from './plans.ts'
import { presentPlan } from './present.ts'
import type { Plan } from './schema.ts'
import { type PlanPrice, type PlanRow, insertPrices, retirePrice } from './sql.ts'

/** Adds a price in a currency that the plan has none in yet. */
export async function addPrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  planId: string,
  input: { currency: string; amount: number | string },
): Promise<Plan> {
  const minor = readAmount(input.currency, input.amount)
  const plan = await lockPlanById(tx, environmentId, planId)
  if (plan.prices.some(({ currency }) => currency === input.currency))
    throw new Refusal('price_currency_taken')
  const added = storePrice(deps, tx, environmentId, plan, { currency: input.currency, minor })
  return presentPlan({ ...plan, prices: [...plan.prices, added] })
}

/** Sets another amount for new subscriptions. The price that was is retired; its subscriptions keep it. */
export async function changePrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ids: { planId: string; priceId: string },
  amount: number | string,
): Promise<Plan> {
  const plan = await lockPlanById(tx, environmentId, ids.planId)
  const current = priceOf(plan, ids.priceId)
  const minor = readAmount(current.currency, amount)
  tx.defer(retirePrice(environmentId, plan.id, current.id, tx.now))
  const successor = storePrice(deps, tx, environmentId, plan, { currency: current.currency, minor })
  return presentPlan({ ...plan, prices: plan.prices.map((price) => (price === current ? successor : price)) })
}

/** Takes a price off the plan. Subscriptions that have it keep it. */
export async function removePrice(
  tx: Tx,
  environmentId: string,
  ids: { planId: string; priceId: string },
): Promise<void> {
  const plan = await lockPlanById(tx, environmentId, ids.planId)
  tx.defer(retirePrice(environmentId, plan.id, priceOf(plan, ids.priceId).id, tx.now))
}

function priceOf(plan: PlanRow, id: string): PlanPrice {
  const stored = parseId('price', id)
  const price = plan.prices.find((one) => one.id === stored)
  if (!price) throw new Refusal('price_not_found')
  return price
}

function storePrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  plan: PlanRow,
  { currency, minor }: { currency: string; minor: bigint },
): PlanPrice {
  const id = deps.ids.next()
  tx.defer(insertPrices(environmentId, plan.id, [id], [currency], [minor], tx.now))
  return { id, currency, amount_minor: String(minor), created_at: isoInstant(tx.now) }
}

function readAmount(currency: string, amount: number | string): bigint {
  const money = new MoneyReader()
  const minor = money.read('amount', currency, amount)
  if (money.faults.length > 0) throw invalid(...money.faults)
  return minor
}
