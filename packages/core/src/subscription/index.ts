export { type Cut, shareOfPeriod, shareUsed } from './arrears.ts'
export {
  type CancellationPlan,
  type DuePlan,
  type DueSubscription,
  type ResumePlan,
  type Start,
  dueWhilePaused,
  planCancellation,
  planDue,
  planResume,
  planStart,
  trialEndAfterChange,
  trialNoticeAt,
} from './plan.ts'
export { type Movement, type MovementKind, movementKind, movementsByStretch } from './movements.ts'
export { type Takeover, planTakeover } from './takeover.ts'
export { type SubscriptionStatus, canMoveSubscription } from './status.ts'
export { type Pace, isDowngrade, periodsAYear, worthAYear } from './worth.ts'
