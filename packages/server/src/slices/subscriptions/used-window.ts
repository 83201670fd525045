import type { Period } from '@novabilling/core/calendar'
import type { Cut } from '@novabilling/core/subscription'
import type { UsageWindow } from '../charges/index.ts'
import { allReportedAt } from '../usage/index.ts'
import { isoMs, msOrNull } from './instants.ts'
import { periodOf } from './schedule.ts'
import type { DueRow } from './sql.ts'

/** Usage of a subscription that is over and is to be billed. */
export type UsedWindow = {
  readonly row: DueRow
  /** The row as it was when the window ended, for a pass goes on with it. */
  readonly was: DueRow
  readonly period: Period
  readonly to: number
  readonly cut: Cut
  /** When it is invoiced: where it ends, or with what a pause that outlasted it waited for. */
  readonly at: number
  /** Where the draft that takes its lines would be, of those of the pass. */
  readonly place: number
}

/** Usage of a subscription in its period under way, from where that has been billed up to until an instant. */
export function usageWindowOf(row: DueRow, period: Period, to: number): UsageWindow {
  return {
    environmentId: row.environment_id,
    subscriptionId: row.id,
    customerId: row.customer_id,
    planId: row.plan_id,
    revision: row.charges_revision,
    currency: row.currency,
    periodFrom: Date.parse(row.current_period_start ?? ''),
    to,
    wholeFrom: period.wholeFrom,
    wholeTo: period.wholeTo,
  }
}

/**
 * The usage of the period under way up to its end or a cut in it; undefined where the plan never charged for
 * any and has no commitment.
 */
export function usedWindow(row: DueRow, at: number, cut: Cut, place = 0): UsedWindow | undefined {
  const period = periodOf(row)
  const end = msOrNull(row.current_period_end)
  if (!period || end === null || !isMetered(row)) return undefined
  const to = cut.by === 'period' ? end : Math.min(cut.at, end)
  return { row, was: { ...row }, period, to, cut, at, place }
}

/** When one that ends at an instant is due once more, for what is reported late; null where its usage is not charged. */
export function dueAfterEnd(row: DueRow, at: number): string | null {
  return periodOf(row) && isMetered(row) ? isoMs(allReportedAt(at)) : null
}

/** Whether usage, or a commitment, is to be looked at when a window of a plan ends. */
function isMetered(row: DueRow): boolean {
  return row.plan_charges_revision !== 0 || row.commitment_minor !== null
}
