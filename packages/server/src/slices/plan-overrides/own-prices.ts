import type { Tx } from '../../db/transaction.ts'
import type { PlanRow } from '../catalog/index.ts'
import { type OwnPriceRow, ownPrices } from './sql.ts'

/** A plan as a customer has it: with its own prices and minimum commitments in place of the plan's. */
export async function planFor(
  tx: Tx,
  environmentId: string,
  plan: PlanRow,
  customerId: string,
): Promise<PlanRow> {
  return withOwnPrices(plan, await tx.query(ownPrices(environmentId, plan.id, customerId)))
}

/** Puts a customer's own prices, and the minimum commitments that come with them, in place of a plan's. */
export function withOwnPrices(plan: PlanRow, own: readonly OwnPriceRow[]): PlanRow {
  if (own.length === 0) return plan
  const has = (currency: string, of: readonly OwnPriceRow[]): boolean =>
    of.some((price) => price.currency === currency)
  const committed = own.filter((price) => price.commitment_minor !== null)
  return {
    ...plan,
    prices: [
      ...plan.prices.filter(({ currency }) => !has(currency, own)),
      ...own.map(({ id, currency, minor, created_at }) => ({
        id,
        currency,
        amount_minor: String(minor),
        created_at,
      })),
    ],
    minimum_commitment: [
      ...plan.minimum_commitment.filter(({ currency }) => !has(currency, committed)),
      ...committed.map(({ currency, commitment_minor: minor }) => ({ currency, minor: String(minor) })),
    ],
  }
}
