import { paymentReceived } from '@novabilling/core/ledger'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { grantCredits } from '../credits/index.ts'
import { settleInvoices } from '../invoices/index.ts'
import { postEntries } from '../ledger/index.ts'
import { reactivate } from '../subscriptions/index.ts'

export type Received = {
  readonly invoiceId: string
  readonly customerId: string
  readonly paymentId: string
  readonly provider: string
  readonly currency: string
  readonly amountMinor: bigint
  readonly at: Temporal.Instant
}

/**
 * Books money that has come in: the invoices it pays, the books, and the subscriptions that were waiting for it.
 * Money for an invoice that takes none any more becomes the customer's credit: it is there, so it is booked.
 * Subscriptions, invoices and payments are locked by the caller.
 */
export async function settle(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  received: readonly Received[],
): Promise<void> {
  const settled = await settleInvoices(deps, tx, environmentId, received)
  const outcomeOf = new Map(settled.map((one) => [one.invoiceId, one.outcome]))
  for (const money of received) {
    if (outcomeOf.get(money.invoiceId) === 'not_payable') credit(deps, tx, environmentId, money)
  }
  const paid = settled
    .filter(({ outcome }) => outcome === 'paid')
    .flatMap(({ subscriptionId }) => subscriptionId ?? [])
  if (paid.length > 0) await reactivate(deps, tx, environmentId, [...new Set(paid)], tx.now)
}

function credit(deps: Deps, tx: Tx, environmentId: string, money: Received): void {
  grantCredits(deps, tx, [
    {
      environmentId,
      customerId: money.customerId,
      currency: money.currency,
      source: 'PAYMENT',
      sourceId: money.paymentId,
      minor: money.amountMinor,
      at: money.at,
    },
  ])
  postEntries(tx, environmentId, [
    {
      id: deps.ids.next(),
      documentKind: 'PAYMENT',
      documentId: money.paymentId,
      currency: money.currency,
      at: money.at,
      entries: paymentReceived({ provider: money.provider, minor: money.amountMinor, owedMinor: 0n }),
    },
  ])
}
