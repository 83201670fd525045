import type { Deps } from '../../deps.ts'
import { bytes, instant, json, uuid } from '../../db/statement.ts'
import type { Reader } from '../../db/transaction.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import type { AuditEntry, ListAuditLog } from './schema.ts'

const auditColumns = {
  id: uuid,
  at: instant,
  entry: json<Omit<AuditEntry, 'hash'>>(),
  hash: bytes,
}

/** What happened to the account, newest first. */
export function listAuditLog(deps: Deps, reader: Reader, query: ListAuditLog): Promise<Page<AuditEntry>> {
  const where = [fragment`tenant_id = ${reader.scope.tenantId}::uuid`]
  if (query.action !== undefined) where.push(fragment`action = ${query.action}`)
  if (query.from !== undefined) where.push(fragment`at >= ${query.from}::timestamptz`)
  if (query.to !== undefined) where.push(fragment`at < ${query.to}::timestamptz`)
  return listPage({
    deps,
    reader,
    name: 'access.audit_log',
    from: 'audit_log',
    select: 'id, at, entry, hash',
    columns: auditColumns,
    where,
    sort: { by: 'at', column: 'at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.at.toString(),
    present: (row) => ({ ...row.entry, hash: row.hash.toString('hex') }),
  })
}
