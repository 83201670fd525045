import type { Deps } from '../../deps.ts'
import type { DataPrincipal } from '../../http/principals.ts'
import { type Reader, type Tx, reader } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { lockInvoices } from '../invoices/index.ts'
import { firstTurnMs, leaseMs } from './attempts.ts'
import { presentPayment } from './present.ts'
import { attemptRefund, concludeRefunds } from './refund-outcomes.ts'
import { keptOf, refundableOf } from './intend-refunds.ts'
import {
  claimRefund,
  givenBackOfInvoices,
  insertRefund,
  receivedOfInvoices,
  refundById,
  reserveRefund,
} from './refunds-sql.ts'
import type { Payment, RefundPayment } from './schema.ts'
import { type LockedPayment, lockPayments, paymentsByIds } from './sql.ts'

/**
 * Writes down that money shall go back, all that is left unless less is said, and sets it aside on the payment,
 * so that any number of requests at once never give back more than was paid. What a payment brought too much, or a
 * credit note has given back, is the customer's already, and is not refundable besides.
 */
export async function beginRefund(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  paymentId: string,
  input: RefundPayment,
): Promise<string> {
  const uuid = parseId('payment', paymentId)
  const [found] = uuid === undefined ? [] : await tx.query(paymentsByIds(environmentId, [uuid]))
  if (!found) throw new Refusal('payment_not_found')
  const [invoice] = await lockInvoices(tx, environmentId, [found.invoice_id])
  const [received, [payment], [givenBack]] = await tx.queryAll([
    receivedOfInvoices(environmentId, [found.invoice_id]),
    lockPayments(environmentId, [found.id]),
    givenBackOfInvoices(environmentId, [found.invoice_id]),
  ])
  if (!payment || !invoice || !givenBack) throw new Refusal('payment_not_found')
  const kept = keptOf(invoice, givenBack)
  const refundable = refundableOf(invoice.paid_minor, received).get(payment.id) ?? 0n
  const left = refundable < kept ? refundable : kept > 0n ? kept : 0n
  const amountMinor = input.amount === undefined ? left : readAmount(payment, input.amount)
  if (payment.status !== 'SUCCEEDED') throw new Refusal('payment_not_refundable')
  if (left === 0n || amountMinor > left) throw new Refusal('refund_exceeds_payment')

  const id = deps.ids.next()
  // The request that begins it has the first turn; if it dies, the loop takes it up.
  const leaseUntil = deps.clock.now().add({ milliseconds: firstTurnMs })
  tx.defer(reserveRefund(environmentId, payment.id, amountMinor, tx.now))
  tx.defer(
    insertRefund(
      environmentId,
      id,
      payment.id,
      amountMinor,
      input.reason ?? null,
      publicId('refund', id),
      tx.now,
      leaseUntil,
      null,
    ),
  )
  return id
}

/**
 * Has the provider give the money back, unless somebody else is at it or has been, and answers with the payment.
 * A refund whose outcome is not known yet is PENDING in it, and is asked about until it is.
 */
export async function finishRefund(
  deps: Deps,
  principal: DataPrincipal,
  id: string,
  begun: { readonly before: boolean },
): Promise<Payment> {
  const { tenantId, environmentId } = principal
  const now = deps.clock.now()
  const lease = now.add({ milliseconds: leaseMs })
  const [claimed] = await deps.workerDb.query(claimRefund(now, lease, environmentId, id))
  if (claimed) await concludeRefunds(deps, [{ refund: claimed, found: await attemptRefund(deps, claimed) }])

  const scoped: Reader = reader(deps.db, { tenantId, environmentId })
  const [refund] = await scoped.query(refundById(environmentId, id))
  if (!refund) throw new Error('a refund vanished')
  if (begun.before && !claimed && refund.status === 'PROCESSING') throw new Refusal('idempotency_key_in_use')
  const [payment] = await scoped.query(paymentsByIds(environmentId, [refund.payment_id]))
  if (!payment) throw new Error('a payment vanished')
  return presentPayment(payment)
}

function readAmount({ currency }: LockedPayment, amount: number | string): bigint {
  const money = new MoneyReader()
  const minor = money.read('amount', currency, amount)
  if (money.faults.length > 0) throw invalid(...money.faults)
  if (minor <= 0n) throw invalid({ path: 'amount', message: 'must be more than 0' })
  return minor
}
