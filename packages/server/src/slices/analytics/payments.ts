import { toMajorNumber } from '@novabilling/core/money'
import type { Reader } from '../../db/transaction.ts'
import { dayRange } from '../../http/days.ts'
import { firstDay, percent } from './periods.ts'
import { placeOf } from './place.ts'
import type { PaymentFigures, PaymentFiguresQuery } from './schema.ts'
import { attemptsByDay } from './sql.ts'

/** How the attempts of these days to collect money ended, by provider and reason. */
export async function paymentFigures(
  reader: Reader,
  environmentId: string,
  query: PaymentFiguresQuery,
): Promise<PaymentFigures> {
  const tenant = await placeOf(reader, environmentId)
  const currency = query.currency ?? tenant.currency
  const { from, to } = dayRange(tenant.timezone, query)
  const rows = await reader.query(
    attemptsByDay(environmentId, currency, from ?? null, to ?? null, tenant.timezone, query.provider ?? null),
  )
  const figures = (some: typeof rows) => {
    const ended = (how: string) => some.filter((row) => row.ended === how)
    const count = (of: typeof rows): number => of.reduce((sum, row) => sum + Number(row.payments), 0)
    const [succeeded, failed] = [count(ended('SUCCEEDED')), count(ended('FAILED'))]
    return {
      total: count(some),
      succeeded,
      failed,
      successRate: percent(succeeded, succeeded + failed),
      totalProcessed: toMajorNumber({
        currency,
        minor: ended('SUCCEEDED').reduce((sum, row) => sum + row.amount_minor, 0n),
      }),
    }
  }
  const failures = Map.groupBy(
    rows.filter(({ ended }) => ended === 'FAILED'),
    (row) => row.failure_code,
  )
  return {
    currency,
    ...figures(rows),
    failureReasons: [...failures]
      .map(([code, some]) => ({ code, count: figures(some).total }))
      .toSorted((a, b) => b.count - a.count),
    byProvider: [...Map.groupBy(rows, (row) => row.provider)].map(([provider, some]) => ({
      provider,
      ...figures(some),
    })),
    breakdown: [...Map.groupBy(rows, (row) => firstDay(row.day, query.groupBy ?? 'month'))].map(
      ([period, some]) => ({ period, ...figures(some) }),
    ),
  }
}
