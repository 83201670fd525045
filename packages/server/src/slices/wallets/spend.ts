import { spendLimited } from '@novabilling/core/credit'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Movement, moveCredits } from './move.ts'
import { type GrantRow, cancelGrants, expireReturned, pendingGrants, spentOn } from './sql.ts'

/** An invoice that is about to be issued, and what there is to pay on it. */
type Payable = {
  readonly environmentId: string
  readonly invoiceId: string
  readonly customerId: string
  readonly currency: string
  readonly dueMinor: bigint
  /** Its lines, for wallets that pay for some of them only. */
  readonly lines: readonly PayableLine[]
  readonly at: string
}

/** A line with its taxes, and what it is of; null: of no plan, or of no metric. */
type PayableLine = {
  readonly minor: bigint
  readonly planId: string | null
  readonly metricId: string | null
}

/** What wallets pay for invoices: of each invoice, in their order, and each movement, to be written down. */
type WalletSpending = { readonly paid: readonly bigint[]; readonly movements: readonly Movement[] }

/**
 * Says what the wallets of customers pay for invoices that are about to be issued, in the order of the invoices: only
 * in their own currency, nothing that has expired by then, and never more than there is. `grants` are those of the
 * customers in the order in which they are spent, locked by the caller (`walletsToSpend`).
 */
export function planWallets(payables: readonly Payable[], grants: readonly GrantRow[]): WalletSpending {
  if (grants.length === 0) return { paid: payables.map(() => 0n), movements: [] }
  const keyOf = (environmentId: string, customerId: string, currency: string): string =>
    `${environmentId} ${customerId} ${currency}`
  const held = Map.groupBy(
    grants.map((row) => ({ ...row })),
    (row) => keyOf(row.environment_id, row.customer_id, row.currency),
  )
  const movements: Movement[] = []
  const paid = payables.map(({ environmentId, invoiceId, customerId, currency, dueMinor, lines, at }) => {
    const own = (held.get(keyOf(environmentId, customerId, currency)) ?? []).filter(
      ({ expires_at: end }) => end === null || end > at,
    )
    const shares = spendLimited(
      own.map((grant) => ({ leftMinor: grant.left_minor, places: placesOf(grant, lines) })),
      lines.map(({ minor }) => minor),
      dueMinor,
    )
    let sum = 0n
    for (const [index, minor] of shares.entries()) {
      const grant = own[index]
      if (!grant || minor === 0n) continue
      grant.left_minor -= minor
      sum += minor
      movements.push({
        environmentId,
        walletId: grant.wallet_id,
        grantId: grant.id,
        currency,
        isPaid: grant.kind === 'PAID',
        type: 'SPENT',
        minor: -minor,
        invoiceId,
        at,
      })
    }
    return sum
  })
  return { paid, movements }
}

/** The lines that a grant may pay for; null: all of the invoice. */
function placesOf(
  { plan_ids: plans, metric_ids: metrics }: GrantRow,
  lines: readonly PayableLine[],
): readonly number[] | null {
  if (plans === null && metrics === null) return null
  return lines.flatMap(({ planId, metricId }, place) =>
    (planId !== null && plans?.includes(planId)) || (metricId !== null && metrics?.includes(metricId))
      ? [place]
      : [],
  )
}

/** Writes down what wallets paid, once the invoices are written. */
export async function writeWallets(deps: Deps, tx: Tx, { movements }: WalletSpending): Promise<void> {
  await moveCredits(deps, tx, movements)
}

/** Puts bought credits into their wallets, whose invoices have been paid. */
export async function activateGrants(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  paid: readonly { readonly id: string; readonly at: string }[],
): Promise<void> {
  if (paid.length === 0) return
  const times = new Map(paid.map(({ id, at }) => [id, at]))
  const grants = await tx.query(pendingGrants(environmentId, [...times.keys()]))
  await moveCredits(
    deps,
    tx,
    grants.map((grant) => ({
      environmentId,
      walletId: grant.wallet_id,
      grantId: grant.id,
      currency: grant.currency,
      isPaid: true,
      type: 'TOP_UP',
      minor: grant.amount_minor,
      invoiceId: grant.invoice_id,
      at: times.get(grant.invoice_id ?? '') ?? '',
    })),
  )
}

/**
 * Gives wallets back what they paid for invoices that are voided, and calls off what was to be bought by them. Gives
 * the sum of each invoice; the books of it are the caller's.
 */
export async function returnToWallets(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  invoices: readonly { readonly id: string; readonly currency: string }[],
  at: string,
): Promise<ReadonlyMap<string, bigint>> {
  const ids = invoices.map(({ id }) => id)
  tx.defer(cancelGrants(environmentId, ids))
  const spent = await tx.query(spentOn(environmentId, ids))
  const currencies = new Map(invoices.map(({ id, currency }) => [id, currency]))
  await moveCredits(
    deps,
    tx,
    spent.map((row) => ({
      environmentId,
      walletId: row.wallet_id,
      grantId: row.grant_id,
      currency: currencies.get(row.invoice_id ?? '') ?? '',
      isPaid: false,
      type: 'RETURNED',
      minor: row.minor,
      invoiceId: row.invoice_id,
      at,
    })),
  )
  if (spent.length > 0) {
    tx.defer(
      expireReturned(
        environmentId,
        spent.map((row) => row.grant_id),
        at,
      ),
    )
  }
  const sums = new Map<string, bigint>()
  for (const { invoice_id: id, minor } of spent) if (id) sums.set(id, (sums.get(id) ?? 0n) + minor)
  return sums
}
