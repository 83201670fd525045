import { type EpochMs, type Period, type Schedule, addLocalDays, nthPeriod } from '../calendar/index.ts'
import { type Ratio, ratio } from '../money/index.ts'
import { wholeShare } from '../prorate/index.ts'
import type { SubscriptionStatus } from './status.ts'

/** What a new subscription begins as. Its first period or its trial starts at `startedAt`, now, past or future. */
export type Start = {
  readonly status: 'TRIALING' | 'ACTIVE'
  readonly trialStart: EpochMs | null
  readonly trialEnd: EpochMs | null
  /** What the periods are counted from: the start, or the end of the trial. */
  readonly anchoredAt: EpochMs
  /** When there is something to bill: at the start, or at the trial's end. */
  readonly dueAt: EpochMs
}

/** Begins a subscription. A trial lasts so many local days and ends at the clock time it began. */
export function planStart(input: {
  startedAt: EpochMs
  trialDays: number
  zone: string
  endsAt: EpochMs | null
}): Start {
  const { startedAt, trialDays, zone, endsAt } = input
  if (trialDays === 0) {
    return { status: 'ACTIVE', trialStart: null, trialEnd: null, anchoredAt: startedAt, dueAt: startedAt }
  }
  const trialEnd = addLocalDays(zone, startedAt, trialDays)
  const dueAt = endsAt === null ? trialEnd : Math.min(trialEnd, endsAt)
  return { status: 'TRIALING', trialStart: startedAt, trialEnd, anchoredAt: trialEnd, dueAt }
}

/** A subscription as the billing run finds it, at the instant it is due. */
export type DueSubscription = {
  readonly status: SubscriptionStatus
  readonly schedule: Schedule
  /** Index of the last period that was billed; -1 before the first. */
  readonly periodIndex: number
  readonly dueAt: EpochMs
  /** When a cancellation that was asked for takes effect. */
  readonly cancelAt: EpochMs | null
  /** When it ends by itself. */
  readonly endsAt: EpochMs | null
}

export type DuePlan =
  /** It ends here, and nothing is billed from here on. */
  | { readonly kind: 'end'; readonly at: EpochMs }
  /** A period begins: it is billed, whole or as the share that a stub is. */
  | {
      readonly kind: 'bill'
      readonly at: EpochMs
      readonly status: 'ACTIVE' | 'PAST_DUE'
      readonly period: Period
      readonly share: Ratio
      readonly nextDueAt: EpochMs
      /** The first period after a trial. */
      readonly activates: boolean
    }

const whole = ratio(1n)

/**
 * What happens to a subscription at the instant it is due. Everything takes effect at that instant, whenever it is
 * computed, so a run that comes late does exactly what one in time would have done.
 */
export function planDue(due: DueSubscription): DuePlan {
  const { status, schedule, dueAt } = due
  const end = earliest(due.cancelAt, due.endsAt)
  if (end !== null && end <= dueAt) return { kind: 'end', at: dueAt }

  const nominal = nthPeriod(schedule, due.periodIndex + 1)
  const isCut = end !== null && end < nominal.to && end === due.endsAt
  const period = isCut ? { ...nominal, to: end } : nominal
  const isWhole = period.from === period.wholeFrom && period.to === period.wholeTo
  const isStub = !isWhole && (schedule.anchor === 'CALENDAR' || isCut)
  return {
    kind: 'bill',
    at: dueAt,
    status: status === 'PAST_DUE' ? 'PAST_DUE' : 'ACTIVE',
    period,
    share: isStub ? wholeShare(schedule, period) : whole,
    nextDueAt: end === null ? period.to : Math.min(period.to, end),
    activates: status === 'TRIALING',
  }
}

/** How a cancellation goes about. */
export type CancellationPlan =
  | { readonly kind: 'now'; readonly at: EpochMs }
  | { readonly kind: 'scheduled'; readonly at: EpochMs }

/**
 * Cancels now, or at the end of what has been billed: the period's end, or the trial's. A subscription that has not
 * begun to be billed has no period to wait for and ends at once.
 */
export function planCancellation(
  current: { status: SubscriptionStatus; currentPeriodEnd: EpochMs | null; trialEnd: EpochMs | null },
  options: { cancelAt: 'now' | 'period_end'; now: EpochMs },
): CancellationPlan {
  const end = current.status === 'TRIALING' ? current.trialEnd : current.currentPeriodEnd
  if (options.cancelAt === 'now' || end === null || end <= options.now)
    return { kind: 'now', at: options.now }
  return { kind: 'scheduled', at: end }
}

function earliest(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}
