import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { presentPayment } from './present.ts'
import { type LockedPayment, insertIntents, openPayments, paymentsByIds, savePayments } from './sql.ts'

export type PaymentIntent = {
  readonly environmentId: string
  readonly invoiceId: string
  readonly customerId: string
  /** Null: the customer's default. */
  readonly paymentMethodId: string | null
  readonly currency: string
  readonly amountMinor: bigint
  /** When it is due, in the environment's time. */
  readonly at: Temporal.Instant
  /** The id of its row, for one who needs to know it before. */
  readonly paymentId?: string
}

/** The loop that charges what is intended. */
export const collectionLoop = 'collection'

/**
 * Writes down payments that shall be tried: the collection charges them right after the commit. One statement,
 * whatever the number of invoices and environments. An invoice whose customer has no payment method gets none.
 */
export async function intendPayments(deps: Deps, tx: Tx, intents: readonly PaymentIntent[]): Promise<void> {
  if (intents.length === 0) return
  const ids = intents.map((intent) => intent.paymentId ?? deps.ids.next())
  tx.defer(
    insertIntents(
      intents.map((intent) => intent.environmentId),
      ids,
      intents.map((intent) => intent.invoiceId),
      intents.map((intent) => intent.customerId),
      intents.map((intent) => intent.paymentMethodId),
      intents.map((intent) => intent.amountMinor),
      intents.map((intent) => intent.currency),
      ids.map((id) => publicId('payment', id)),
      intents.map((intent) => intent.at),
    ),
  )
  tx.afterCommit(() => deps.bells.ring(collectionLoop))
}

/**
 * Takes back payments that were never sent, because their invoice is not to be paid any more. The invoices are
 * locked by the caller. Refuses while a provider is working on one.
 */
export async function withdrawPayments(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  invoiceIds: readonly string[],
): Promise<void> {
  const open = await tx.query(openPayments(environmentId, invoiceIds))
  if (open.some(({ status }) => status !== 'PENDING')) throw new Refusal('payment_in_progress')
  await withdraw(deps, tx, environmentId, open)
}

/**
 * Brings payments that were never sent to what is owed now, `dueOf` by invoice: each is taken back, and another one
 * intended where something is left to pay. One that a provider is working on goes on: what it brings too much becomes
 * the customer's credit. The invoices are locked by the caller.
 */
export async function adjustPayments(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  dueOf: ReadonlyMap<string, bigint>,
): Promise<void> {
  if (dueOf.size === 0) return
  const open = await tx.query(openPayments(environmentId, [...dueOf.keys()]))
  const unsent = open.filter(({ status }) => status === 'PENDING')
  await withdraw(deps, tx, environmentId, unsent)
  await intendPayments(
    deps,
    tx,
    unsent
      .map((payment) => ({
        environmentId,
        invoiceId: payment.invoice_id,
        customerId: payment.customer_id,
        paymentMethodId: payment.payment_method_id,
        currency: payment.currency,
        amountMinor: dueOf.get(payment.invoice_id) ?? 0n,
        at: tx.now,
      }))
      .filter(({ amountMinor }) => amountMinor > 0n),
  )
}

async function withdraw(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  unsent: readonly LockedPayment[],
): Promise<void> {
  if (unsent.length === 0) return
  const ids = unsent.map(({ id }) => id)
  tx.defer(
    savePayments(
      environmentId,
      ids,
      ids.map(() => 'FAILED'),
      ids.map(() => null),
      ids.map(() => 'withdrawn'),
      ids.map(() => 'The invoice was not to be paid any more.'),
      ids.map(() => null),
      tx.now,
      ids.map(() => null),
    ),
  )
  const rows = await tx.query(paymentsByIds(environmentId, ids))
  recordEvents(
    tx,
    deps,
    rows.map((row) => ({ type: 'payment.failed', resourceId: row.id, resource: presentPayment(row) })),
  )
}
