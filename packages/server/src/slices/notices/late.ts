import type { Deps } from '../../deps.ts'
import { transaction } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { bookConfirmed, lockInvoiceOf } from '../collection/index.ts'
import { tokenPlace } from '../payments/index.ts'
import { openAccount, outcomeOf, providerNamed } from '../providers/index.ts'
import { type FailedPayment, paymentByReference } from './sql.ts'

type AccountRow = {
  readonly id: string
  readonly environment_id: string
  readonly provider: string
  readonly credentials_sealed: Uint8Array
  readonly tenant_id: string
  readonly is_test: boolean
}

/**
 * Asks about a payment that had failed. If the money came after all, it is booked as a payment of its own: what was
 * FAILED stays so. An invoice that takes none any more leaves it to the customer's credit.
 */
export async function bookLate(deps: Deps, account: AccountRow, payment: FailedPayment): Promise<void> {
  const provider = providerNamed(payment.provider)
  const { environment_id: environmentId, tenant_id: tenantId, is_test: isTest } = account
  const { payment_method_id: methodId, token_sealed: sealed } = payment
  const request = {
    scope: { tenantId, environmentId },
    account: openAccount(deps, { ...account, environmentId, isTest }),
    reference: payment.reference,
    handle: payment.provider_handle,
    amountMinor: payment.amount_minor,
    currency: payment.currency,
    at: payment.clock_now ?? deps.clock.now(),
    calledAt: payment.called_at,
    payerEmail: null,
    token:
      methodId === null || sealed === null
        ? null
        : deps.sealer.open(sealed, tokenPlace(environmentId, methodId)),
  }
  const what = { provider: payment.provider, reference: payment.reference }
  const found = await outcomeOf(deps, () => provider.queryCharge(deps, request), what)
  if (found.status !== 'succeeded') return
  if (found.amountMinor !== payment.amount_minor || found.currency !== payment.currency) {
    deps.log.error(what, 'a provider confirmed other money than was asked for')
    return
  }
  const scope = { tenantId, environmentId, isTest }
  await transaction(deps.workerDb, { scope, now: deps.clock.now() }, async (tx) => {
    await lockInvoiceOf(tx, environmentId, publicId('invoice', payment.invoice_id))
    const reference = `${payment.reference}.late`
    const [booked] = await tx.query(paymentByReference(environmentId, reference))
    if (booked) return
    await bookConfirmed(deps, tx, environmentId, {
      paymentId: deps.ids.next(),
      invoiceId: payment.invoice_id,
      customerId: payment.customer_id,
      paymentMethodId: methodId,
      amountMinor: payment.amount_minor,
      currency: payment.currency,
      provider: payment.provider,
      providerId: account.id,
      reference,
      transactionId: found.transactionId,
    })
  })
}
