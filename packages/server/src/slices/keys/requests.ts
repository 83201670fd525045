import type { Deps } from '../../deps.ts'
import { command, instant, integer, nullable, text, uuid } from '../../db/statement.ts'
import type { Reader } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import { isoInstant } from '../../http/present.ts'
import { parseId, publicId } from '../../ids.ts'
import type { ListRequests, LoggedRequest } from './schema.ts'

const requestColumns = {
  id: uuid,
  environment_id: uuid,
  at: instant,
  api_key_id: uuid,
  method: text,
  path: text,
  operation: text,
  status: integer,
  code: nullable(text),
  duration_ms: integer,
  ip: text,
}
const shownDays = 7
const bounds = { SUCCEEDED: [200, 400], REFUSED: [400, 500], FAILED: [500, 600] } as const

/** Removes the requests of the day that is past showing. $1: today. */
export const forgetRequests = command('keys.forget_requests', `select forget_requests($1::date)`)

/** The requests of the tenant's keys, newest first. */
export function listRequests(deps: Deps, reader: Reader, query: ListRequests): Promise<Page<LoggedRequest>> {
  const since = deps.clock
    .now()
    .subtract({ hours: shownDays * 24 })
    .toString()
  const where = [fragment`tenant_id = ${reader.scope.tenantId}::uuid`, fragment`at > ${since}::timestamptz`]
  if (query.environment !== undefined)
    where.push(fragment`environment_id = ${parseId('environment', query.environment) ?? null}::uuid`)
  if (query.apiKeyId !== undefined)
    where.push(fragment`api_key_id = ${parseId('apiKey', query.apiKeyId) ?? null}::uuid`)
  if (query.requestId !== undefined) where.push(fragment`id = ${query.requestId}::uuid`)
  if (query.outcome !== undefined) {
    const [from, to] = bounds[query.outcome]
    where.push(fragment`status >= ${from} and status < ${to}`)
  }
  return listPage({
    deps,
    reader,
    name: 'keys.requests',
    from: 'request_log',
    select: 'id, environment_id, at, api_key_id, method, path, operation, status, code, duration_ms, ip',
    columns: requestColumns,
    where,
    // An id is made when a request comes in, so their order is that of time.
    sort: { by: 'at', column: 'id', cast: 'uuid', descending: true },
    query,
    sortValue: (row) => row.id,
    present: (row) => ({
      id: row.id,
      at: isoInstant(row.at),
      environmentId: publicId('environment', row.environment_id),
      apiKeyId: publicId('apiKey', row.api_key_id),
      method: row.method,
      path: row.path,
      operation: row.operation,
      status: row.status,
      code: row.code,
      durationMs: row.duration_ms,
      ip: row.ip,
    }),
  })
}
