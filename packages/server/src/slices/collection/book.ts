import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import { command } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { adjustPayments, paymentsByIds, presentPayment } from '../payments/index.ts'
import { settle } from './settle.ts'

/** Money that a provider has confirmed, which no open payment of ours asked for. */
export type Confirmed = {
  readonly paymentId: string
  readonly invoiceId: string
  readonly customerId: string
  readonly paymentMethodId: string | null
  readonly amountMinor: bigint
  readonly currency: string
  readonly provider: string
  readonly providerId: string | null
  readonly reference: string
  readonly transactionId: string
}

const insertConfirmed = command(
  'collection.insert_confirmed',
  `insert into payments (environment_id, id, invoice_id, customer_id, payment_method_id, amount_minor, currency, status,
     provider, provider_id, reference, provider_transaction_id, on_test_clock, created_at, updated_at)
   select e.id, $2, $3, $4, $5, $6, $7, 'SUCCEEDED', $8, $9, $10, $11, e.clock_now is not null, $12, $12
   from environments e
   where e.id = $1::uuid`,
)

/**
 * Books money that came by a provider's page, or late: the payment, its invoice, the books, the event; and takes back
 * what was still to be charged for the invoice. Subscription and invoice are locked by the caller.
 */
export async function bookConfirmed(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  money: Confirmed,
): Promise<void> {
  const { paymentId, invoiceId, customerId, amountMinor, currency, provider } = money
  tx.defer(
    insertConfirmed(
      environmentId,
      paymentId,
      invoiceId,
      customerId,
      money.paymentMethodId,
      amountMinor,
      currency,
      provider,
      money.providerId,
      money.reference,
      money.transactionId,
      tx.now,
    ),
  )
  const rows = await tx.query(paymentsByIds(environmentId, [paymentId]))
  recordEvents(
    tx,
    deps,
    rows.map((row) => ({
      type: 'payment.succeeded',
      resourceId: row.id,
      resource: presentPayment(row),
    })),
  )
  await settle(deps, tx, environmentId, [
    { invoiceId, customerId, paymentId, provider, currency, amountMinor, at: tx.now },
  ])
  await adjustPayments(deps, tx, environmentId, new Map([[invoiceId, 0n]]))
}
