import { Type } from 'typebox'
import { statement, text } from '../db/statement.ts'
import type { Reader } from '../db/transaction.ts'
import { invalid } from '../refusal.ts'
import { Day } from './shapes.ts'

/** The days of a list or a report, both inclusive, in the tenant's time zone. */
export const dayQuery = {
  dateFrom: Type.Optional(
    Type.Unsafe<string>({ ...Day, description: "First day, in the tenant's time zone" }),
  ),
  dateTo: Type.Optional(
    Type.Unsafe<string>({ ...Day, description: "Last day, inclusive, in the tenant's time zone" }),
  ),
}

export type Days = { readonly dateFrom?: string; readonly dateTo?: string }
export type InstantRange = { readonly from?: Temporal.Instant; readonly to?: Temporal.Instant }

const zoneOfTenant = statement('days.zone', `select timezone from tenants where id = $1::uuid`, {
  timezone: text,
})

/** The instants `[from, to)` of these days in the tenant's zone. @throws Refusal when the last is before the first */
export async function tenantDays(reader: Pick<Reader, 'query' | 'scope'>, days: Days): Promise<InstantRange> {
  if (days.dateFrom === undefined && days.dateTo === undefined) return {}
  const [tenant] = await reader.query(zoneOfTenant(reader.scope.tenantId))
  if (!tenant) throw new Error('a tenant vanished')
  return dayRange(tenant.timezone, days)
}

/** The instants `[from, to)` of days that are both inclusive, in this zone. */
export function dayRange(timezone: string, { dateFrom, dateTo }: Days): InstantRange {
  if (dateFrom !== undefined && dateTo !== undefined && dateTo < dateFrom) {
    throw invalid({ path: 'dateTo', message: 'must not be before dateFrom' })
  }
  return {
    ...(dateFrom === undefined ? {} : { from: startOf(dateFrom, timezone, 0) }),
    ...(dateTo === undefined ? {} : { to: startOf(dateTo, timezone, 1) }),
  }
}

function startOf(day: string, timezone: string, daysLater: number): Temporal.Instant {
  return Temporal.PlainDate.from(day).add({ days: daysLater }).toZonedDateTime(timezone).toInstant()
}
