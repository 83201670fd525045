import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { readScopes, writeScopes } from './audience.ts'
import { retry, sendTestEvent } from './deliver-by-hand.ts'
import { createEndpoint, removeEndpoint, rotateSecret, updateEndpoint } from './endpoints.ts'
import { findEvent, listEvents } from './event-log.ts'
import { findEndpoint, listDeliveries, listEndpoints } from './find.ts'
import { presentEndpoint } from './present.ts'
import {
  CreateWebhookEndpoint,
  ListEvents,
  ListWebhookDeliveries,
  ListWebhookEndpoints,
  type LoggedEvent,
  RotateWebhookSecret,
  UpdateWebhookEndpoint,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookEndpointWithSecret,
} from './schema.ts'

const endpoint = named<WebhookEndpoint>('WebhookEndpoint')
const withSecret = named<WebhookEndpointWithSecret>('WebhookEndpointWithSecret')
const delivery = named<WebhookDelivery>('WebhookDelivery')

const loggedEvent = named<LoggedEvent>('LoggedEvent')

export const logRoutes = [
  dataRoute({
    method: 'GET',
    url: '/event-log',
    operation: 'eventLog.list',
    summary: 'Read the stream of events',
    description:
      'In the order in which they were committed, without a gap: read on with `after` = the id of the last event that you have, and you miss none, whatever happens at the same time. An event appears when no change that began before it is still under way. A key sees the events of what it may read.',
    scope: readScopes,
    query: ListEvents,
    status: 200,
    response: pageOf(loggedEvent),
    read: (reader, { principal, query }) => listEvents(reader, principal, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/event-log/:id',
    operation: 'eventLog.get',
    summary: 'Get an event of the stream',
    description: 'As it was recorded, and as webhooks carry it.',
    scope: readScopes,
    params: PathId,
    status: 200,
    response: loggedEvent,
    read: (reader, { principal, params }) => findEvent(reader, principal, params.id),
  }),
]

export const endpointRoutes = [
  dataRoute({
    method: 'POST',
    url: '/webhook-endpoints',
    operation: 'webhookEndpoints.create',
    summary: 'Create a webhook endpoint',
    description:
      'It hears what happens in this environment from now on. The key needs the write scope of each resource that it hears; without `events` it hears all that the key may write.',
    scope: writeScopes,
    secret: true,
    body: CreateWebhookEndpoint,
    status: 201,
    response: withSecret,
    write: (tx, { deps, principal, body }) => createEndpoint(deps, tx, principal, body),
  }),
  dataRoute({
    method: 'GET',
    url: '/webhook-endpoints',
    operation: 'webhookEndpoints.list',
    summary: 'List webhook endpoints',
    description: 'Those that hear only what the key may read.',
    scope: readScopes,
    query: ListWebhookEndpoints,
    status: 200,
    response: pageOf(endpoint),
    read: (reader, { deps, principal, query }) => listEndpoints(deps, reader, principal, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/webhook-endpoints/:id',
    operation: 'webhookEndpoints.get',
    summary: 'Get a webhook endpoint',
    scope: readScopes,
    params: PathId,
    status: 200,
    response: endpoint,
    read: async (reader, { principal, params }) =>
      presentEndpoint(await findEndpoint(reader, principal, params.id)),
  }),
  dataRoute({
    method: 'PATCH',
    url: '/webhook-endpoints/:id',
    operation: 'webhookEndpoints.update',
    summary: 'Change a webhook endpoint, or switch it off and on',
    description:
      'While it is off, events pass by it, and what was still to be sent waits. The key needs the write scope of each resource that it hears, before and after.',
    scope: writeScopes,
    params: PathId,
    body: UpdateWebhookEndpoint,
    status: 200,
    response: endpoint,
    write: (tx, { deps, principal, params, body }) => updateEndpoint(deps, tx, principal, params.id, body),
  }),
  dataRoute({
    method: 'DELETE',
    url: '/webhook-endpoints/:id',
    operation: 'webhookEndpoints.delete',
    summary: 'Delete a webhook endpoint and its history',
    scope: writeScopes,
    params: PathId,
    status: 204,
    write: (tx, { deps, principal, params }) => removeEndpoint(deps, tx, principal, params.id),
  }),
  dataRoute({
    method: 'POST',
    url: '/webhook-endpoints/:id/rotate-secret',
    operation: 'webhookEndpoints.rotateSecret',
    summary: 'Give a webhook endpoint a new secret',
    description:
      'Until the overlap is over, each webhook carries a signature of the new secret and one of the secret before.',
    scope: writeScopes,
    secret: true,
    params: PathId,
    body: RotateWebhookSecret,
    status: 200,
    response: withSecret,
    write: (tx, { deps, principal, params, body }) =>
      rotateSecret(deps, tx, principal, params.id, body.overlapSeconds),
  }),
  dataRoute({
    method: 'POST',
    url: '/webhook-endpoints/:id/test',
    operation: 'webhookEndpoints.test',
    summary: 'Send a test event',
    description:
      '`webhook_endpoint.test`, to this endpoint alone, once. What came of it is in its deliveries a moment later.',
    scope: writeScopes,
    params: PathId,
    status: 201,
    response: delivery,
    write: (tx, { deps, principal, params }) => sendTestEvent(deps, tx, principal, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/webhook-endpoints/:id/deliveries',
    operation: 'webhookEndpoints.listDeliveries',
    summary: 'List what was sent to a webhook endpoint, and what came of it',
    description: 'Newest event first. Deliveries are kept for 30 days.',
    scope: readScopes,
    params: PathId,
    query: ListWebhookDeliveries,
    status: 200,
    response: pageOf(delivery),
    read: (reader, { deps, principal, params, query }) =>
      listDeliveries(deps, reader, principal, params.id, query),
  }),
  dataRoute({
    method: 'POST',
    url: '/webhook-endpoints/deliveries/:id/retry',
    operation: 'webhookEndpoints.retryDelivery',
    summary: 'Send a delivery again, now',
    description: 'However it has ended; under the same `webhook-id`.',
    scope: writeScopes,
    params: PathId,
    status: 200,
    response: delivery,
    write: (tx, { deps, principal, params }) => retry(deps, tx, principal, params.id),
  }),
]
