export { type DeclineCode, type DeclineKind, declineKind } from './decline.ts'
export { type DunningPlan, defaultDunning, mayRetry, retryAt } from './retry.ts'
