import type { Deps } from '../../deps.ts'
import { bigint, day, integer, statement, text } from '../../db/statement.ts'
import type { Reader } from '../../db/transaction.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import type { ApiKeyUsage } from './schema.ts'

const nameOfKey = statement(
  'keys.name',
  `select name from api_keys where tenant_id = $1::uuid and id = $2::uuid`,
  { name: text },
)
const requestsByRoute = statement(
  'keys.requests_by_route',
  `select operation, status, sum(requests)::bigint as requests from api_key_routes
   where tenant_id = $1::uuid and api_key_id = $2::uuid and day > $3::date
   group by operation, status order by operation, status`,
  { operation: text, status: integer, requests: bigint },
)
const requestsByDay = statement(
  'keys.requests_by_day',
  `select day, status, sum(requests)::bigint as requests from api_key_routes
   where tenant_id = $1::uuid and api_key_id = $2::uuid and day > $3::date
   group by day, status order by day, status`,
  { day, status: integer, requests: bigint },
)

type Counted = { readonly status: number; readonly requests: bigint }

/** What a key asked for in the last days, and how it ended. @throws Refusal api_key_not_found */
export async function keyUsage(deps: Deps, reader: Reader, id: string, days: number): Promise<ApiKeyUsage> {
  const { tenantId } = reader.scope
  const keyId = parseId('apiKey', id)
  if (keyId === undefined) throw new Refusal('api_key_not_found')
  const since = deps.clock
    .now()
    .subtract({ hours: days * 24 })
    .toString()
    .slice(0, 10)
  const [[key], byRoute, byDay] = await reader.queryAll([
    nameOfKey(tenantId, keyId),
    requestsByRoute(tenantId, keyId, since),
    requestsByDay(tenantId, keyId, since),
  ])
  if (!key) throw new Refusal('api_key_not_found')
  const routes = [...Map.groupBy(byRoute, ({ operation }) => operation)].map(([operation, rows]) => ({
    operation,
    ...endedOf(rows),
    statuses: rows.map(({ status, requests }) => ({ status, requests: Number(requests) })),
  }))
  return {
    id: publicId('apiKey', keyId),
    name: key.name,
    days: [...Map.groupBy(byDay, (row) => row.day)].map(([date, rows]) => ({ day: date, ...endedOf(rows) })),
    routes: routes.toSorted((a, b) => b.requests - a.requests),
  }
}

function endedOf(rows: readonly Counted[]): { requests: number; refused: number; failed: number } {
  const sum = (from: number, to: number): number =>
    rows.reduce(
      (all, { status, requests }) => (status >= from && status < to ? all + Number(requests) : all),
      0,
    )
  return { requests: sum(0, 1000), refused: sum(400, 500), failed: sum(500, 600) }
}
