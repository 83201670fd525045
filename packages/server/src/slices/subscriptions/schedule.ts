import { type Period, type Schedule, nthPeriod } from '@novabilling/core/calendar'
import { msOrNull } from './instants.ts'
import type { DueRow } from './sql.ts'

/** What the periods of a subscription are counted from. */
export function scheduleOf(row: DueRow): Schedule {
  return {
    interval: row.billing_interval,
    intervalCount: row.interval_count,
    anchor: row.billing_anchor,
    zone: row.timezone,
    start: Date.parse(row.anchored_at),
  }
}

/** The period under way, without an end date that may cut it; undefined before the first. */
export function periodOf(row: DueRow): Period | undefined {
  return row.period_index < 0 ? undefined : nthPeriod(scheduleOf(row), row.period_index)
}

/** Whether a subscription is in a period at an instant. */
export function isInPeriod(row: DueRow, atMs: number): boolean {
  const end = msOrNull(row.current_period_end)
  return row.period_index >= 0 && end !== null && atMs < end
}
