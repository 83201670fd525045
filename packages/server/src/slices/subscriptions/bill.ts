import { type DuePlan, planDue } from '@novabilling/core/subscription'
import { type EventType, type FactsAcross, recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Draft, issueInvoices } from '../invoices/index.ts'
import { intendPayments } from '../payments/index.ts'
import { beginArrears, closeArrears, closesAt } from './arrears.ts'
import { awaitWhilePaused } from './awaiting.ts'
import { draftOf, kindOf } from './draft.ts'
import { addUsage } from './usage.ts'
import { type UsedWindow, dueAfterEnd, usedWindow } from './used-window.ts'
import { isoMs, isoMsOrNull, msOrNull } from './instants.ts'
import { presentSubscription } from './present.ts'
import { resumeRow } from './resume-row.ts'
import { scheduleOf } from './schedule.ts'
import { type DueRow, countActive, saveSubscriptions } from './sql.ts'
import { applyPending, isChangeDue, pendingTerms, saveTermsOf, takeNextPrice } from './terms.ts'

/** At most so many periods of one subscription in one go; what is left stays due. */
export const mostPeriodsAtOnce = 400

/**
 * Bills subscriptions, locked by the caller, for everything due up to `until`: each period that begins, or in arrears is
 * over, gets its invoice with its own dates, each pending change, resume and end that comes takes effect at its instant, whenever this
 * runs. The rows are brought up to date in place. Over any number of environments it takes a fixed number of
 * statements. What is too much for one go stays due. `made`: the rows were made in this transaction, which is announced
 * first. Gives how many invoices were issued.
 */
export async function billDue(
  deps: Deps,
  tx: Tx,
  rows: readonly DueRow[],
  { until, made = false }: { until: Temporal.Instant; made?: boolean },
): Promise<number> {
  const untilMs = until.epochMilliseconds
  const pending = await pendingTerms(tx, rows, untilMs)
  const facts: FactsAcross[] = []
  const drafts: Draft[] = []
  const billed: DueRow[] = []
  const changed: DueRow[] = []
  const ended: DueRow[] = []
  const moved = new Set<DueRow>()
  const used: UsedWindow[] = []
  const add = (row: DueRow, draft: Draft | undefined): void => {
    if (!draft) return
    drafts.push(draft)
    billed.push(row)
  }
  const endUsage = (row: DueRow, at: number): void => {
    const end = msOrNull(row.current_period_end)
    if (end === null || at >= end) return
    const window = usedWindow(row, at, { by: 'cancellation', at }, drafts.length)
    if (window) used.push(window)
  }
  for (const row of rows) {
    let isChanged = false
    let usedUpTo: string | null = null
    let types: EventType[] = []
    for (let count = 0; count < mostPeriodsAtOnce && row.due_at !== null;) {
      const dueAt = Date.parse(row.due_at)
      if (dueAt > untilMs) break
      isChanged = true
      if (row.status === 'CANCELED') {
        // What was billed in this very pass has nothing late.
        const window =
          used.at(-1)?.row === row
            ? undefined
            : usedWindow(
                row,
                dueAt,
                { by: 'cancellation', at: Date.parse(row.canceled_at ?? row.due_at) },
                drafts.length,
              )
        if (window) used.push(window)
        row.due_at = null
        break
      }
      const end = row.current_period_end
      if (end !== null && end !== usedUpTo && Date.parse(end) <= dueAt) {
        const window = usedWindow(row, dueAt, { by: 'period' }, drafts.length)
        if (window) used.push(window)
        usedUpTo = end
      }
      const closing = closesAt(row)
      if (closing !== null && closing <= dueAt) {
        add(row, closeArrears(row, dueAt, { by: 'period' }))
        if (row.status === 'PAUSED') awaitWhilePaused(row)
        moved.add(row)
        continue
      }
      count++
      const terms = pending.get(row)
      if (terms && isChangeDue(row, dueAt)) {
        applyPending(row, terms, dueAt)
        moved.add(row)
        types.push('subscription.plan_changed')
      }
      const plan = planDue(dueOf(row, dueAt))
      if (plan.kind === 'bill' && takeNextPrice(row, plan.at)) moved.add(row)
      if (plan.kind === 'resume') {
        add(row, resumeRow(row, plan.at))
        moved.add(row)
        types.push('subscription.resumed')
      } else {
        if (plan.kind === 'end') endUsage(row, plan.at)
        if (plan.kind === 'end') ended.push(row)
        else if (row.billing_timing === 'IN_ADVANCE') add(row, draftOf(row, plan))
        if (row.arrears !== null || row.billing_timing === 'IN_ARREARS') moved.add(row)
        types.push(...apply(row, plan))
      }
      // A resume that begins a period is told once it has.
      if (plan.kind === 'resume' && row.due_at === isoMs(plan.at)) continue
      if (types.length > 0) facts.push(factOf(row, ...types))
      types = []
    }
    if (types.length > 0) facts.push(factOf(row, ...types))
    if (isChanged) changed.push(row)
  }
  if (made)
    recordEventsAcross(
      tx,
      deps,
      rows.map((row) => factOf(row, 'subscription.created')),
    )
  recordEventsAcross(tx, deps, facts)
  if (changed.length === 0) return 0
  if (used.length > 0) await addUsage(deps, tx, used, drafts, billed)

  saveAll(tx, changed)
  saveTermsOf(tx, [...moved])
  countEnded(tx, ended)
  await issueAndCollect(deps, tx, drafts, billed)
  return drafts.length
}

/** Issues invoices of subscriptions, `rows` in the order of the drafts, and intends their payments. */
export async function issueAndCollect(
  deps: Deps,
  tx: Tx,
  drafts: readonly Draft[],
  rows: readonly DueRow[],
): Promise<void> {
  const issued = await issueInvoices(deps, tx, drafts)
  await intendPayments(
    deps,
    tx,
    issued.flatMap(({ environmentId, row: invoice }, index) => {
      if (invoice.status === 'PAID' || invoice.status === 'DRAFT') return []
      return [
        {
          environmentId,
          invoiceId: invoice.id,
          customerId: invoice.customer_id,
          paymentMethodId: rows[index]?.payment_method_id ?? null,
          currency: invoice.currency,
          amountMinor: invoice.total_minor - invoice.credited_minor,
          at: Temporal.Instant.from(invoice.created_at),
        },
      ]
    }),
  )
}

function dueOf(row: DueRow, dueAt: number): Parameters<typeof planDue>[0] {
  return {
    status: row.status,
    schedule: scheduleOf(row),
    periodIndex: row.period_index,
    dueAt,
    cancelAt: msOrNull(row.cancel_at),
    endsAt: msOrNull(row.ends_at),
  }
}

/** Brings the row to the state after the plan, and says what is to be announced of it. */
function apply(row: DueRow, plan: Exclude<DuePlan, { kind: 'resume' }>): EventType[] {
  const at = isoMs(Math.max(plan.at, Date.parse(row.created_at)))
  row.updated_at = at > row.updated_at ? at : row.updated_at
  if (plan.kind === 'end') {
    row.status = 'CANCELED'
    row.canceled_at = isoMs(plan.at)
    row.due_at = dueAfterEnd(row, plan.at)
    return ['subscription.canceled']
  }
  const { period } = plan
  const hadPeriod = row.current_period_start !== null
  const kind = kindOf(row, plan)
  row.status = plan.status
  row.period_index = period.index
  row.current_period_start = isoMs(period.from)
  row.current_period_end = isoMs(period.to)
  row.due_at = isoMsOrNull(plan.nextDueAt)
  row.arrears = null
  if (row.billing_timing === 'IN_ARREARS') beginArrears(row, kind, period)
  // A new first period is told by the change or the resume that it begins with.
  if (kind === 'RESTART') return []
  if (hadPeriod) return ['subscription.renewed']
  // A first period that begins with the subscription itself is told by its creation.
  return plan.activates || period.from > Date.parse(row.created_at) ? ['subscription.activated'] : []
}

export function factOf(row: DueRow, ...types: EventType[]): FactsAcross {
  return {
    environmentId: row.environment_id,
    types,
    resourceId: row.id,
    resource: presentSubscription(row),
    at: row.updated_at,
  }
}

export function saveAll(tx: Tx, rows: readonly DueRow[]): void {
  tx.defer(
    saveSubscriptions(
      rows.map((row) => row.environment_id),
      rows.map((row) => row.id),
      rows.map((row) => row.status),
      rows.map((row) => row.period_index),
      rows.map((row) => row.current_period_start),
      rows.map((row) => row.current_period_end),
      rows.map((row) => row.cancel_at),
      rows.map((row) => row.canceled_at),
      rows.map((row) => row.cancel_reason),
      rows.map((row) => row.due_at),
      rows.map((row) => row.updated_at),
    ),
  )
}

export function countEnded(tx: Tx, ended: readonly DueRow[]): void {
  if (ended.length === 0) return
  tx.defer(
    countActive(
      ended.map((row) => row.environment_id),
      ended.map((row) => row.customer_id),
      ended.map(() => -1),
    ),
  )
}
