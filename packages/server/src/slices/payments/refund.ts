import type { Deps } from '../../deps.ts'
import type { KeyPrincipal } from '../../http/principals.ts'
import { type Reader, type Tx, reader } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal, invalid } from '../../refusal.ts'
import { firstTurnMs, leaseMs } from './attempts.ts'
import { presentPayment } from './present.ts'
import { attemptRefund, concludeRefunds } from './refund-outcomes.ts'
import { claimRefund, insertRefund, refundById, reserveRefund } from './refunds-sql.ts'
import type { Payment, RefundPayment } from './schema.ts'
import { type LockedPayment, lockPayments, paymentsByIds } from './sql.ts'

/**
 * Writes down that money shall go back, all that is left unless less is said, and sets it aside on the payment,
 * so that any number of requests at once never give back more than was paid.
 */
export async function beginRefund(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  paymentId: string,
  input: RefundPayment,
): Promise<string> {
  const uuid = parseId('payment', paymentId)
  const [payment] = uuid === undefined ? [] : await tx.query(lockPayments(environmentId, [uuid]))
  if (!payment) throw new Refusal('payment_not_found')
  const left = payment.amount_minor - payment.refunded_minor - payment.refunding_minor
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
  principal: KeyPrincipal,
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
