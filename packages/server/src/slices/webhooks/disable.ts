import { recordEvents } from '../../db/events.ts'
import { transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import { auditUnattended } from '../access/index.ts'
import { disableEndpoint } from './dispatch-sql.ts'
import { endpointsDisabled } from './metrics.ts'
import type { ReasonToDisable } from './outcome.ts'
import { presentEndpoint } from './present.ts'
import { administratorsOf, insertNotices, lockEndpoint } from './sql.ts'

/** Switches an endpoint off that nothing gets through to, and says so: to the administrators, in the log, in the stream. */
export async function disable(
  deps: Deps,
  { tenantId, environmentId, isTest }: { tenantId: string; environmentId: string; isTest: boolean },
  id: string,
  { sentence: reason, ...parts }: ReasonToDisable,
): Promise<void> {
  const scope = { tenantId, environmentId, isTest }
  const now = deps.clock.now()
  const isOff = await transaction(deps.workerDb, { scope, now }, async (tx) => {
    const [row] = await tx.query(lockEndpoint(environmentId, id))
    if (!row?.is_active) return false
    const saved = { ...row, is_active: false, disabled_at: now, disabled_reason: reason, updated_at: now }
    tx.defer(disableEndpoint(environmentId, id, now, reason))
    recordEvents(tx, deps, [
      { type: 'webhook_endpoint.disabled', resourceId: id, resource: presentEndpoint(saved) },
    ])
    const target = publicId('webhookEndpoint', id)
    auditUnattended(deps, tx, {
      action: 'webhook_endpoint.disabled',
      target,
      details: { url: row.url, reason },
      at: now,
    })
    const readers = await tx.query(administratorsOf(tenantId))
    tx.defer(
      insertNotices(
        tenantId,
        readers.map(() => deps.ids.next()),
        readers.map(({ email }) => email),
        JSON.stringify({ url: row.url, reason, ...parts, endpointId: target }),
        now,
      ),
    )
    return true
  })
  if (!isOff) return
  endpointsDisabled.inc()
  deps.log.warn({ endpoint: publicId('webhookEndpoint', id), reason }, 'a webhook endpoint was switched off')
}
