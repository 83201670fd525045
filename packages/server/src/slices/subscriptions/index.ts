import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { Subscription, SubscriptionPreview } from './schema.ts'

export const subscriptions: Slice = {
  name: 'subscriptions',
  title: 'Subscriptions',
  description: 'Who pays for which plan, from when to when.',
  routes,
  schemas: [Subscription, SubscriptionPreview],
  constraints: {
    subscriptions_external_id_key: 'subscription_external_id_taken',
    // The plan was deleted between the look and the insert.
    subscriptions_environment_id_plan_id_fkey: 'plan_not_found',
    subscriptions_environment_id_price_id_fkey: 'plan_not_found',
    subscriptions_environment_id_pending_plan_id_fkey: 'plan_not_found',
    subscriptions_environment_id_pending_price_id_fkey: 'plan_not_found',
  },
}

export { billDue } from './bill.ts'
export { cancelSubscription, uncancelSubscription } from './cancel.ts'
export { changePlan } from './change-plan.ts'
export { findSubscription, lockSubscriptions } from './find.ts'
export { listSubscriptions } from './list.ts'
export { previewSubscription } from './preview.ts'
export { ListSubscriptions, ListSubscriptionsOfCustomer, type Subscription } from './schema.ts'
export { type DueRow, dueColumns, killedReason, lockedColumns, withBillingFacts } from './sql.ts'
export { heldInvoicesLoop, issueHeldIn } from './issue-due.ts'
export { pauseUnpaid } from './pause.ts'
export { billToOf } from './held.ts'
export { usageWatchLoop, watchUsageIn } from './watch-usage.ts'
export { usageSoFar } from './usage-so-far.ts'
export { markPastDue, reactivate } from './standing.ts'
export { announceTrialsEndingIn, trialEndingLoop } from './trial-ending.ts'
