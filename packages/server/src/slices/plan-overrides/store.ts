import { isDeepStrictEqual } from 'node:util'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { tooMuchMinor } from '../../http/money-input.ts'
import { Refusal, invalid } from '../../refusal.ts'
import type { PlanRow } from '../catalog/index.ts'
import { lockCustomer } from '../customers/index.ts'
import { reviseCharges } from '../charges/index.ts'
import type { Own } from './read.ts'
import {
  type OverrideRow,
  chargePricesOf,
  holdSubscriptions,
  insertOwnCharges,
  insertOwnPrices,
  moveSubscriptions,
  retireOwnPrices,
} from './sql.ts'

type Change = {
  readonly environmentId: string
  readonly customerId: string
  /** Held by the transaction. */
  readonly plan: PlanRow
  readonly was: Pick<OverrideRow, 'prices' | 'charges'>
  readonly own: Own
  readonly isApplied: boolean
}

/**
 * Writes what a customer pays from now on: the prices that have changed are retired, for their subscriptions keep them,
 * and charges have a next version. Applied, the subscriptions that the customer has are to have it all from their next
 * periods on; where that leaves one without a price in its currency, it is refused.
 */
export async function storeOwn(
  deps: Deps,
  tx: Tx,
  change: Change,
): Promise<Pick<OverrideRow, 'prices' | 'charges'>> {
  const { environmentId, customerId, plan, was, own, isApplied } = change
  const prices = own.prices.map(({ currency, minor, commitment }) => {
    const [amount, least] = [String(minor), commitment === null ? null : String(commitment)]
    const same = was.prices.find(
      (one) => one.currency === currency && one.minor === amount && one.commitment === least,
    )
    return same ?? { id: deps.ids.next(), currency, minor: amount, commitment: least }
  })
  const retired = was.prices.filter((one) => !prices.includes(one))
  const added = prices.filter((one) => !was.prices.includes(one))
  if (retired.length > 0)
    tx.defer(
      retireOwnPrices(
        environmentId,
        retired.map(({ id }) => id),
        tx.now,
      ),
    )
  if (added.length > 0)
    tx.defer(
      insertOwnPrices(
        environmentId,
        plan.id,
        customerId,
        added.map(({ id }) => id),
        added.map(({ currency }) => currency),
        added.map(({ minor }) => BigInt(minor)),
        added.map(({ commitment }) => (commitment === null ? null : BigInt(commitment))),
        tx.now,
      ),
    )
  await storeCharges(tx, change)
  if (isApplied) await applyOwn(tx, change, prices)
  return { prices, charges: own.charges }
}

/** Versions of the charges whose prices are others now, and of all where they are to hold for what is there. */
async function storeCharges(
  tx: Tx,
  { environmentId, customerId, plan, was, own, isApplied }: Change,
): Promise<void> {
  const removed = was.charges.filter(({ id }) => !own.charges.some((one) => one.id === id))
  const versions = [
    ...own.charges.filter(
      ({ id, prices }) =>
        isApplied || !isDeepStrictEqual(was.charges.find((one) => one.id === id)?.prices, prices),
    ),
    ...removed.map(({ id }) => ({ id, prices: [] })),
  ]
  if (versions.length === 0) return
  const [revised] = await tx.query(reviseCharges(environmentId, plan.id))
  if (!revised) throw new Refusal('plan_not_found')
  tx.defer(
    insertOwnCharges(
      environmentId,
      revised.revision,
      customerId,
      versions.map(({ id }) => id),
      versions.map(({ prices }) => JSON.stringify(prices)),
      isApplied,
      tx.now,
    ),
  )
}

async function applyOwn(
  tx: Tx,
  { environmentId, customerId, plan, was, own }: Change,
  prices: OverrideRow['prices'],
): Promise<void> {
  const held = await tx.query(holdSubscriptions(environmentId, customerId, plan.id))
  const again = plan.prices.map(({ id, currency, amount_minor: minor }) => ({ id, currency, minor }))
  const targets = new Map(
    [...again.filter(({ currency }) => was.prices.some((one) => one.currency === currency)), ...prices].map(
      (price) => [price.currency, price],
    ),
  )
  for (const { currency, most } of held) {
    const target = targets.get(currency)
    if (!target && was.prices.some((one) => one.currency === currency)) throw new Refusal('plan_has_no_price')
    if (target && BigInt(target.minor) * BigInt(most) >= tooMuchMinor)
      throw invalid({
        path: 'prices',
        message: `make an amount of more than 15 digits for a subscription of ${most}`,
      })
  }
  await refuseUnpricedUse(
    tx,
    environmentId,
    { was, own },
    held.map(({ currency }) => currency),
  )
  // A subscription that is being made is waited for. Customers come after their subscriptions, as in a billing run.
  await tx.query(lockCustomer(environmentId, customerId))
  tx.defer(
    moveSubscriptions(
      environmentId,
      customerId,
      plan.id,
      [...targets.keys()],
      [...targets.values()].map(({ id }) => id),
      tx.now,
    ),
  )
}

/** None may use for nothing what others pay: a charge that was the customer's own must have a price for all, or again. */
async function refuseUnpricedUse(
  tx: Tx,
  environmentId: string,
  { was, own }: Pick<Change, 'was' | 'own'>,
  currencies: readonly string[],
): Promise<void> {
  if (was.charges.length === 0 || currencies.length === 0) return
  const forAll = await tx.query(
    chargePricesOf(
      environmentId,
      was.charges.map(({ id }) => id),
    ),
  )
  for (const { id, prices } of forAll) {
    const priced = [...prices, ...(own.charges.find((one) => one.id === id)?.prices ?? [])]
    if (currencies.some((currency) => !priced.some((price) => price.currency === currency)))
      throw new Refusal('charge_has_no_price')
  }
}
