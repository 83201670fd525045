import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { Refusal } from '../../refusal.ts'
import {
  type Payment,
  findPaymentMethod,
  intendPayments,
  paymentsByIds,
  presentPayment,
} from '../payments/index.ts'
import { dueOf, lockPayableInvoice } from './receive.ts'
import type { PayInvoice } from './schema.ts'
import { subscriptionOfInvoice } from './sql.ts'

/**
 * Tries to collect an invoice now: with the method that is named, else its subscription's, else the customer's
 * default. The payment is PENDING in the answer and is charged right after.
 */
export async function payInvoice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  input: PayInvoice,
): Promise<Payment> {
  const named =
    input.paymentMethodId === undefined
      ? undefined
      : await findPaymentMethod(tx, environmentId, input.paymentMethodId)
  const invoice = await lockPayableInvoice(tx, environmentId, id)
  if (named && named.customer_id !== invoice.customer_id) throw new Refusal('payment_method_not_found')
  const [source] = await tx.query(subscriptionOfInvoice(environmentId, invoice.id))

  const paymentId = deps.ids.next()
  await intendPayments(deps, tx, [
    {
      environmentId,
      invoiceId: invoice.id,
      customerId: invoice.customer_id,
      paymentMethodId: named?.id ?? source?.payment_method_id ?? null,
      currency: invoice.currency,
      amountMinor: dueOf(invoice),
      at: tx.now,
      paymentId,
    },
  ])
  const [row] = await tx.query(paymentsByIds(environmentId, [paymentId]))
  if (!row) throw new Refusal('no_payment_method')
  return presentPayment(row)
}
