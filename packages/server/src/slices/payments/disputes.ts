import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import { command, oneOf, statement, uuid } from '../../db/statement.ts'
import { type Scope, transaction } from '../../db/transaction.ts'
import type { Dispute } from '../providers/index.ts'
import { presentPayment } from './present.ts'
import { lockPayments, paymentsByIds } from './sql.ts'

const disputedPayments = statement(
  'payments.disputed',
  `select id from payments
   where environment_id = $1::uuid and provider_id = $2::uuid and provider_transaction_id = $3
     and status in ('SUCCEEDED', 'REFUNDED')
   limit 1`,
  { id: uuid },
)

const disputeByHandle = statement(
  'payments.dispute_by_handle',
  `select id, status from payment_disputes
   where environment_id = $1::uuid and payment_id = $2::uuid and handle = $3`,
  { id: uuid, status: oneOf('OPEN', 'WON', 'LOST') },
)

const insertDispute = command(
  'payments.insert_dispute',
  `insert into payment_disputes
     (environment_id, id, payment_id, handle, status, reason, amount_minor, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
)

const closeDispute = command(
  'payments.close_dispute',
  `update payment_disputes set status = $3, updated_at = $4 where environment_id = $1::uuid and id = $2::uuid`,
)

/**
 * Keeps what a provider has said of a dispute, with one event when it is new and one when it is over. What is over stays
 * as it ended. It moves no money in the books: what the provider takes, its own statement shows. False: the payment is
 * not one of ours.
 */
export async function recordDispute(
  deps: Deps,
  scope: Scope & { readonly environmentId: string },
  providerId: string,
  dispute: Dispute,
): Promise<boolean> {
  const { environmentId } = scope
  return transaction(deps.workerDb, { scope, now: deps.clock.now() }, async (tx) => {
    const [found] = await tx.query(disputedPayments(environmentId, providerId, dispute.transactionId))
    const [payment] = found ? await tx.query(lockPayments(environmentId, [found.id])) : []
    if (!payment) return false
    if (dispute.currency !== payment.currency) {
      deps.log.error({ payment: payment.reference }, 'a provider told of a dispute in another currency')
      return false
    }
    const [known] = await tx.query(disputeByHandle(environmentId, payment.id, dispute.handle))
    if (known?.status === dispute.status || (known && known.status !== 'OPEN')) return true
    if (known) tx.defer(closeDispute(environmentId, known.id, dispute.status, tx.now))
    else
      tx.defer(
        insertDispute(
          environmentId,
          deps.ids.next(),
          payment.id,
          dispute.handle,
          dispute.status,
          dispute.reason,
          dispute.amountMinor,
          tx.now,
        ),
      )
    const rows = await tx.query(paymentsByIds(environmentId, [payment.id]))
    const types = [
      ...(known ? [] : (['payment.disputed'] as const)),
      ...(dispute.status === 'OPEN' ? [] : (['payment.dispute_closed'] as const)),
    ]
    recordEvents(
      tx,
      deps,
      rows.flatMap((row) =>
        types.map((type) => ({ type, resourceId: row.id, resource: presentPayment(row) })),
      ),
    )
    return true
  })
}
