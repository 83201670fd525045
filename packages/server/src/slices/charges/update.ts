import type { Tx } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { invalid } from '../../refusal.ts'
import { metricsByIds } from '../metrics/index.ts'
import { filterFaults } from './create.ts'
import { findCharge } from './find.ts'
import { presentCharge } from './present.ts'
import { readPrices, withMinimum } from './read-prices.ts'
import type { ApplyTo, Charge, UpdateCharge } from './schema.ts'
import { archiveCharge } from './sql.ts'
import { storeVersion } from './version.ts'

/**
 * Changes what a charge costs, counts or is called: for new subscriptions and those that change their plan, and from
 * their next period on for the others where it is applied to them. A period is priced as it was when it began.
 */
export async function updateCharge(
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateCharge,
  options: ApplyTo,
): Promise<Charge> {
  const row = await findCharge(tx, environmentId, id)
  const [metric] = await tx.query(metricsByIds(environmentId, [row.billable_metric_id]))
  if (!metric) throw new Error(`charge ${row.id} has no metric`)
  const money = new MoneyReader()
  if (input.prices) {
    const { prices, faults } = readPrices(row.charge_model, input.prices, { minAmount: input.minAmount })
    money.faults.push(...faults)
    row.prices = prices
  } else row.prices = withMinimum([...row.prices], input.minAmount, money)
  if (input.filters) {
    money.faults.push(...filterFaults(metric, input.filters))
    row.filters = input.filters
  }
  if (input.displayName !== undefined) row.display_name = input.displayName
  if (money.faults.length > 0) throw invalid(...money.faults)
  row.updated_at = tx.now
  await storeVersion(tx, environmentId, row, { ...options, isRemoved: false })
  return presentCharge(row)
}

/** Takes a charge off its plan. Subscriptions that have it keep it, unless it ends for them with their period. */
export async function removeCharge(
  tx: Tx,
  environmentId: string,
  id: string,
  options: ApplyTo,
): Promise<void> {
  const row = await findCharge(tx, environmentId, id)
  await storeVersion(tx, environmentId, row, { ...options, isRemoved: true })
  tx.defer(archiveCharge(environmentId, row.id, tx.now))
}
