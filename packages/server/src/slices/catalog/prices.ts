import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { MoneyReader, tooMuchMinor } from '../../http/money-input.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { lockPlanById } from './plans.ts'
import { presentPlan } from './present.ts'
import type { ApplyToExisting, Plan } from './schema.ts'
import { type PlanPrice, type PlanRow, insertPrices, mostUnits, retirePrice, succeedPrices } from './sql.ts'

/** Adds a price in a currency that the plan has none in. `applyToExisting`: subscriptions in it get it with their next period. */
export async function addPrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  planId: string,
  input: { currency: string; amount: number | string },
  applyToExisting?: ApplyToExisting,
): Promise<Plan> {
  const minor = readAmount(input.currency, input.amount)
  const plan = await lockPlanById(tx, environmentId, planId)
  if (plan.prices.some(({ currency }) => currency === input.currency))
    throw new Refusal('price_currency_taken')
  const added = storePrice(deps, tx, environmentId, plan, { currency: input.currency, minor })
  if (applyToExisting) await moveExisting(tx, environmentId, plan, added)
  return presentPlan({ ...plan, prices: [...plan.prices, added] })
}

/**
 * Sets another amount for new subscriptions. The price that was is retired; its subscriptions keep it, or with
 * `applyToExisting` get the new one with their next period.
 */
export async function changePrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ids: { planId: string; priceId: string },
  { amount, applyToExisting }: { amount: number | string; applyToExisting?: ApplyToExisting | undefined },
): Promise<Plan> {
  const plan = await lockPlanById(tx, environmentId, ids.planId)
  const current = priceOf(plan, ids.priceId)
  const minor = readAmount(current.currency, amount)
  tx.defer(retirePrice(environmentId, plan.id, current.id, tx.now))
  const successor = storePrice(deps, tx, environmentId, plan, { currency: current.currency, minor })
  if (applyToExisting) await moveExisting(tx, environmentId, plan, successor)
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

/**
 * Lets the subscriptions of a plan have a price from the next period that begins for each. However many they are, it is
 * a word on their prices, which the billing run reads. Refuses an amount that could not be told exactly for one of them.
 */
async function moveExisting(tx: Tx, environmentId: string, plan: PlanRow, price: PlanPrice): Promise<void> {
  tx.defer(succeedPrices(environmentId, plan.id, price.currency, price.id, tx.now))
  const [most] = await tx.query(mostUnits(environmentId, plan.id, price.currency))
  if (BigInt(price.amount_minor) * BigInt(most?.quantity ?? 0) >= tooMuchMinor) {
    throw invalid({
      path: 'amount',
      message: `makes an amount of more than 15 digits for a subscription of ${most?.quantity}`,
    })
  }
}

function readAmount(currency: string, amount: number | string): bigint {
  const money = new MoneyReader()
  const minor = money.read('amount', currency, amount)
  if (money.faults.length > 0) throw invalid(...money.faults)
  return minor
}
