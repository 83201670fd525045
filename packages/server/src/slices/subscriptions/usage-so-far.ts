import type { Reader } from '../../db/transaction.ts'
import { type OpenUsage, rateSoFar } from '../charges/index.ts'
import { msOrNull } from './instants.ts'
import { periodOf } from './schedule.ts'
import { type DueRow, inPeriodOfCustomer } from './sql.ts'
import { usageWindowOf } from './used-window.ts'

/** A subscription in its period under way, and what its usage comes to, with what of it has been invoiced already. */
type UsedSoFar = { readonly row: DueRow; readonly rated: readonly OpenUsage[] }

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
    metered.map(({ row, period, to }) => usageWindowOf(row, period, to)),
  )
  return metered.map(({ row }, index) => ({ row, rated: rated[index] ?? [] }))
}
