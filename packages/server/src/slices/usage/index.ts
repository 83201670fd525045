import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { usageSchemas } from './schema.ts'

export const usage: Slice = {
  name: 'usage',
  title: 'Usage',
  description: 'What the customers of a tenant use: events, counted once each, and what they add up to.',
  routes,
  schemas: usageSchemas,
}

export { allReportedAt, billedUpTo, closeUsage, lateUsage } from './closings.ts'
export { findEvents, findMetered } from './list.ts'
export { FindUsageEvents, type UsageEvent } from './schema.ts'
export { dropOldGenerations } from './generations.ts'
export {
  type WatchedRow,
  claimWatched,
  forgetWatched,
  postponeWatched,
  watchBegun,
  watchedEnvironments,
  watchLoopName,
  watchedIn,
} from './watch.ts'
export { type Usage, type UsageAsk, readEvents, readUsage } from './read.ts'
