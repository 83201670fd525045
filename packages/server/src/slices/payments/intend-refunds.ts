import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import type { RowOf } from '../../db/statement.ts'
import { publicId } from '../../ids.ts'
import type { InvoiceRow } from '../invoices/index.ts'
import { collectionLoop } from './intend.ts'
import { insertRefund, type receivedOfInvoices, reserveRefund } from './refunds-sql.ts'

type Received = Pick<
  RowOf<ReturnType<typeof receivedOfInvoices>['statement']['columns']>,
  'id' | 'amount_minor' | 'refunded_minor' | 'refunding_minor'
>

/**
 * What an invoice has got, by money and by credit, and nobody has been given back: neither by a credit note nor by a
 * refund. Above zero, all of it can be given back, once.
 */
export function keptOf(
  invoice: Pick<InvoiceRow, 'paid_minor' | 'credited_minor'>,
  givenBack: { noted_minor: bigint; credited_minor: bigint; pending_minor: bigint },
): bigint {
  const { noted_minor: noted, credited_minor: refunded, pending_minor: pending } = givenBack
  return invoice.paid_minor + invoice.credited_minor + refunded - noted - pending
}

/**
 * What can be given back of each payment of an invoice, in their order: never more than a payment brought, and all of
 * them no more than the invoice has got, since what was too much for it is the customer's credit.
 */
export function refundableOf(paidMinor: bigint, payments: readonly Received[]): Map<string, bigint> {
  const left = mostRefundable(paidMinor, payments)
  const refundable = new Map<string, bigint>()
  for (const { id, amount_minor: amount, refunded_minor: refunded, refunding_minor: refunding } of payments) {
    const own = amount - refunded - refunding
    refundable.set(id, own < left ? own : left)
  }
  return refundable
}

/** The most that all payments of an invoice together can give back. */
export function mostRefundable(paidMinor: bigint, payments: readonly Received[]): bigint {
  let [own, left] = [0n, paidMinor]
  for (const { amount_minor: amount, refunded_minor: refunded, refunding_minor: refunding } of payments) {
    own += amount - refunded - refunding
    left -= refunding
  }
  if (own < left) return own
  return left > 0n ? left : 0n
}

/**
 * Writes down that a credit note's money shall go back by these payments of its invoice, in their order, and wakes who
 * does it. The payments are locked by the caller, and have so much to give back.
 */
export function intendRefunds(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  refund: { creditNoteId: string; minor: bigint; paidMinor: bigint; payments: readonly Received[] },
): void {
  let open = refund.minor
  for (const [paymentId, refundable] of refundableOf(refund.paidMinor, refund.payments)) {
    const minor = refundable < open ? refundable : open
    if (minor <= 0n) continue
    open -= minor
    const id = deps.ids.next()
    tx.defer(reserveRefund(environmentId, paymentId, minor, tx.now))
    tx.defer(
      insertRefund(
        environmentId,
        id,
        paymentId,
        minor,
        null,
        publicId('refund', id),
        tx.now,
        null,
        refund.creditNoteId,
      ),
    )
  }
  if (open !== 0n) throw new Error(`a refund of ${refund.minor} is ${open} more than was paid`)
  tx.afterCommit(() => deps.bells.ring(collectionLoop))
}
