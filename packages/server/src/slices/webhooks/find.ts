import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, fragment, listPage } from '../../http/pages.ts'
import type { DataPrincipal } from '../../http/principals.ts'
import { Forbidden } from '../../http/problems.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { nounsOf } from './audience.ts'
import { presentDelivery, presentEndpoint } from './present.ts'
import type { ListWebhookDeliveries, WebhookDelivery, WebhookEndpoint } from './schema.ts'
import {
  type EndpointRow,
  deliveriesFrom,
  deliveryColumns,
  deliverySelect,
  endpointById,
  endpointColumns,
  endpointSelect,
  lockEndpoint,
} from './sql.ts'

/** An endpoint that hears only what the key may read; any other does not exist for it. */
export async function findEndpoint(
  reader: Reader,
  principal: DataPrincipal,
  id: string,
): Promise<EndpointRow> {
  const uuid = parseId('webhookEndpoint', id)
  const [row] = uuid === undefined ? [] : await reader.query(endpointById(principal.environmentId, uuid))
  const held: readonly string[] = nounsOf(principal.scopes, 'read')
  if (!row?.resources.every((noun) => held.includes(noun))) throw new Refusal('webhook_endpoint_not_found')
  return row
}

/** An endpoint to be changed, locked. Whoever changes it may write all that it hears. */
export async function takeEndpoint(tx: Tx, principal: DataPrincipal, id: string): Promise<EndpointRow> {
  const uuid = parseId('webhookEndpoint', id)
  const [row] = uuid === undefined ? [] : await tx.query(lockEndpoint(principal.environmentId, uuid))
  if (!row) throw new Refusal('webhook_endpoint_not_found')
  requireAll(principal, row.resources)
  return row
}

/** @throws Forbidden that names the first scope that is missing */
export function requireAll(principal: DataPrincipal, nouns: readonly string[]): void {
  const held: readonly string[] = nounsOf(principal.scopes, 'write')
  const missing = nouns.find((noun) => !held.includes(noun))
  if (missing !== undefined) throw new Forbidden(`${missing}:write`)
}

/** A page of the endpoints that hear only what the key may read, newest first. */
export function listEndpoints(
  deps: Deps,
  reader: Reader,
  principal: DataPrincipal,
  query: { page?: number; limit?: number; cursor?: string },
): Promise<Page<WebhookEndpoint>> {
  return listPage({
    deps,
    reader,
    name: 'webhooks.endpoints',
    from: 'webhook_endpoints',
    select: endpointSelect,
    columns: endpointColumns,
    where: [
      fragment`environment_id = ${principal.environmentId}::uuid`,
      fragment`archived_at is null`,
      fragment`resources <@ ${`{${nounsOf(principal.scopes, 'read').join(',')}}`}::text[]`,
    ],
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentEndpoint,
  })
}

/** A page of what was sent, and is to be sent, to an endpoint, newest event first. */
export async function listDeliveries(
  deps: Deps,
  reader: Reader,
  principal: DataPrincipal,
  id: string,
  query: ListWebhookDeliveries,
): Promise<Page<WebhookDelivery>> {
  const endpoint = await findEndpoint(reader, principal, id)
  const where = [
    fragment`d.environment_id = ${principal.environmentId}::uuid`,
    fragment`d.endpoint_id = ${endpoint.id}::uuid`,
  ]
  // Among the filters, so that a cursor fits this endpoint alone.
  const ofEndpoint = { ...query, endpointId: endpoint.id }
  if (query.status !== undefined) where.push(fragment`d.status = ${query.status}`)
  return listPage({
    deps,
    reader,
    name: 'webhooks.deliveries',
    from: deliveriesFrom,
    select: deliverySelect,
    columns: deliveryColumns,
    where,
    sort: { by: 'event', column: 'd.event_id', cast: 'uuid', descending: true, id: 'd.id' },
    query: ofEndpoint,
    sortValue: (row) => row.event_id,
    present: presentDelivery,
  })
}
