import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { parseId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { presentPrice } from './present.ts'
import type { CreatePrice, Price, UpdatePrice } from './schema.ts'
import { type PlanRow, insertPrices, lockPrice, retirePrice, touchPlan } from './sql.ts'
import { lockedPlan } from './update.ts'

/** Adds a price in a currency that the plan has none in. */
export async function addPrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  planId: string,
  input: CreatePrice,
): Promise<Price> {
  const minor = readAmount(input.currency, input.amount)
  const plan = await lockedPlan(tx, environmentId, planId)
  if (plan.prices.some(({ currency }) => currency === input.currency)) throw new Refusal('price_currency_taken')

  return newPrice(deps, tx, environmentId, plan, input.currency, minor)
}

/**
 * Changes what new subscriptions pay. A price never changes itself, because subscriptions hold on to it: it is
 * retired, and the answer is its successor with an id of its own.
 */
export async function changePrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  path: { id: string; priceId: string },
  input: UpdatePrice,
): Promise<Price> {
  const plan = await lockedPlan(tx, environmentId, path.id)
  const current = await lockedPrice(tx, environmentId, plan, path.priceId)
  const minor = readAmount(current.currency, input.amount)
  if (minor === current.amount_minor) {
    return presentPrice({ id: current.id, currency: current.currency, minor: String(minor) })
  }
  tx.defer(retirePrice(environmentId, current.id, tx.now))
  return newPrice(deps, tx, environmentId, plan, current.currency, minor)
}

/** Retires a price: no new subscription can have it, and those that have it keep it. */
export async function removePrice(
  tx: Tx,
  environmentId: string,
  path: { id: string; priceId: string },
): Promise<void> {
  const plan = await lockedPlan(tx, environmentId, path.id)
  const current = await lockedPrice(tx, environmentId, plan, path.priceId)
  tx.defer(retirePrice(environmentId, current.id, tx.now))
  tx.defer(touchPlan(environmentId, plan.id, tx.now))
}

async function lockedPrice(
  tx: Tx,
  environmentId: string,
  plan: PlanRow,
  priceId: string,
): Promise<{ id: string; currency: string; amount_minor: bigint }> {
  const uuid = parseId('price', priceId)
  const [row] = uuid === undefined ? [] : await tx.query(lockPrice(environmentId, plan.id, uuid))
  if (!row) throw new Refusal('price_not_found')
  return row
}

function newPrice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  plan: PlanRow,
  currency: string,
  minor: bigint,
): Price {
  const id = deps.ids.next()
  tx.defer(insertPrices(environmentId, plan.id, [id], [currency], [minor], tx.now))
  tx.defer(touchPlan(environmentId, plan.id, tx.now))
  return presentPrice({ id, currency, minor: String(minor) })
}

function readAmount(currency: string, amount: number | string): bigint {
  const reader = new MoneyReader()
  const minor = reader.read('amount', currency, amount)
  if (minor < 0n) reader.faults.push({ path: 'amount', message: 'must be >= 0' })
  if (reader.faults.length > 0) throw invalid(...reader.faults)
  return minor
}
