import type { Reader } from '../../db/transaction.ts'
import { dayRange } from '../../http/days.ts'
import { firstDay, percent } from './periods.ts'
import { placeOf } from './place.ts'
import type { Cohorts, SubscriptionFigures, SubscriptionFiguresQuery } from './schema.ts'
import { runningAt, startedAndEnded, startsByEnd, subscriptionsByStatus } from './sql.ts'

/** How many subscriptions there are, and how many started and ended on these days. */
export async function subscriptionFigures(
  reader: Reader,
  environmentId: string,
  query: SubscriptionFiguresQuery,
): Promise<SubscriptionFigures> {
  const tenant = await placeOf(reader, environmentId)
  const { from, to } = dayRange(tenant.timezone, query)
  const [statuses, days, [before]] = await reader.queryAll([
    subscriptionsByStatus(environmentId),
    startedAndEnded(environmentId, from ?? null, to ?? null, tenant.timezone),
    runningAt(environmentId, from ?? null),
  ])
  const inStatus = (wanted: string): number =>
    Number(statuses.find(({ status }) => status === wanted)?.subscriptions ?? 0)
  const counts = (rows: typeof days) => ({
    new: Number(rows.reduce((sum, row) => sum + row.started, 0n)),
    churned: Number(rows.reduce((sum, row) => sum + row.ended, 0n)),
  })
  const all = counts(days)
  // Without a first day nothing ran before: everything started on these days.
  const atRisk = all.new + Number(before?.running ?? 0)
  const groups = Map.groupBy(days, (row) => firstDay(row.day, query.groupBy ?? 'month'))
  return {
    total: statuses.reduce((sum, row) => sum + Number(row.subscriptions), 0),
    active: inStatus('ACTIVE'),
    trialing: inStatus('TRIALING'),
    paused: inStatus('PAUSED'),
    pastDue: inStatus('PAST_DUE'),
    canceled: inStatus('CANCELED'),
    parked: statuses.reduce((sum, row) => sum + Number(row.parked), 0),
    ...all,
    churnRate: percent(all.churned, atRisk),
    breakdown: [...groups].map(([period, rows]) => ({ period, ...counts(rows) })),
  }
}

const shownMonths = 12

/** How many of those that started in each of the last twelve months still ran, month after month. By the environment's clock. */
export async function cohorts(
  reader: Reader,
  environmentId: string,
  realNow: Temporal.Instant,
): Promise<Cohorts> {
  const { timezone, clockNow } = await placeOf(reader, environmentId)
  const now = clockNow ?? realNow
  const thisMonth = now.toZonedDateTimeISO(timezone).toPlainDate().with({ day: 1 })
  const first = thisMonth.subtract({ months: shownMonths - 1 })
  const since = first.toZonedDateTime(timezone).toInstant()
  const rows = await reader.query(startsByEnd(environmentId, since, timezone, now))
  const groups = Map.groupBy(rows, ({ started }) => started)
  return {
    cohorts: [...groups].map(([month, ends]) => {
      const sum = (of: typeof ends): number => of.reduce((all, row) => all + Number(row.subscriptions), 0)
      const months = Temporal.PlainDate.from(month).until(thisMonth, { largestUnit: 'months' }).months
      return {
        month,
        started: sum(ends),
        kept: Array.from({ length: Math.max(months, 0) }, (_, index) => {
          const at = Temporal.PlainDate.from(month)
            .add({ months: index + 1 })
            .toString()
          return sum(ends.filter(({ ended }) => ended === null || ended >= at))
        }),
      }
    }),
  }
}
