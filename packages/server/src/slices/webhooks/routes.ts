import { pageOf } from '../../http/pages.ts'
import { dataRoute } from '../../http/route.ts'
import { named } from '../../http/shapes.ts'
import { readScopes } from './audience.ts'
import { listEvents } from './event-log.ts'
import { ListEvents, type LoggedEvent } from './schema.ts'

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
]
