import type { Period, Schedule } from '@novabilling/core/calendar'
import { planTakeover } from '@novabilling/core/subscription'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import { beginArrears } from './arrears.ts'
import { awaitWhilePaused } from './awaiting.ts'
import { isoMs, msOrNull } from './instants.ts'
import { isInPeriod } from './schedule.ts'
import type { CreateSubscription } from './schema.ts'
import type { DueRow } from './sql.ts'
import type { ResolvedDates } from './start.ts'

/** What was billed elsewhere of a subscription, and what it is from now on. */
export type Elsewhere = { readonly period: Period; readonly isPaused: boolean }

/**
 * Reads where a subscription stands that was billed elsewhere until now; undefined for one that begins here. Refuses,
 * all faults at once, what contradicts itself: a period that is none of those counted from the start, or is not under
 * way, a trial beside it, a status that does not follow, and a day of making that would date invoices in the past.
 */
export function readElsewhere(
  input: CreateSubscription,
  { startedAt, endsAt, periodStart, periodEnd }: ResolvedDates,
  { schedule, status, dueAt, nowMs }: { schedule: Schedule; status: string; dueAt: number; nowMs: number },
): Elsewhere | undefined {
  const faults: Fault[] = []
  const fault = (path: string, message: string): unknown => faults.push({ path, message })
  const isPaused = input.status === 'PAUSED'
  if (input.createdAt !== undefined && Date.parse(input.createdAt) > nowMs)
    fault('createdAt', 'must not be later than now')
  if (periodStart === null) {
    if (periodEnd !== null) fault('currentPeriodEnd', 'goes with currentPeriodStart')
    if (isPaused) fault('status', 'is PAUSED only with currentPeriodStart; pause it once it is there')
    else if (input.status !== undefined && input.status !== status)
      fault('status', `would be ${status}, by startDate, trialDays and trialEnd`)
    if (input.createdAt !== undefined && dueAt < nowMs)
      fault(
        'createdAt',
        'goes with nothing to bill for the past: give currentPeriodStart, or a later startDate',
      )
    if (faults.length > 0) throw invalid(...faults)
    return undefined
  }
  if (input.trialEnd !== undefined || (input.trialDays ?? 0) > 0)
    fault('currentPeriodStart', 'is of a period that is billed: leave it out in a trial')
  if (input.status === 'TRIALING') fault('status', 'cannot be TRIALING with currentPeriodStart')
  if (periodStart > nowMs) fault('currentPeriodStart', 'must not be later than now')
  if (startedAt > periodStart) fault('startDate', 'must not be after currentPeriodStart')
  if (endsAt !== null && endsAt <= nowMs) fault('endDate', 'must be later than now')
  if (faults.length > 0) throw invalid(...faults)

  const found = planTakeover(schedule, { from: periodStart, to: periodEnd })
  if (found.kind === 'no_period') {
    const { around } = found
    const hint = around ? `; the one around it runs from ${isoMs(around.from)} to ${isoMs(around.to)}` : ''
    throw invalid({
      path: 'currentPeriodStart',
      message: `is not where a period begins that is counted from startDate${hint}`,
    })
  }
  const { period } = found
  if (found.kind === 'other_end')
    throw invalid({
      path: 'currentPeriodEnd',
      message: `must be ${isoMs(period.to)}, where that period ends; startDate says what periods are counted from`,
    })
  if (period.to <= nowMs && !isPaused)
    throw invalid({
      path: 'currentPeriodStart',
      message: `is of a period that ended at ${isoMs(period.to)}: give the one under way`,
    })
  return { period, isPaused }
}

/** Brings a new row to where it stood elsewhere: the period under way is paid for, or in arrears will be here. */
export function takeOver(row: DueRow, { period, isPaused }: Elsewhere, nowMs: number): void {
  const end = msOrNull(row.ends_at)
  const to = end === null ? period.to : Math.min(period.to, end)
  row.status = isPaused ? 'PAUSED' : 'ACTIVE'
  row.period_index = period.index
  row.current_period_start = isoMs(period.from)
  row.current_period_end = isoMs(to)
  row.billed_elsewhere_to = row.current_period_end
  row.due_at = row.current_period_end
  if (row.billing_timing === 'IN_ARREARS' && to > nowMs) {
    beginArrears(row, 'CYCLE', { from: period.from, to })
    row.billed_elsewhere_to = row.current_period_start
  }
  if (!isPaused) return
  row.paused_at = isoMs(nowMs)
  awaitWhilePaused(row)
}

/** Refuses to credit a period that was billed elsewhere: there is no invoice to credit. */
export function refuseElsewhere(row: DueRow, nowMs: number): void {
  const isElsewhere = row.billed_elsewhere_to !== null && row.billed_elsewhere_to === row.current_period_end
  if (isElsewhere && isInPeriod(row, nowMs)) throw new Refusal('period_billed_elsewhere')
}
