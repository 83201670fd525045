import { toMajorNumber } from '@novabilling/core/money'
import type { Reader } from '../../db/transaction.ts'
import { dayRange } from '../../http/days.ts'
import { firstDay } from './periods.ts'
import { placeOf } from './place.ts'
import type { NetRevenue, RevenueQuery } from './schema.ts'
import { earnedByDay } from './sql.ts'

/** What was earned on these days, less what was credited: the revenue account of the books, to the cent. */
export async function netRevenue(
  reader: Reader,
  environmentId: string,
  query: RevenueQuery,
): Promise<NetRevenue> {
  const tenant = await placeOf(reader, environmentId)
  const currency = query.currency ?? tenant.currency
  const { from, to } = dayRange(tenant.timezone, query)
  const days = await reader.query(
    earnedByDay(environmentId, currency, from ?? null, to ?? null, tenant.timezone),
  )
  const total = (rows: typeof days): number =>
    toMajorNumber({ currency, minor: rows.reduce((sum, row) => sum + row.earned_minor, 0n) })
  const groups = Map.groupBy(days, (row) => firstDay(row.day, query.groupBy ?? 'month'))
  return {
    currency,
    total: total(days),
    breakdown: [...groups].map(([period, rows]) => ({ period, total: total(rows) })),
  }
}
