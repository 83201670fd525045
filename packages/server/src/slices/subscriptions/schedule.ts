import { type Period, type Schedule, localDay, nthPeriod, startOfDay } from '@novabilling/core/calendar'
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

/** What shares of a period are counted in. */
export function unitOf({ billing_interval: interval }: DueRow): 'SECOND' | 'DAY' {
  return interval === 'HOURLY' || interval === 'DAILY' ? 'SECOND' : 'DAY'
}

/** Where so many days, or seconds, are over that began with the one an instant is in. */
export function endOfUnits(row: DueRow, fromMs: number, count: number): number {
  if (unitOf(row) === 'SECOND') return (Math.floor(fromMs / 1000) + count) * 1000
  return startOfDay(row.timezone, localDay(row.timezone, fromMs) + count)
}
