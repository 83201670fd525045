import { toMajorNumber } from '@novabilling/core/money'
import type { Reader } from '../../db/transaction.ts'
import { placeOf } from './place.ts'
import type { Ageing } from './schema.ts'
import { unpaidByAge } from './sql.ts'

/** What is unpaid as of the tenant's today, by how long it is overdue. By the environment's clock. */
export async function ageing(
  reader: Reader,
  environmentId: string,
  realNow: Temporal.Instant,
): Promise<Ageing> {
  const { timezone, clockNow } = await placeOf(reader, environmentId)
  const now = clockNow ?? realNow
  const asOf = now.toZonedDateTimeISO(timezone).toPlainDate().toString()
  const rows = await reader.query(unpaidByAge(environmentId, asOf))
  return {
    asOf,
    currencies: [...Map.groupBy(rows, (row) => row.currency)].map(([currency, ages]) => {
      const major = (some: typeof ages): number =>
        toMajorNumber({ currency, minor: some.reduce((sum, row) => sum + row.open_minor, 0n) })
      const aged = (from: number) => {
        const some = ages.filter((row) => row.from_days === from)
        return { amount: major(some), invoices: some.reduce((sum, row) => sum + Number(row.invoices), 0) }
      }
      return {
        currency,
        total: major(ages),
        overdue: major(ages.filter((row) => row.from_days > 0)),
        notDue: aged(0),
        days1To30: aged(1),
        days31To60: aged(31),
        days61To90: aged(61),
        over90Days: aged(91),
      }
    }),
  }
}
