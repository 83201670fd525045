import type { Tx } from '../../db/transaction.ts'
import { Refusal } from '../../refusal.ts'
import type { ApplyTo } from './schema.ts'
import { type ChargeRow, currenciesInUse, insertVersion, reviseCharges } from './sql.ts'

/**
 * Writes the next version of a charge. Applied to subscriptions that are there, it must have a price in the currency of
 * each of them, for none may use for nothing what others pay.
 */
export async function storeVersion(
  tx: Tx,
  environmentId: string,
  row: ChargeRow,
  { applyToExisting, isRemoved }: ApplyTo & { isRemoved: boolean },
): Promise<void> {
  const [revised] = await tx.query(reviseCharges(environmentId, row.plan_id))
  if (!revised) throw new Refusal('plan_not_found')
  if (applyToExisting && !isRemoved) {
    const used = await tx.query(currenciesInUse(environmentId, row.plan_id))
    const missing = used.filter(({ currency }) => !row.prices.some((price) => price.currency === currency))
    if (missing.length > 0) {
      throw new Refusal(
        'charge_has_no_price',
        `This charge has no price in ${missing.map(({ currency }) => currency).join(', ')}, which subscriptions of its plan pay in.`,
      )
    }
  }
  row.revision = revised.revision
  tx.defer(
    insertVersion(
      environmentId,
      row.id,
      row.revision,
      row.display_name,
      JSON.stringify(row.prices),
      JSON.stringify(row.filters),
      applyToExisting !== undefined,
      isRemoved,
      tx.now,
    ),
  )
}
