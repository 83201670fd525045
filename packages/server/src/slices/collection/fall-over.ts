import type { Deps } from '../../deps.ts'
import { statement, text, uuid } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { type Recorded, intendPayments } from '../payments/index.ts'
import { amountFault } from './charge.ts'
import type { ClaimedPayment } from './sql.ts'

/**
 * For payments that surely never reached their provider: the other methods of the same customer at other accounts, by
 * priority, but for those that could not be reached for this invoice within the last hours either.
 */
const otherMethods = statement(
  'collection.other_methods',
  `select p.id, m.id as method_id, m.provider
   from payments p
   join payment_methods m on m.environment_id = p.environment_id and m.customer_id = p.customer_id
     and m.archived_at is null and m.provider_id is distinct from p.provider_id
   left join payment_providers a on a.environment_id = m.environment_id and a.id = m.provider_id
   where p.environment_id = $1::uuid and p.id = any ($2::uuid[]) and (a.id is null or a.is_active)
     and not exists (
       select from payments t
       where t.environment_id = p.environment_id and t.invoice_id = p.invoice_id
         and t.provider_id is not distinct from m.provider_id and t.status = 'FAILED' and t.created_at > $3::timestamptz
     )
   order by p.id, a.priority, m.created_at desc, m.id`,
  { id: uuid, method_id: uuid, provider: text },
)

const againAfterHours = 6

type Ended = { readonly payment: ClaimedPayment; readonly recorded: Recorded }

/**
 * Where a provider cannot be reached and the customer has a method at another, the attempt ends and another is
 * intended there: both are kept, each with its reference. Gives the attempts as they are to be written down, and the
 * ids of those that ended so, which are no failure of the customer's.
 */
export async function fallOver(
  tx: Tx,
  environmentId: string,
  ended: readonly Ended[],
): Promise<{ ended: Ended[]; moved: ReadonlyMap<string, string> }> {
  const unsent = ended.filter(
    ({ recorded }) => recorded.status === 'PENDING' && recorded.failureCode !== null,
  )
  if (unsent.length === 0) return { ended: [...ended], moved: new Map() }
  const ids = unsent.map(({ payment }) => payment.id)
  const found = await tx.query(otherMethods(environmentId, ids, tx.now.subtract({ hours: againAfterHours })))
  const moved = new Map<string, string>()
  for (const { payment } of unsent) {
    const other = found.find(
      ({ id, provider }) => id === payment.id && amountFault(provider, payment) === undefined,
    )
    if (other) moved.set(payment.id, other.method_id)
  }
  return {
    moved,
    ended: ended.map((one) =>
      moved.has(one.payment.id)
        ? { payment: one.payment, recorded: { ...one.recorded, status: 'FAILED', dueAt: null } }
        : one,
    ),
  }
}

/** Intends the payments that take the place of those that moved. Deferred after the old ones are saved. */
export async function intendElsewhere(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ended: readonly Ended[],
  moved: ReadonlyMap<string, string>,
): Promise<void> {
  await intendPayments(
    deps,
    tx,
    ended.flatMap(({ payment }) => {
      const methodId = moved.get(payment.id)
      if (methodId === undefined) return []
      return [
        {
          environmentId,
          invoiceId: payment.invoice_id,
          customerId: payment.customer_id,
          paymentMethodId: methodId,
          currency: payment.currency,
          amountMinor: payment.amount_minor,
          at: tx.now,
        },
      ]
    }),
  )
}
