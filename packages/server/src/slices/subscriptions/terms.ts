import { jsonArray } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { isoMs, msOrNull } from './instants.ts'
import { type DueRow, pendingPlans, saveTerms } from './sql.ts'

/** What a subscription changes to. */
export type Terms = Pick<
  DueRow,
  | 'plan_id'
  | 'price_id'
  | 'quantity'
  | 'plan_name'
  | 'billing_interval'
  | 'interval_count'
  | 'billing_timing'
  | 'price_minor'
  | 'commitment_minor'
  | 'plan_grace_days'
> & { readonly plan_payment_terms: number | null }

/** The changes that may take effect up to an instant, by their rows. Asked for only where there is one. */
export async function pendingTerms(
  tx: Tx,
  rows: readonly DueRow[],
  untilMs: number,
): Promise<ReadonlyMap<DueRow, Terms>> {
  const pending = rows.filter(({ pending_at: at }) => at !== null && Date.parse(at) <= untilMs)
  if (pending.length === 0) return new Map()
  const found = await tx.query(
    pendingPlans(
      pending.map((row) => row.environment_id),
      pending.map(({ id }) => id),
    ),
  )
  return new Map(
    pending.flatMap((row) => {
      const plan = found.find((one) => one.environment_id === row.environment_id && one.id === row.id)
      if (!plan || row.pending_quantity === null) return []
      const { net_payment_terms, id: _id, environment_id: _environment, ...terms } = plan
      return [
        [row, { ...terms, quantity: row.pending_quantity, plan_payment_terms: net_payment_terms }] as const,
      ]
    }),
  )
}

/** Whether a pending change takes effect by an instant; one that is to end then does not change before. */
export function isChangeDue(row: DueRow, at: number): boolean {
  const ends = [row.cancel_at, row.ends_at].some((end) => end !== null && Date.parse(end) <= at)
  const changeAt = msOrNull(row.pending_at)
  return !ends && changeAt !== null && changeAt <= at
}

/** Puts a pending change into effect at the instant at which a new period begins. */
export function applyPending(row: DueRow, terms: Terms, at: number): void {
  const isOtherInterval = changesInterval(row, terms)
  applyTerms(row, terms)
  if (isOtherInterval && row.status !== 'TRIALING') restartAt(row, at)
}

/** After every revision of a plan's charges that there is. */
const newestRevision = 2_147_483_647

/** Gives a row its new plan, price and quantity; a change that was pending is superseded. */
export function applyTerms(row: DueRow, { plan_payment_terms: planTerms, ...terms }: Terms): void {
  // With another plan or price come the charges that the plan has by now.
  if (row.plan_id !== terms.plan_id || row.price_id !== terms.price_id) {
    row.charges_revision = newestRevision
    row.plan_charges_revision = newestRevision
  }
  Object.assign(row, terms)
  row.next_price_id = null
  if (row.terms_from !== 'CUSTOMER') {
    row.net_payment_terms = planTerms
    row.terms_from = planTerms === null ? null : 'PLAN'
  }
  forgetPending(row)
}

/**
 * Where the price has been changed for those that have it, or for this one alone, a period that begins from then on has
 * the new one. Its charges stay.
 */
export function takeNextPrice(row: DueRow, at: number): boolean {
  const { next_price_id: id, next_price_minor: minor, next_price_from: from } = row
  if (id === null || minor === null || from === null || Date.parse(from) > at) return false
  row.price_id = id
  row.price_minor = minor
  row.commitment_minor = row.next_commitment_minor
  row.next_price_id = null
  return true
}

export function forgetPending(row: DueRow): void {
  row.pending_plan_id = null
  row.pending_price_id = null
  row.pending_quantity = null
  row.pending_at = null
}

export function changesInterval(row: DueRow, terms: Terms): boolean {
  return row.billing_interval !== terms.billing_interval || row.interval_count !== terms.interval_count
}

/** A new first period begins at an instant, and anchors those that follow. */
export function restartAt(row: DueRow, at: number): void {
  row.anchored_at = isoMs(at)
  row.period_index = -1
  row.due_at = row.anchored_at
}

/** Writes down what rows pay, what they have yet to pay, and what their periods are counted from. */
export function saveTermsOf(tx: Tx, rows: readonly DueRow[]): void {
  if (rows.length === 0) return
  tx.defer(
    saveTerms(
      rows.map((row) => row.environment_id),
      rows.map((row) => row.id),
      rows.map((row) => row.plan_id),
      rows.map((row) => row.price_id),
      rows.map((row) => row.quantity),
      rows.map((row) => row.anchored_at),
      rows.map((row) => row.trial_end),
      rows.map((row) => row.paused_at),
      rows.map((row) => row.resume_at),
      rows.map((row) => row.pause_credited),
      rows.map((row) => row.pending_plan_id),
      rows.map((row) => row.pending_price_id),
      rows.map((row) => row.pending_quantity),
      rows.map((row) => row.pending_at),
      jsonArray(
        rows.map((row) => JSON.stringify(row.arrears)),
        'jsonb',
      ),
      rows.map((row) => row.charges_revision),
    ),
  )
}
