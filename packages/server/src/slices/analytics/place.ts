import type { Reader } from '../../db/transaction.ts'
import { placeOfEnvironment } from './sql.ts'

/** What figures are by: the tenant's currency and days, and the environment's clock, `null` where it is the real one. */
export type Place = {
  readonly currency: string
  readonly timezone: string
  readonly clockNow: Temporal.Instant | null
}

export async function placeOf(reader: Reader, environmentId: string): Promise<Place> {
  const [row] = await reader.query(placeOfEnvironment(reader.scope.tenantId, environmentId))
  if (!row) throw new Error('an environment vanished')
  return { currency: row.currency, timezone: row.timezone, clockNow: row.clock_now }
}
