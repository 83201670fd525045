import type { Reader } from '../../db/transaction.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { findCustomer } from '../customers/index.ts'
import { metricsByCodes } from '../metrics/index.ts'
import { findMetered } from '../usage/index.ts'
import { placeOf } from './place.ts'
import type { UsageFigures, UsageFiguresQuery } from './schema.ts'
import { usageByDay } from './sql.ts'

const shownDays = 30
const mostDays = 366

/** What was counted of a metric, day by day; of a customer or a subscription only, where one is named. */
export async function usageFigures(
  reader: Reader,
  environmentId: string,
  query: UsageFiguresQuery,
  realNow: Temporal.Instant,
): Promise<UsageFigures> {
  const { timezone, clockNow } = await placeOf(reader, environmentId)
  const [metric] = await reader.query(metricsByCodes(environmentId, [query.code]))
  if (!metric) throw new Refusal('billable_metric_not_found')
  const today = (clockNow ?? realNow).toZonedDateTimeISO(timezone).toPlainDate()
  const last = query.dateTo === undefined ? today : Temporal.PlainDate.from(query.dateTo)
  const first =
    query.dateFrom === undefined
      ? last.subtract({ days: shownDays - 1 })
      : Temporal.PlainDate.from(query.dateFrom)
  const { days } = first.until(last, { largestUnit: 'days' })
  if (days < 0) throw invalid({ path: 'dateTo', message: 'must not be before dateFrom' })
  if (days >= mostDays)
    throw invalid({ path: 'dateFrom', message: `must be less than ${mostDays} days before dateTo` })
  const { subscriptionId, customerId } = query
  const subscription =
    subscriptionId === undefined ? null : (await findMetered(reader, environmentId, subscriptionId)).id
  const customer =
    customerId === undefined ? null : (await findCustomer(reader, environmentId, customerId)).id
  const rows = await reader.query(
    usageByDay(environmentId, metric.id, first.toString(), last.toString(), subscription, customer),
  )
  return {
    code: metric.code,
    name: metric.name,
    aggregationType: metric.aggregation_type,
    dateFrom: first.toString(),
    dateTo: last.toString(),
    events: rows.reduce((sum, { events }) => sum + Number(events), 0),
    days: rows.map((row) => ({
      day: row.day,
      events: Number(row.events),
      units: unitsOf(metric.aggregation_type, row),
    })),
  }
}

/** What a day counts by itself; nothing where the days of a period do not add up, or where it takes the whole of them. */
function unitsOf(
  aggregation: UsageFigures['aggregationType'],
  { events, total, highest }: { events: bigint; total: string; highest: string | null },
): string | null {
  if (aggregation === 'COUNT') return String(events)
  if (aggregation === 'SUM' || aggregation === 'WEIGHTED_SUM') return total
  return aggregation === 'MAX' ? highest : null
}
