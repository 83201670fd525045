import { type Ratio, add, multiply, ratio, roundHalfUp, toMajorNumber, zero } from '@novabilling/core/money'
import { worthAYear } from '@novabilling/core/subscription'
import type { Reader } from '../../db/transaction.ts'
import { dayRange } from '../../http/days.ts'
import { providerNames } from '../providers/index.ts'
import { firstDay } from './periods.ts'
import { placeOf } from './place.ts'
import type { Revenue, RevenueQuery } from './schema.ts'
import { cashByDay, runningByInterval } from './sql.ts'

const cashAccounts = [...providerNames, 'MANUAL'].map((provider) => `cash:${provider}`)

/**
 * Money that moved on these days, from the cash accounts of the books, so that it is theirs to the cent; and what
 * the running subscriptions (ACTIVE and PAST_DUE) are worth by the month and the year: exact, rounded once.
 */
export async function revenue(reader: Reader, environmentId: string, query: RevenueQuery): Promise<Revenue> {
  const tenant = await placeOf(reader, environmentId)
  const { timezone } = tenant
  const currency = query.currency ?? tenant.currency
  const { from, to } = dayRange(timezone, query)
  const [days, running] = await reader.queryAll([
    cashByDay(environmentId, currency, from ?? null, to ?? null, timezone, cashAccounts),
    runningByInterval(environmentId, currency),
  ])

  const yearly = running.reduce<Ratio>(
    (sum, row) =>
      add(
        sum,
        worthAYear({
          periodMinor: row.period_minor,
          interval: row.billing_interval,
          intervalCount: row.interval_count,
        }),
      ),
    zero,
  )
  const major = (minor: bigint): number => toMajorNumber({ currency, minor })
  const sums = (rows: readonly (typeof days)[number][]) => ({
    total: major(rows.reduce((sum, row) => sum + row.received_minor, 0n)),
    refunded: major(rows.reduce((sum, row) => sum + row.refunded_minor, 0n)),
    count: Number(rows.reduce((sum, row) => sum + row.payments, 0n)),
  })
  const groups = Map.groupBy(days, (row) => firstDay(row.day, query.groupBy ?? 'month'))
  return {
    currency,
    ...sums(days),
    breakdown: [...groups].map(([period, rows]) => ({ period, ...sums(rows) })),
    mrr: major(roundHalfUp(multiply(yearly, ratio(1n, 12n)))),
    arr: major(roundHalfUp(yearly)),
  }
}
