import { type Period, localDay, startOfDay } from '@novabilling/core/calendar'
import { add, compare, ratio, roundHalfUp, toMajorNumber, zero } from '@novabilling/core/money'
import { type FactsAcross, recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import { type OpenUsage, rateSoFar, rememberAdvances } from '../charges/index.ts'
import type { Draft } from '../invoices/index.ts'
import { issueAndCollect } from './bill.ts'
import { insertThresholds, thresholdsReached, watchedTerms } from './bill-ahead-sql.ts'
import { type Charge, invoiceOf } from './draft.ts'
import { isoMs } from './instants.ts'
import { isInPeriod, periodOf } from './schedule.ts'
import type { DueRow } from './sql.ts'
import { lineSoFar } from './usage-lines.ts'
import { usageWindowOf } from './used-window.ts'

/** A period under way whose usage is looked at, up to an instant. */
type Watched = {
  readonly row: DueRow
  readonly period: Period
  readonly to: number
  /** Null where it is for charges in advance. */
  readonly thresholdMinor: bigint | null
}

/** A window in which the usage of a subscription has reached the threshold of its plan; amounts in minor units. */
type Reached = {
  readonly watched: Watched
  readonly from: number
  readonly usedMinor: bigint
  readonly thresholdMinor: bigint
}

/** What of a window is invoiced before it ends. */
type Ahead = { readonly watched: Watched; readonly rated: OpenUsage; readonly line: Charge }

/**
 * Invoices what was used in the periods under way of subscriptions of an environment, locked by the caller, and is not to
 * wait for their end: what charges in advance have come to, and all of what others have once it reaches the threshold of
 * the plan, which happens once a period and is told of. Invoiced are whole minor units, so that in the end the parts
 * are as much as one invoice would be; what has fallen below what was invoiced waits for the end.
 */
export async function billUsageAhead(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  rows: readonly DueRow[],
): Promise<void> {
  const watched = await watchedIn(tx, environmentId, rows)
  if (watched.length === 0) return
  const rated = await rateSoFar(
    tx,
    watched.map(({ row, period, to }) => usageWindowOf(row, period, to)),
  )
  const reached = new Set(
    (await newlyReached(deps, tx, environmentId, watched, rated)).map((one) => one.watched),
  )
  const ahead = watched.flatMap((one, index): Ahead[] => {
    const isForAdvance = one.thresholdMinor === null
    if (!isForAdvance && !reached.has(one)) return []
    return (rated[index] ?? [])
      .filter(({ isInAdvance }) => isInAdvance === isForAdvance)
      .flatMap((usage) => {
        const line = lineSoFar({ was: one.row, period: one.period }, usage)
        return line
          ? [{ watched: one, rated: usage, line: { ...line, to: isoMs(endOfPart(tx, usage)) } }]
          : []
      })
  })
  rememberAdvances(
    tx,
    ahead.map(({ rated: one, line }) => ({ ...one, billed: add(one.advanced, line.derivation.exact) })),
  )
  const drafts: Draft[] = []
  const billed: DueRow[] = []
  for (const [row, parts] of Map.groupBy(ahead, (one) => one.watched.row)) {
    const [first] = parts
    if (!first) continue
    const from = isoMs(first.rated.from)
    const to = parts.reduce((last, { line }) => (line.to !== null && line.to > last ? line.to : last), from)
    drafts.push(
      invoiceOf(
        row,
        { kind: 'CHANGE', at: tx.now.epochMilliseconds, from, to },
        parts.map(({ line }) => line),
      ),
    )
    billed.push(row)
  }
  await issueAndCollect(deps, tx, drafts, billed)
}

/** What has been used up to now is told as that; what was paid for until the end of the period, until then. */
function endOfPart(tx: Tx, { isInAdvance, from, to }: OpenUsage): number {
  return isInAdvance ? to : Math.max(from + 1, Math.min(to, tx.now.epochMilliseconds))
}

async function watchedIn(tx: Tx, environmentId: string, rows: readonly DueRow[]): Promise<Watched[]> {
  const terms = await tx.query(
    watchedTerms(
      environmentId,
      rows.map(({ id }) => id),
    ),
  )
  const now = tx.now.epochMilliseconds
  return rows.flatMap((row): Watched[] => {
    const term = terms.find(({ id }) => id === row.id)
    const period = periodOf(row)
    const isRunning = row.status === 'ACTIVE' || row.status === 'PAST_DUE'
    if (!term || !period || !isRunning || !isInPeriod(row, now)) return []
    const end = Date.parse(row.current_period_end ?? '')
    return [
      ...(term.is_in_advance ? [{ row, period, to: end, thresholdMinor: null }] : []),
      // What is weighted by time has been used for the days up to this one; their buckets say all of it.
      ...(term.threshold_minor === null
        ? []
        : [{ row, period, to: Math.min(end, endOfDay(row, now)), thresholdMinor: term.threshold_minor }]),
    ]
  })
}

/** When the local day is over that an instant is in. */
function endOfDay({ timezone }: DueRow, at: number): number {
  return startOfDay(timezone, localDay(timezone, at) + 1)
}

/** Those whose threshold has been reached by now, and had not been before in their window; tells of it. */
async function newlyReached(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  watched: readonly Watched[],
  rated: readonly (readonly OpenUsage[])[],
): Promise<Reached[]> {
  const above = watched.flatMap((one, index): Reached[] => {
    const usage = (rated[index] ?? []).filter(({ isInAdvance }) => !isInAdvance)
    const used = usage.reduce((sum, { exactMinor }) => add(sum, exactMinor), zero)
    const [first] = usage
    const { thresholdMinor } = one
    if (!first || thresholdMinor === null || compare(used, ratio(thresholdMinor)) < 0) return []
    return [{ watched: one, from: first.from, usedMinor: roundHalfUp(used), thresholdMinor }]
  })
  if (above.length === 0) return []
  const before = await tx.query(thresholdsReached(environmentId, ...keysOf(above)))
  const reached = above.filter(
    ({ watched: { row }, from }) =>
      !before.some((one) => one.subscription_id === row.id && one.window_from.epochMilliseconds === from),
  )
  if (reached.length === 0) return []
  tx.defer(insertThresholds(environmentId, ...keysOf(reached), tx.now))
  recordEventsAcross(
    tx,
    deps,
    reached.map((one) => factOf(tx, one)),
  )
  return reached
}

function keysOf(reached: readonly Reached[]): [ids: string[], from: string[]] {
  return [reached.map(({ watched }) => watched.row.id), reached.map(({ from }) => isoMs(from))]
}

function factOf(tx: Tx, { watched: { row }, from, usedMinor, thresholdMinor }: Reached): FactsAcross {
  const { environment_id: environmentId, currency } = row
  return {
    environmentId,
    types: ['usage.threshold_reached'],
    resourceId: row.id,
    resource: {
      subscriptionId: publicId('subscription', row.id),
      externalId: row.external_id,
      customerId: publicId('customer', row.customer_id),
      planId: publicId('plan', row.plan_id),
      currency,
      threshold: toMajorNumber({ currency, minor: thresholdMinor }),
      usage: toMajorNumber({ currency, minor: usedMinor }),
      periodStart: isoMs(from),
      periodEnd: row.current_period_end,
    },
    at: tx.now,
  }
}
