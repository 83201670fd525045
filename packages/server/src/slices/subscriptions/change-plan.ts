import { billedAfterChange } from '@novabilling/core/prorate'
import { isDowngrade, trialEndAfterChange } from '@novabilling/core/subscription'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { type PlanRow, findPlan } from '../catalog/index.ts'
import { refuseUnpriced } from '../charges/index.ts'
import { planFor } from '../plan-overrides/index.ts'
import { awaitFirstPeriod, closeArrears, cutArrears, resumeArrears } from './arrears.ts'
import { issueAndCollect } from './bill.ts'
import { concludeChange } from './changed.ts'
import { priceIn } from './create.ts'
import { restDraftOf } from './draft.ts'
import { lockToChange } from './find.ts'
import { isoMs, msOrNull } from './instants.ts'
import { changeQuantity } from './quantity.ts'
import { periodOf, scheduleOf } from './schedule.ts'
import type { ChangePlan, Subscription } from './schema.ts'
import type { DueRow } from './sql.ts'
import { refuseElsewhere } from './takeover.ts'
import { awaitTrialEnd } from './trial-ending.ts'
import { type Terms, applyTerms, changesInterval, forgetPending, restartAt } from './terms.ts'
import { addUsage } from './usage.ts'
import { usedWindow } from './used-window.ts'
import { chargedUnits, creditUnused, unitsCharged } from './unused.ts'

/**
 * Changes the plan, and the quantity with it: now, or when the period ends; unless told, what costs less by the month
 * waits for the end. Now, the rest of the old plan is credited against what charged it, the day of the change included,
 * and the rest of the new one is invoiced, each now or, where a plan is in arrears, with its period; another interval begins a period of its own. In a trial nothing is invoiced.
 * Refuses a plan without a price in the currency, one that is not active, and what changes nothing; asked for what it
 * has, a pending change is taken back.
 */
export async function changePlan(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: ChangePlan,
): Promise<Subscription> {
  const row = await lockToChange(deps, tx, environmentId, id)
  if (row.status === 'PAUSED') throw new Refusal('subscription_paused')
  if (row.cancel_at !== null) throw new Refusal('subscription_canceling')
  const terms = await termsOf(tx, row, input)
  if (isSame(row, terms)) {
    if (row.pending_at === null) throw new Refusal('plan_unchanged')
    forgetPending(row)
    return concludeChange(deps, tx, row, 'subscription.updated')
  }

  const end = row.status === 'TRIALING' ? row.trial_end : row.current_period_end
  if (end !== null && effectiveOf(row, terms, input) === 'period_end') {
    row.pending_plan_id = terms.plan_id
    row.pending_price_id = terms.price_id
    row.pending_quantity = terms.quantity
    row.pending_at = end
    return concludeChange(deps, tx, row, 'subscription.updated')
  }
  const trialEnd = row.trial_end
  await changeNow(deps, tx, row, terms, input.prorate ?? true)
  const changed = await concludeChange(deps, tx, row, 'subscription.plan_changed')
  if (row.trial_end !== trialEnd) awaitTrialEnd(deps, tx, row)
  return changed
}

async function termsOf(
  tx: Tx,
  row: DueRow,
  input: ChangePlan,
): Promise<Terms & { readonly trialDays: number }> {
  const plan = await planFor(
    tx,
    row.environment_id,
    await findPlan(tx, row.environment_id, input.newPlanId),
    row.customer_id,
  )
  if (!plan.is_active && plan.id !== row.plan_id) throw new Refusal('plan_inactive')
  const quantity = input.quantity ?? row.quantity
  const price = priceIn(plan, row.currency, quantity)
  await refuseUnpriced(tx, row.environment_id, {
    planId: plan.id,
    customerId: row.customer_id,
    currency: row.currency,
  })
  return {
    plan_id: plan.id,
    price_id: price.id,
    quantity,
    plan_name: plan.name,
    billing_interval: plan.billing_interval,
    interval_count: plan.interval_count,
    billing_timing: plan.billing_timing,
    price_minor: BigInt(price.amount_minor),
    commitment_minor: commitmentIn(plan, row.currency),
    plan_payment_terms: plan.net_payment_terms,
    plan_grace_days: plan.invoice_grace_days,
    trialDays: plan.trial_days,
  }
}

function commitmentIn({ minimum_commitment: all }: PlanRow, currency: string): bigint | null {
  const own = all.find((one) => one.currency === currency)
  return own ? BigInt(own.minor) : null
}

function isSame(row: DueRow, terms: Terms): boolean {
  return row.plan_id === terms.plan_id && row.price_id === terms.price_id && row.quantity === terms.quantity
}

/** In a trial nothing has been paid, so nothing has to be waited for. */
function effectiveOf(row: DueRow, terms: Terms, { effective }: ChangePlan): 'now' | 'period_end' {
  if (effective !== undefined) return effective
  if (row.status === 'TRIALING') return 'now'
  return isDowngrade(paceOf(row), paceOf(terms)) ? 'period_end' : 'now'
}

function paceOf(terms: Omit<Terms, 'plan_payment_terms'>): Parameters<typeof isDowngrade>[0] {
  return {
    periodMinor: terms.price_minor * BigInt(terms.quantity),
    interval: terms.billing_interval,
    intervalCount: terms.interval_count,
  }
}

async function changeNow(
  deps: Deps,
  tx: Tx,
  row: DueRow,
  { trialDays, ...terms }: Terms & { readonly trialDays: number },
  prorate: boolean,
): Promise<void> {
  const now = tx.now.epochMilliseconds
  const period = periodOf(row)
  if (!period) {
    applyTerms(row, terms)
    if (row.status === 'TRIALING') changeTrial(row, trialDays, now)
    awaitFirstPeriod(row)
    return
  }
  const isOtherInterval = changesInterval(row, terms)
  if (prorate && (isOtherInterval || row.price_id !== terms.price_id)) refuseElsewhere(row, now)
  if (!isOtherInterval && row.price_id === terms.price_id && prorate) {
    await changeQuantity(deps, tx, row, terms.quantity)
    forgetPending(row)
    return
  }
  if (prorate) {
    const charged = await chargedUnits(deps, tx, row)
    await creditUnused(deps, tx, row, charged, {
      units: unitsCharged(charged),
      share: billedAfterChange(scheduleOf(row), period, { at: now, end: msOrNull(row.ends_at) }),
      from: now,
    })
  }
  const cut = prorate ? ({ by: 'change', at: now } as const) : ({ by: 'period' } as const)
  const closing = isOtherInterval ? closeArrears(row, now, cut) : undefined
  const drafts = closing ? [closing] : []
  const rows = drafts.map(() => row)
  if (prorate) cutArrears(row, cut)
  // What was used until now was used under the old plan, whatever is prorated; its fee is only known where that is.
  const used = usedWindow(
    { ...row, plan_charges_revision: 1, commitment_minor: prorate ? row.commitment_minor : null },
    now,
    { by: 'change', at: now },
  )
  if (used) await addUsage(deps, tx, [{ ...used, row }], drafts, rows)
  await issueAndCollect(deps, tx, drafts, rows)
  applyTerms(row, terms)
  if (isOtherInterval) restartAt(row, now)
  else if (prorate && row.billing_timing === 'IN_ARREARS') resumeArrears(row, now)
  else if (prorate) {
    const draft = restDraftOf(row, now, row.quantity)
    if (draft) await issueAndCollect(deps, tx, [draft], [row])
  }
}

function changeTrial(row: DueRow, trialDays: number, now: number): void {
  const [start, end] = [msOrNull(row.trial_start), msOrNull(row.trial_end)]
  if (start === null || end === null) throw new Error(`subscription ${row.id} has a trial without its dates`)
  const trialEnd = trialEndAfterChange({ start, end, zone: row.timezone }, { trialDays, now })
  row.trial_end = isoMs(trialEnd)
  row.anchored_at = row.trial_end
  const endsAt = msOrNull(row.ends_at)
  row.due_at = endsAt === null ? row.trial_end : isoMs(Math.min(trialEnd, endsAt))
}
