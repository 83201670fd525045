import { type DunningPlan, declineKind, mayRetry, retryAt } from '@novabilling/core/dunning'
import type { Deps } from '../../deps.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { type InvoiceRow, lockInvoices } from '../invoices/index.ts'
import { intendPayments, openPayments } from '../payments/index.ts'
import { cancelSubscription, lockSubscriptions, pauseUnpaid } from '../subscriptions/index.ts'
import { dunningLoopName, planOf } from './failed.ts'
import {
  type ClaimedDunning,
  claimDunnings,
  claimDunningsInEnvironment,
  claimDunningsOnTestClocks,
  endDunning,
  lockDunning,
  saveDunnings,
} from './sql.ts'

const claimedAtOnce = 100
const leaseMs = 60_000

/** Tries failed charges again when their day has come, over all environments. */
export const dunningLoop = { name: dunningLoopName, tick: retryDue, restMs: 5000 }

async function retryDue(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ milliseconds: leaseMs })
  return retryAll(deps, [
    ...(await deps.workerDb.query(claimDunnings(now, lease, claimedAtOnce))),
    ...(await deps.workerDb.query(claimDunningsOnTestClocks(now, lease, claimedAtOnce))),
  ])
}

/** The same in one environment, for what is due up to an instant of its clock. Says whether there was any. */
export async function retryDueIn(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ milliseconds: leaseMs })
  return retryAll(
    deps,
    await deps.workerDb.query(claimDunningsInEnvironment(now, lease, environmentId, until)),
  )
}

/** One by one: one that cannot be written down stops no other, and its lease runs out. */
async function retryAll(deps: Deps, claimed: readonly ClaimedDunning[]): Promise<boolean> {
  for (const one of claimed) {
    try {
      await retry(deps, one)
    } catch (error) {
      deps.log.error({ err: error, invoice: one.invoice_id }, 'a failed charge is tried again later')
    }
  }
  return claimed.length > 0
}

async function retry(deps: Deps, claimed: ClaimedDunning): Promise<void> {
  const { tenant_id: tenantId, environment_id: environmentId, is_test: isTest, invoice_id: id } = claimed
  const scope = { tenantId, environmentId, isTest }
  await transaction(deps.workerDb, { scope, now: deps.clock.now() }, async (tx) => {
    if (claimed.subscription_id !== null)
      await lockSubscriptions(tx, environmentId, [claimed.subscription_id])
    const [invoice] = await lockInvoices(tx, environmentId, [id])
    const [row] = await tx.query(lockDunning(environmentId, id))
    if (!invoice || !row || row.attempt !== claimed.attempt) return
    const isOwed = invoice.status === 'FAILED' || invoice.status === 'PENDING'
    if (!isOwed || dueOf(invoice) <= 0n) return tx.defer(endDunning(environmentId, id, tx.now, 'SETTLED'))

    const plan = planOf(row.plan)
    if (row.step >= plan.retryDays.length) return end(deps, tx, environmentId, invoice, plan)

    const step = row.step + 1
    const nextDay = plan.retryDays[step]
    const onPhone = row.method_type === 'MOBILE_MONEY'
    const nextAt =
      nextDay === undefined
        ? null
        : retryAt(row.started_at.epochMilliseconds, nextDay, { zone: row.timezone, onPhone })
    const may =
      row.method_id !== null &&
      mayRetry({
        kind: declineKind(row.failure_code ?? ''),
        sameMethod: row.method_id === row.failed_method_id,
      })
    const open = await tx.query(openPayments(environmentId, [id]))
    const tries = may || open.length > 0
    // After the last one: its failure makes the end due, and where nothing is tried the end is now.
    const dueAt =
      nextAt === null
        ? tries
          ? null
          : tx.now
        : laterOf(tx.now, Temporal.Instant.fromEpochMilliseconds(nextAt))
    tx.defer(saveDunnings(environmentId, [id], [row.started_at], [step], [dueAt]))
    if (!may || open.length > 0) return
    await intendPayments(deps, tx, [
      {
        environmentId,
        invoiceId: id,
        customerId: invoice.customer_id,
        paymentMethodId: row.method_id,
        currency: invoice.currency,
        amountMinor: dueOf(invoice),
        at: tx.now,
      },
    ])
  })
}

/** All retries have failed. What is not a subscription's stays owed. */
async function end(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  invoice: InvoiceRow,
  plan: DunningPlan,
): Promise<void> {
  const outcome = await finalOutcome(deps, tx, environmentId, invoice, plan)
  tx.defer(endDunning(environmentId, invoice.id, tx.now, outcome))
}

async function finalOutcome(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  invoice: InvoiceRow,
  { finalAction }: DunningPlan,
): Promise<'CANCELED' | 'PAUSED' | 'LEFT'> {
  if (invoice.subscription_id === null || finalAction === 'NONE') return 'LEFT'
  const id = publicId('subscription', invoice.subscription_id)
  try {
    if (finalAction === 'PAUSE') return (await pauseUnpaid(deps, tx, environmentId, id)) ? 'PAUSED' : 'LEFT'
    const reason = 'All retries of a charge have failed.'
    await cancelSubscription(deps, tx, environmentId, id, { cancelAt: 'now', reason })
    return 'CANCELED'
  } catch (error) {
    // It has ended by itself since, which a refusal says before anything is written.
    if (error instanceof Refusal && error.code === 'subscription_already_canceled') return 'LEFT'
    throw error
  }
}

function dueOf(invoice: InvoiceRow): bigint {
  return invoice.total_minor - invoice.paid_minor - invoice.credited_minor
}

function laterOf(one: Temporal.Instant, other: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(one, other) > 0 ? one : other
}
