import type { Slice } from '../../http/route.ts'
import { logRoutes } from './routes.ts'
import { schemas } from './schema.ts'

export const eventLog: Slice = {
  name: 'event-log',
  title: 'Events',
  description: 'Every change of state, once, in order.',
  routes: logRoutes,
  schemas,
}
