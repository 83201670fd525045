import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { publicId } from '../../ids.ts'
import { lockInvoices } from '../invoices/index.ts'
import { lockSubscriptions } from './find.ts'
import { heldDue, heldDueIn, holdOn } from './held-sql.ts'
import { issueHeld } from './held.ts'

const batchSize = 100
const retryMinutes = 5

/** Issues invoices of periods whose days as a draft are over. */
export const heldInvoicesLoop = { name: 'held-invoices', tick, restMs: 10_000 }

type Held = { readonly environment_id: string; readonly id: string; readonly subscription_id: string }

async function tick(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const due = await deps.workerDb.query(heldDue(now, batchSize))
  for (const [environmentId, held] of Map.groupBy(due, (row) => row.environment_id))
    await issueApart(deps, environmentId, held, now)
  return due.length === batchSize
}

/**
 * The same on a test clock, for all that are due by an instant, in that order.
 * @throws what one of them could not be issued for
 */
export async function issueHeldIn(deps: Deps, environmentId: string, until: Temporal.Instant): Promise<void> {
  for (;;) {
    const due = await deps.workerDb.query(heldDueIn(environmentId, until, batchSize))
    if (due.length === 0) return
    await issue(deps, environmentId, due, until)
  }
}

/** Issues what can be: one that cannot is tried again later, and keeps no other from its time. */
async function issueApart(
  deps: Deps,
  environmentId: string,
  held: readonly Held[],
  now: Temporal.Instant,
): Promise<void> {
  try {
    await issue(deps, environmentId, held, now)
  } catch (error) {
    const [only] = held
    if (only && held.length === 1) {
      await deps.workerDb.query(holdOn(environmentId, only.id, now.add({ minutes: retryMinutes })))
      deps.log.error({ err: error, invoice: publicId('invoice', only.id) }, 'a draft could not be issued')
      return
    }
    for (const one of held) await issueApart(deps, environmentId, [one], now)
  }
}

function issue(
  deps: Deps,
  environmentId: string,
  held: readonly Held[],
  until: Temporal.Instant,
): Promise<void> {
  const scope = { tenantId: '', environmentId }
  return transaction(deps.workerDb, { scope, now: until }, (tx) => issueLocked(deps, tx, environmentId, held))
}

async function issueLocked(deps: Deps, tx: Tx, environmentId: string, held: readonly Held[]): Promise<void> {
  const subscriptions = await lockSubscriptions(tx, environmentId, [
    ...new Set(held.map((row) => row.subscription_id)),
  ])
  const rowOf = new Map(subscriptions.map((row) => [row.id, row]))
  const invoices = await lockInvoices(
    tx,
    environmentId,
    held.map(({ id }) => id),
  )
  const invoiceOf = new Map(invoices.map((row) => [row.id, row]))
  for (const { id, subscription_id } of held) {
    const [row, invoice] = [rowOf.get(subscription_id), invoiceOf.get(id)]
    // Somebody may have issued it meanwhile.
    if (!row || invoice?.status !== 'DRAFT' || invoice.finalize_at === null) continue
    await issueHeld(deps, tx, row, [invoice], Temporal.Instant.from(invoice.finalize_at))
  }
}
