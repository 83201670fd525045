import { planStart } from '@novabilling/core/subscription'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { parseId } from '../../ids.ts'
import { tooMuchMinor } from '../../http/money-input.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { type PlanRow, findPlan } from '../catalog/index.ts'
import { refuseUnpriced } from '../charges/index.ts'
import { ownPrices, withOwnPrices } from '../plan-overrides/index.ts'
import { type CustomerRow, findCustomer, lockCustomer } from '../customers/index.ts'
import { awaitFirstPeriod } from './arrears.ts'
import { applyCode } from '../coupons/index.ts'
import { billDue, saveAll } from './bill.ts'
import { isoMs, isoMsOrNull } from './instants.ts'
import { presentSubscription } from './present.ts'
import type { CreateSubscription, Subscription } from './schema.ts'
import {
  clockOfEnvironment,
  countActive,
  insertSubscription,
  lockSubscriptionsByIds,
  methodOfCustomer,
  saveElsewhere,
} from './sql.ts'
import { readElsewhere, takeOver } from './takeover.ts'
import { saveTermsOf } from './terms.ts'
import { awaitTrialEnd } from './trial-ending.ts'
import { readDates, refuseTooManyPeriods, resolveDates } from './start.ts'

/**
 * Subscribes a customer to a plan and bills what is due by now, in one transaction: the first period, or each of
 * the periods since a start in the past; nothing for a trial or a start in the future.
 * Where it was billed elsewhere up to the period under way, nothing of that is billed again.
 * Refuses an archived customer, an inactive plan, a plan without a price in the currency, a known externalId.
 */
export async function createSubscription(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateSubscription,
): Promise<Subscription> {
  const dates = readDates(input)
  const found = await findCustomer(tx, environmentId, input.customerId)
  const plan = await findPlan(tx, environmentId, input.planId)
  const [[customer], [clock], own] = await tx.queryAll([
    lockCustomer(environmentId, found.id),
    clockOfEnvironment(environmentId),
    ownPrices(environmentId, plan.id, found.id),
  ])
  if (!customer || !clock) throw new Refusal('customer_not_found')
  if (customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  if (!plan.is_active) throw new Refusal('plan_inactive')
  const paymentMethodId = await methodId(tx, environmentId, customer.id, input.paymentMethodId ?? null)
  const currency = input.currency ?? customer.currency
  const quantity = input.quantity ?? 1
  const price = priceIn(withOwnPrices(plan, own), currency, quantity)
  await refuseUnpriced(tx, environmentId, { planId: plan.id, customerId: customer.id, currency })

  const nowMs = tx.now.epochMilliseconds
  const resolved = resolveDates(dates, customer.timezone, nowMs)
  const { startedAt, endsAt, trialEnd } = resolved
  if (input.trialDays !== undefined && trialEnd !== null)
    throw invalid({ path: 'trialEnd', message: 'says what trialDays says already: give one of them' })
  const trialDays = resolved.periodStart === null ? (input.trialDays ?? plan.trial_days) : 0
  const start = planStart({ startedAt, trialDays, zone: customer.timezone, endsAt, trialEnd })
  const schedule = scheduleOf(plan, customer, input, start.anchoredAt)
  const { status, dueAt } = start
  const elsewhere = readElsewhere(input, resolved, {
    schedule,
    status: dueAt > nowMs ? status : 'ACTIVE',
    dueAt,
    nowMs,
  })
  if (!elsewhere) refuseTooManyPeriods(schedule, Math.min(nowMs, endsAt ?? nowMs))

  const id = deps.ids.next()
  tx.defer(
    insertSubscription(
      environmentId,
      id,
      input.externalId ?? null,
      customer.id,
      plan.id,
      price.id,
      start.status,
      currency,
      quantity,
      customer.timezone,
      input.billingAnchor ?? 'ANNIVERSARY',
      isoMs(start.anchoredAt),
      isoMsOrNull(start.trialStart),
      isoMsOrNull(start.trialEnd),
      isoMs(startedAt),
      isoMsOrNull(endsAt),
      paymentMethodId,
      JSON.stringify(input.metadata ?? {}),
      isoMs(start.dueAt),
      clock.is_frozen,
      input.createdAt ?? tx.now,
      tx.now,
    ),
  )
  tx.defer(countActive([environmentId], [customer.id], [1]))
  if (input.couponCode !== undefined)
    await applyCode(deps, tx, environmentId, input.couponCode, {
      customerId: customer.id,
      subscription: { id, planId: plan.id, currency },
    })
  const [row] = await tx.query(lockSubscriptionsByIds(environmentId, [id]))
  if (!row) throw new Error('a new subscription vanished')
  if (elsewhere) {
    takeOver(row, elsewhere, nowMs)
    saveAll(tx, [row])
    tx.defer(saveElsewhere(environmentId, id, row.billed_elsewhere_to))
  } else awaitFirstPeriod(row)
  if (row.arrears !== null || elsewhere) saveTermsOf(tx, [row])
  await billDue(deps, tx, [row], { until: tx.now, made: true })
  if (start.trialEnd !== null) awaitTrialEnd(deps, tx, row)
  return presentSubscription(row)
}

/** What a plan costs in a currency, for so many. */
export function priceIn(plan: PlanRow, currency: string, quantity: number): PlanRow['prices'][number] {
  const price = plan.prices.find((one) => one.currency === currency)
  if (!price) throw new Refusal('plan_has_no_price')
  refuseTooMuch(BigInt(price.amount_minor), quantity)
  return price
}

/** Refuses so many that their price could not be told exactly. */
export function refuseTooMuch(priceMinor: bigint, quantity: number): void {
  if (priceMinor * BigInt(quantity) >= tooMuchMinor)
    throw invalid({ path: 'quantity', message: 'makes an amount of more than 15 digits' })
}

function scheduleOf(
  plan: PlanRow,
  customer: CustomerRow,
  input: CreateSubscription,
  start: number,
): Parameters<typeof refuseTooManyPeriods>[0] {
  return {
    interval: plan.billing_interval,
    intervalCount: plan.interval_count,
    anchor: input.billingAnchor ?? 'ANNIVERSARY',
    zone: customer.timezone,
    start,
  }
}

/** The stored id of a method of this very customer. */
export async function methodId(
  tx: Tx,
  environmentId: string,
  customerId: string,
  id: string | null,
): Promise<string | null> {
  if (id === null) return null
  const uuid = parseId('paymentMethod', id)
  const [row] = uuid === undefined ? [] : await tx.query(methodOfCustomer(environmentId, customerId, uuid))
  if (!row) throw new Refusal('payment_method_not_found')
  return row.id
}
