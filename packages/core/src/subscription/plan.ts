import { type EpochMs, type Period, type Schedule, addLocalDays, nthPeriod } from '../calendar/index.ts'
import type { Ratio } from '../money/index.ts'
import { shareOfPeriod } from './arrears.ts'
import { type SubscriptionStatus, canMoveSubscription } from './status.ts'

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

/** Begins a subscription. A trial lasts so many local days and ends at the clock time it began, or ends at an instant. */
export function planStart(input: {
  startedAt: EpochMs
  trialDays: number
  zone: string
  endsAt: EpochMs | null
  trialEnd?: EpochMs | null
}): Start {
  const { startedAt, trialDays, zone, endsAt, trialEnd: given = null } = input
  if (trialDays === 0 && given === null) {
    return { status: 'ACTIVE', trialStart: null, trialEnd: null, anchoredAt: startedAt, dueAt: startedAt }
  }
  const trialEnd = given ?? addLocalDays(zone, startedAt, trialDays)
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
  /** A pause is over: see `planResume`. */
  | { readonly kind: 'resume'; readonly at: EpochMs }
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

/**
 * What happens to a subscription at the instant it is due. Everything takes effect at that instant, whenever it is
 * computed, so a run that comes late does exactly what one in time would have done. An end date within a period cuts
 * it, and only its days are billed; a cancellation never cuts one. What is PAUSED is due when it ends or resumes. What
 * has to be paid in arrears for the period before is invoiced by the caller, before all this. Nothing is planned
 * for what is CANCELED: that is an Error.
 */
export function planDue(due: DueSubscription): DuePlan {
  const { status, schedule, dueAt } = due
  if (status === 'CANCELED') throw new Error(`a ${status} subscription is due`)
  const end = earliest(due.cancelAt, due.endsAt)
  if (end !== null && end <= dueAt) return { kind: 'end', at: end }
  if (status === 'PAUSED') return { kind: 'resume', at: dueAt }

  const nominal = nextPeriod(schedule, due.periodIndex)
  const isCut = due.endsAt !== null && due.endsAt < nominal.to
  const period = isCut ? { ...nominal, to: due.endsAt } : nominal
  return {
    kind: 'bill',
    at: dueAt,
    status: status === 'PAST_DUE' ? 'PAST_DUE' : 'ACTIVE',
    period,
    share: shareOfPeriod(schedule, nominal, due.endsAt),
    nextDueAt: end === null ? period.to : Math.min(period.to, end),
    activates: status === 'TRIALING',
  }
}

/** The period after one; those of a day that a zone skipped by moving over the date line are nothing to bill. */
function nextPeriod(schedule: Schedule, index: number): Period {
  let period = nthPeriod(schedule, index + 1)
  while (period.to <= period.from) period = nthPeriod(schedule, period.index + 1)
  return period
}

/** How a cancellation goes about. */
export type CancellationPlan =
  | { readonly kind: 'now'; readonly at: EpochMs }
  | { readonly kind: 'scheduled'; readonly at: EpochMs }

/**
 * Cancels now, or at the end of what has been billed: the period's end, or the trial's. A subscription that has not
 * begun to be billed has no period to wait for and ends at once. What was due before `now` must have been billed: the
 * end of a period that has passed is no end to wait for. What a cancellation now leaves unused is
 * `unusedAfterCancellation` of `prorate`, a share of the whole period's price. A canceled one stays so: that is an
 * Error.
 */
export function planCancellation(
  current: { status: SubscriptionStatus; currentPeriodEnd: EpochMs | null; trialEnd: EpochMs | null },
  options: { cancelAt: 'now' | 'period_end'; now: EpochMs },
): CancellationPlan {
  if (!canMoveSubscription(current.status, 'CANCELED'))
    throw new Error(`a ${current.status} subscription cannot be canceled`)
  const end = current.status === 'TRIALING' ? current.trialEnd : current.currentPeriodEnd
  if (options.cancelAt === 'now' || end === null || end <= options.now)
    return { kind: 'now', at: options.now }
  return { kind: 'scheduled', at: end }
}

/**
 * When a paused subscription is due: when it resumes, or ends, or what it has to pay in arrears is invoiced; never where
 * it does none of them.
 */
export function dueWhilePaused(paused: {
  resumeAt: EpochMs | null
  cancelAt: EpochMs | null
  endsAt: EpochMs | null
  closesAt?: EpochMs | null
}): EpochMs | null {
  const { resumeAt, cancelAt, endsAt, closesAt = null } = paused
  return earliest(earliest(resumeAt, closesAt), earliest(cancelAt, endsAt))
}

/** How a paused subscription goes on. */
export type ResumePlan =
  /** Within the period it was paused in, or before its first one: it goes on as if it had never been paused. */
  | { readonly kind: 'goes_on'; readonly dueAt: EpochMs }
  /** After it: a new period starts with the resume, and anchors those that follow. */
  | { readonly kind: 'restarts'; readonly anchoredAt: EpochMs }

/** Resumes a paused subscription at an instant. Before its first period, `startAt` is when that begins. */
export function planResume(
  paused: {
    startAt: EpochMs
    currentPeriodEnd: EpochMs | null
    cancelAt: EpochMs | null
    endsAt: EpochMs | null
  },
  at: EpochMs,
): ResumePlan {
  const next = paused.currentPeriodEnd ?? paused.startAt
  if (at >= next) return { kind: 'restarts', anchoredAt: at }
  const end = earliest(paused.cancelAt, paused.endsAt)
  return { kind: 'goes_on', dueAt: end === null ? next : Math.min(next, end) }
}

/**
 * The end of a trial after a change of plan in it: a trial of the new plan counts from the first start, and is over at
 * once where that has passed; a plan without one lets the trial go on as it is.
 */
export function trialEndAfterChange(
  trial: { start: EpochMs; end: EpochMs; zone: string },
  change: { trialDays: number; now: EpochMs },
): EpochMs {
  if (change.trialDays === 0) return trial.end
  return Math.max(change.now, addLocalDays(trial.zone, trial.start, change.trialDays))
}

const noticeDays = 3

/** When the end of a trial is told of: three local days ahead, or with its start where it is shorter. */
export function trialNoticeAt({ start, end, zone }: { start: EpochMs; end: EpochMs; zone: string }): EpochMs {
  return Math.max(start, addLocalDays(zone, end, -noticeDays))
}

function earliest(a: EpochMs | null, b: EpochMs | null): EpochMs | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}
