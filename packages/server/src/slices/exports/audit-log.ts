import { reader, transaction } from '../../db/transaction.ts'
import { audit } from '../../http/audit.ts'
import { administrators, sessionRoute } from '../../http/route.ts'
import { publicId } from '../../ids.ts'
import { ListAuditLog, listAuditLog } from '../access/index.ts'
import { filtersOf } from './export.ts'
import { rowsAtATime, sendTable, tableOf } from './stream.ts'
import { auditColumns } from './tables.ts'

/** The audit log as a file; that it was taken is an entry of its own. */
export const auditLogExport = sessionRoute({
  method: 'GET',
  url: '/tenants/me/audit-log.csv',
  operation: 'auditLog.export',
  summary: 'Export the audit log',
  description: 'As the other exports.',
  roles: administrators,
  query: filtersOf(ListAuditLog),
  status: 200,
  produces: 'text/csv',
  handle: async ({ deps, principal, query, request, reply }) => {
    const { tenantId } = principal
    const own = reader(deps.db, { tenantId })
    const turn = (cursor?: string) =>
      listAuditLog(deps, own, {
        ...query,
        limit: rowsAtATime,
        ...(cursor === undefined ? {} : { cursor }),
      })
    const first = await turn()
    await transaction(deps.db, { scope: { tenantId }, now: deps.clock.now() }, async (tx) =>
      audit(deps, tx, request, principal, {
        action: 'audit_log.exported',
        target: publicId('tenant', tenantId),
      }),
    )
    return sendTable(reply, 'audit-log.csv', tableOf(auditColumns, first, turn))
  },
})
