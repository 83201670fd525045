export {
  type CancellationPlan,
  type DuePlan,
  type DueSubscription,
  type Start,
  planCancellation,
  planDue,
  planStart,
} from './plan.ts'
export { type SubscriptionStatus, canMoveSubscription } from './status.ts'
