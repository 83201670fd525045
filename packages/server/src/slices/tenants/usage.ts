import { bigint, day, instant, nullable, statement, text, uuid } from '../../db/statement.ts'
import { type Reader, reader as readerOf } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstantOrNull } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { TenantUsage } from './schema.ts'

const shownDays = 90

const accountCounts = statement(
  'tenants.account_counts',
  `select (select count(*) from members where tenant_id = $1::uuid) as members`,
  { members: bigint },
)
const environmentIds = statement(
  'tenants.environment_ids',
  `select id from environments where tenant_id = $1::uuid`,
  {
    id: uuid,
  },
)
const environmentCounts = statement(
  'tenants.environment_counts',
  `select
     (select count(*) from customers where environment_id = $1::uuid) as customers,
     (select count(*) from subscriptions where environment_id = $1::uuid and status <> 'CANCELED') as subscriptions,
     (select count(*) from invoices where environment_id = $1::uuid) as invoices`,
  { customers: bigint, subscriptions: bigint, invoices: bigint },
)
const keys = statement(
  'tenants.keys',
  `select id, name, last_used_at from api_keys where tenant_id = $1::uuid order by created_at, id`,
  { id: uuid, name: text, last_used_at: nullable(instant) },
)
const requestsByDay = statement(
  'tenants.requests_by_day',
  `select api_key_id, day, requests from api_key_usage
   where tenant_id = $1::uuid and day > $2::date order by day`,
  { api_key_id: uuid, day, requests: bigint },
)

/** How much the account holds, and what each key did by day. */
export async function tenantUsage(deps: Deps, reader: Reader): Promise<TenantUsage> {
  const { tenantId } = reader.scope
  const since = deps.clock
    .now()
    .subtract({ hours: shownDays * 24 })
    .toString()
    .slice(0, 10)
  const [[account], environments, keyRows, days] = await reader.queryAll([
    accountCounts(tenantId),
    environmentIds(tenantId),
    keys(tenantId),
    requestsByDay(tenantId, since),
  ])
  const totals = { customers: 0, subscriptions: 0, invoices: 0 }
  for (const { id } of environments) {
    const [counts] = await readerOf(deps.db, { tenantId, environmentId: id }).query(environmentCounts(id))
    totals.customers += Number(counts?.customers ?? 0)
    totals.subscriptions += Number(counts?.subscriptions ?? 0)
    totals.invoices += Number(counts?.invoices ?? 0)
  }
  const byKey = Map.groupBy(days, (row) => row.api_key_id)
  return {
    ...totals,
    members: Number(account?.members ?? 0),
    apiKeys: keyRows.map(({ id, name, last_used_at }) => {
      const own = (byKey.get(id) ?? []).map((row) => ({ day: row.day, requests: Number(row.requests) }))
      return {
        id: publicId('apiKey', id),
        name,
        lastUsedAt: isoInstantOrNull(last_used_at),
        total: own.reduce((sum, { requests }) => sum + requests, 0),
        days: own,
      }
    }),
  }
}
