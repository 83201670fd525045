import type { Reader } from '../../db/transaction.ts'
import { type RatedUsage, rateSoFar } from '../charges/index.ts'
import { msOrNull } from './instants.ts'
import { periodOf } from './schedule.ts'
import { type DueRow, inPeriodOfCustomer } from './sql.ts'

/** A subscription in its period under way, and what its usage comes to, that is not billed yet. */
type UsedSoFar = { readonly row: DueRow; readonly rated: readonly RatedUsage[] }

/** What the subscriptions of a customer have used in their periods under way, priced as if no more came. */
export async function usageSoFar(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  customerId: string,
): Promise<UsedSoFar[]> {
  const rows = await reader.query(inPeriodOfCustomer(environmentId, customerId))
  const metered = rows.flatMap((row) => {
    const period = periodOf(row)
    const to = msOrNull(row.current_period_end)
    return period && to !== null && row.plan_charges_revision > 0 ? [{ row, period, to }] : []
  })
  const rated = await rateSoFar(
    reader,
    metered.map(({ row, period, to }) => ({
      environmentId: row.environment_id,
      subscriptionId: row.id,
      planId: row.plan_id,
      revision: row.charges_revision,
      currency: row.currency,
      periodFrom: Date.parse(row.current_period_start ?? ''),
      to,
      wholeFrom: period.wholeFrom,
      wholeTo: period.wholeTo,
    })),
  )
  return metered.map(({ row }, index) => ({ row, rated: rated[index] ?? [] }))
}
