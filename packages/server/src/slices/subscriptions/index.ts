import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { Subscription } from './schema.ts'

export const subscriptions: Slice = {
  name: 'subscriptions',
  title: 'Subscriptions',
  description: 'Who pays for which plan, from when to when.',
  routes,
  schemas: [Subscription],
  constraints: { subscriptions_external_id_key: 'subscription_external_id_taken' },
}

export { billDue } from './bill.ts'
export { lockSubscriptions } from './find.ts'
export { type DueRow, dueColumns, lockedColumns, withBillingFacts } from './sql.ts'
export { markPastDue, reactivate } from './standing.ts'
