import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { PathId, named } from '../../http/shapes.ts'
import { currentUsage } from './current.ts'
import { findEvents, listEvents } from './list.ts'
import { findEvent, recordBatch, recordEvent } from './record.ts'
import {
  type CurrentUsage,
  FindUsageEvents,
  ListUsageEvents,
  type RecordedUsageEvent,
  SubscriptionPath,
  type UsageBatch,
  UsageBatchInput,
  type UsageEvent,
  type UsageEventInput,
} from './schema.ts'
import { recordTogether } from './share.ts'
import { recordUpload } from './upload.ts'

const event = named<UsageEvent>('UsageEvent')

export const routes = [
  dataRoute({
    method: 'POST',
    url: '/events',
    operation: 'events.create',
    summary: 'Report usage',
    description:
      'Counts an event once for its transactionId, however often it is sent within 35 days. Sent again it answers with the event that counted.',
    scope: 'subscriptions:write',
    body: named<UsageEventInput>('UsageEventInput'),
    status: 201,
    response: named<RecordedUsageEvent>('RecordedUsageEvent'),
    write: (tx, { deps, principal, body }) => recordEvent(deps, tx, principal.environmentId, body),
    shared: (scope, { deps, body }, around) => recordTogether(deps, scope, body, around),
  }),
  dataRoute({
    method: 'POST',
    url: '/events/batch',
    operation: 'events.createBatch',
    summary: 'Report up to 1000 events of usage at once',
    description:
      'Each event has a result of its own: one that is wrong is told by its code and costs no other. As application/x-ndjson, one event a line, it takes any number and counts each 1000 as they come.',
    scope: 'subscriptions:write',
    body: UsageBatchInput,
    status: 201,
    response: named<UsageBatch>('UsageBatch'),
    write: (tx, { deps, principal, body }) => recordBatch(deps, tx, principal.environmentId, body.events),
    lines: (scope, lines, { deps }) => recordUpload(deps, scope, lines),
  }),
  dataRoute({
    method: 'GET',
    url: '/events',
    operation: 'events.list',
    summary: 'Find events of usage',
    description:
      'Those of a subscription, of all subscriptions of a customer, or of a transactionId: one of the three is needed. Newest first, by when they happened.',
    scope: 'subscriptions:read',
    query: FindUsageEvents,
    status: 200,
    response: pageOf(event),
    read: (reader, { deps, principal, query }) => findEvents(deps, reader, principal.environmentId, query),
  }),
  dataRoute({
    method: 'GET',
    url: '/events/:id',
    operation: 'events.get',
    summary: 'Get an event of usage',
    scope: 'subscriptions:read',
    params: PathId,
    status: 200,
    response: event,
    read: (reader, { principal, params }) => findEvent(reader, principal.environmentId, params.id),
  }),
  dataRoute({
    method: 'GET',
    url: '/events/subscription/:subscriptionId',
    operation: 'events.listOfSubscription',
    summary: 'List the events of a subscription',
    description: 'Newest first, by when they happened.',
    scope: 'subscriptions:read',
    params: SubscriptionPath,
    query: ListUsageEvents,
    status: 200,
    response: pageOf(event),
    read: (reader, { deps, principal, params, query }) =>
      listEvents(deps, reader, principal.environmentId, { ...params, query }),
  }),
  dataRoute({
    method: 'GET',
    url: '/subscriptions/:id/usage',
    operation: 'subscriptions.usage',
    summary: 'Usage of a subscription in its period under way',
    description:
      'By billable metric, and by the values of its filters: what it would come to if no more came. An event is in it from the moment its request is answered. Takes our id, or your externalId of the subscription.',
    scope: 'subscriptions:read',
    params: PathId,
    status: 200,
    response: named<CurrentUsage>('CurrentUsage'),
    read: (reader, { principal, params }) => currentUsage(reader, principal.environmentId, params.id),
  }),
]
