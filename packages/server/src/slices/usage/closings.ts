import type { Tx } from '../../db/transaction.ts'
import { countedOnceDays } from './generations.ts'
import { isoMs } from './ingest.ts'
import { billedWithin, insertClosings, lateWindows } from './sql.ts'

/** Usage of a subscription over `[from, to)`, epoch milliseconds. */
type UsageWindow = {
  readonly environmentId: string
  readonly subscriptionId: string
  readonly from: number
  readonly to: number
}

/** When nothing more can be reported of a stretch of time, by when it ended: all that was has been committed by then, too. */
export function allReportedAt(endMs: number): number {
  return endMs + (countedOnceDays + 1) * 86_400_000
}

/**
 * Remembers windows as billed, in the transaction that bills them and before it reads their usage: so what the reading
 * cannot see yet is late, and never lost.
 */
export function closeUsage(tx: Tx, windows: readonly UsageWindow[]): void {
  if (windows.length === 0) return
  tx.defer(
    insertClosings(
      windows.map((window) => window.environmentId),
      windows.map((window) => window.subscriptionId),
      windows.map((window) => isoMs(window.from)),
      windows.map((window) => isoMs(window.to)),
    ),
  )
}

/** Where what has been billed within windows ends, in their order; undefined where nothing has. */
export async function billedUpTo(
  tx: Pick<Tx, 'query'>,
  windows: readonly UsageWindow[],
): Promise<(number | undefined)[]> {
  if (windows.length === 0) return []
  const billed = await tx.query(
    billedWithin(
      windows.map(({ environmentId }) => environmentId),
      windows.map(({ subscriptionId }) => subscriptionId),
      windows.map(({ from }) => isoMs(from)),
      windows.map(({ to }) => isoMs(to)),
    ),
  )
  const billedTo = new Map(billed.map((row) => [row.place, row.billed_to.epochMilliseconds]))
  return windows.map((_, index) => billedTo.get(index + 1))
}

/**
 * The billed windows of these subscriptions into which events came, or may have come, after they were billed, by metric,
 * oldest first.
 */
export async function lateUsage(
  tx: Pick<Tx, 'query'>,
  subscriptions: readonly { environmentId: string; subscriptionId: string }[],
): Promise<(UsageWindow & { readonly metricId: string })[]> {
  if (subscriptions.length === 0) return []
  const rows = await tx.query(
    lateWindows(
      subscriptions.map((one) => one.environmentId),
      subscriptions.map((one) => one.subscriptionId),
    ),
  )
  return rows.map((row) => ({
    environmentId: row.environment_id,
    subscriptionId: row.subscription_id,
    metricId: row.metric_id,
    from: row.period_from.epochMilliseconds,
    to: row.period_to.epochMilliseconds,
  }))
}
