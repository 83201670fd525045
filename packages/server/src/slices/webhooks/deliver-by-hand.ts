import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import type { DataPrincipal } from '../../http/principals.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { requireAll, takeEndpoint } from './find.ts'
import { presentDelivery, presentEndpoint } from './present.ts'
import type { WebhookDelivery } from './schema.ts'
import { insertTestDelivery, lockDelivery, retryDelivery, wakeEndpoint } from './sql.ts'

/** Sends one event to this endpoint alone, whatever it hears otherwise: once, without retries. */
export async function sendTestEvent(
  deps: Deps,
  tx: Tx,
  principal: DataPrincipal,
  endpointId: string,
): Promise<WebhookDelivery> {
  const { environmentId } = principal
  const endpoint = await takeEndpoint(tx, principal, endpointId)
  if (!endpoint.is_active) throw new Refusal('webhook_endpoint_inactive')
  const now = deps.clock.now()
  const [eventId] = recordEvents(tx, deps, [
    { type: 'webhook_endpoint.test', resourceId: endpoint.id, resource: presentEndpoint(endpoint) },
  ])
  if (eventId === undefined) throw new Error('an event was not recorded')
  const id = deps.ids.next()
  tx.defer(insertTestDelivery(environmentId, id, endpoint.id, eventId, now))
  wake(deps, tx, environmentId, endpoint.id)
  return presentDelivery({
    id,
    endpoint_id: endpoint.id,
    event_id: eventId,
    type: 'webhook_endpoint.test',
    status: 'PENDING',
    due_at: now,
    attempts: [],
    created_at: now,
  })
}

/** Sends a delivery again, however it has ended: now, under the same event id. */
export async function retry(
  deps: Deps,
  tx: Tx,
  principal: DataPrincipal,
  id: string,
): Promise<WebhookDelivery> {
  const { environmentId } = principal
  const uuid = parseId('webhookDelivery', id)
  const [row] = uuid === undefined ? [] : await tx.query(lockDelivery(environmentId, uuid))
  if (!row) throw new Refusal('webhook_delivery_not_found')
  requireAll(principal, row.resources)
  if (!row.is_active) throw new Refusal('webhook_endpoint_inactive')
  const now = deps.clock.now()
  tx.defer(retryDelivery(environmentId, row.id, now))
  wake(deps, tx, environmentId, row.endpoint_id)
  return presentDelivery({ ...row, status: 'PENDING', due_at: now })
}

function wake(deps: Deps, tx: Tx, environmentId: string, endpointId: string): void {
  tx.defer(wakeEndpoint(environmentId, endpointId, deps.clock.now()))
  tx.afterCommit(() => deps.bells.ring('webhooks'))
}
