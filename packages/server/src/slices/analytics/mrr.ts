import { multiply, ratio, subtract, toMajorNumber, zero, add, type Ratio } from '@novabilling/core/money'
import {
  type Movement,
  movementKind,
  movementsByStretch,
  periodsAYear,
  worthAYear,
} from '@novabilling/core/subscription'
import type { RowOf } from '../../db/statement.ts'
import type { Reader } from '../../db/transaction.ts'
import { invalid } from '../../refusal.ts'
import { firstDay } from './periods.ts'
import { placeOf } from './place.ts'
import type { MrrMovements, MrrQuery } from './schema.ts'
import { worthChanges } from './sql.ts'

const shownMonths = 12
const mostMonths = 120

/**
 * What the running subscriptions (ACTIVE and PAST_DUE) are worth a month at the beginning and the end of each month, and
 * what moved it; up to now in the month under way. The opening and the movements are exactly the closing.
 */
export async function mrrMovements(
  reader: Reader,
  environmentId: string,
  query: MrrQuery,
  realNow: Temporal.Instant,
): Promise<MrrMovements> {
  const { timezone, clockNow, currency: own } = await placeOf(reader, environmentId)
  const currency = query.currency ?? own
  const today = (clockNow ?? realNow).toZonedDateTimeISO(timezone).toPlainDate()
  const last = monthOf(query.dateTo ?? today.toString())
  const first =
    query.dateFrom === undefined ? last.subtract({ months: shownMonths - 1 }) : monthOf(query.dateFrom)
  const count = first.until(last, { largestUnit: 'months' }).months + 1
  if (count < 1) throw invalid({ path: 'dateTo', message: 'must not be before dateFrom' })
  if (count > mostMonths)
    throw invalid({ path: 'dateFrom', message: `must be at most ${mostMonths} months before dateTo` })

  const end = last.add({ months: 1 }).toZonedDateTime(timezone).toInstant()
  const changes = await reader.query(
    worthChanges(
      environmentId,
      currency,
      end,
      timezone,
      Object.keys(periodsAYear),
      Object.values(periodsAYear),
    ),
  )
  const months = Array.from({ length: count }, (_, index) => first.add({ months: index }).toString())
  const movements = changes.map(movementIn)
  const earliest = months[0] ?? ''
  const before = movements.filter(({ stretch }) => stretch < earliest)
  const major = (minor: bigint): number => toMajorNumber({ currency, minor })
  return {
    currency,
    months: movementsByStretch(
      before.reduce<Ratio>((sum, { worth }) => add(sum, worth), zero),
      months,
      movements,
    ).map(({ stretch, ...figures }) => ({
      month: stretch,
      opening: major(figures.opening),
      new: major(figures.new),
      expansion: major(figures.expansion),
      contraction: major(figures.contraction),
      churn: major(figures.churn),
      reactivation: major(figures.reactivation),
      closing: major(figures.closing),
    })),
  }
}

function monthOf(day: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(firstDay(day, 'month'))
}

function movementIn(row: RowOf<ReturnType<typeof worthChanges>['statement']['columns']>): Movement {
  const worth = (runs: boolean, pace: Parameters<typeof worthAYear>[0]): Ratio =>
    runs ? multiply(worthAYear(pace), ratio(1n, 12n)) : zero
  const before = worth(row.ran, {
    periodMinor: row.from_minor,
    interval: row.from_interval,
    intervalCount: row.from_count,
  })
  const after = worth(row.runs, {
    periodMinor: row.period_minor,
    interval: row.billing_interval,
    intervalCount: row.interval_count,
  })
  return {
    stretch: row.month,
    kind: movementKind({ ran: row.ran, runs: row.runs, everRan: row.ever_ran, grew: row.grew }),
    worth: subtract(after, before),
  }
}
