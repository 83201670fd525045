import { add, zero } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import {
  type LateUsage,
  rateLateUsage,
  rateUsage,
  rememberBilled,
  saveCorrections,
} from '../charges/index.ts'
import type { Draft } from '../invoices/index.ts'
import { watchBegun } from '../usage/index.ts'
import { afterCommitments, topUpToCommitments } from './commitment.ts'
import { invoiceOf, withCharges } from './draft.ts'
import { giveBackUsage } from './give-back-usage.ts'
import { isoMs } from './instants.ts'
import type { DueRow } from './sql.ts'
import { closedUsage, correctionLine } from './usage-lines.ts'
import { type UsedWindow, usageWindowOf } from './used-window.ts'

/**
 * Adds the usage of windows to the drafts of a pass: to the one that the end of the window made, or else as an invoice of
 * its own; and what came late for windows that were billed before, to that of the first. `rows` has the row of each
 * draft, and is kept so.
 */
export async function addUsage(
  deps: Deps,
  tx: Tx,
  windows: readonly UsedWindow[],
  drafts: Draft[],
  rows: DueRow[],
): Promise<void> {
  const firsts = [...new Map(windows.toReversed().map((window) => [window.row, window])).values()]
  const late = await afterCommitments(
    tx,
    await rateLateUsage(
      tx,
      firsts.map(({ was }) => ({ environmentId: was.environment_id, subscriptionId: was.id })),
    ),
  )
  const rated = await rateUsage(
    tx,
    windows.map(({ was, period, to }) => usageWindowOf(was, period, to)),
  )
  const open = windows.flatMap((window, index) => {
    const found = rated[index]
    if (!found) return []
    const used = found.usage.map((one) => closedUsage(window, one))
    const usedMinor = used.reduce((sum, one) => add(sum, one.cost), zero)
    return [{ window, from: found.from, used, usedMinor }]
  })
  const toppedUp = await topUpToCommitments(tx, open, drafts)
  const billed = open.flatMap(({ used }) => used)
  const back: LateUsage[] = billed.flatMap((one) => one.back)
  for (const window of windows) {
    const index = open.findIndex((one) => one.window === window)
    const used = open[index]?.used ?? []
    const corrected = firsts.includes(window) ? late.filter((one) => isOf(window, one)) : []
    back.push(...corrected.filter(({ correction }) => correction.numerator < 0n))
    const charges = [
      ...used.flatMap(({ lines }) => lines),
      ...[toppedUp[index] ?? []].flat(),
      ...corrected.flatMap((one) => (one.correction.numerator > 0n ? correctionLine(window, one) : [])),
    ]
    const [first] = charges
    if (!first) continue
    const { was, row, to, place } = window
    const draft = drafts[place]
    const at = isoMs(window.at)
    if (draft && rows[place] === row && (draft.periodStart === at || draft.periodEnd === at))
      drafts[place] = withCharges(draft, charges)
    else {
      drafts.push(
        invoiceOf(was, { kind: 'CHANGE', at: window.at, from: first.from ?? at, to: isoMs(to) }, charges),
      )
      rows.push(row)
    }
  }
  rememberBilled(tx, billed)
  const settled = await giveBackUsage(
    deps,
    tx,
    windows.map(({ row }) => row),
    back,
  )
  saveCorrections(tx, [...late.filter(({ correction }) => correction.numerator >= 0n), ...settled])
  watchBegun(
    deps,
    tx,
    [...new Set(windows.map(({ row }) => row))]
      .filter(({ status }) => status !== 'CANCELED')
      .map((row) => ({ environmentId: row.environment_id, subscriptionId: row.id, planId: row.plan_id })),
  )
}

function isOf({ row }: UsedWindow, { rated }: LateUsage): boolean {
  return rated.subscriptionId === row.id && rated.environmentId === row.environment_id
}
