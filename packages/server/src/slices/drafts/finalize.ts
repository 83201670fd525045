import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { type CustomerRow, lockCustomer } from '../customers/index.ts'
import {
  type Invoice,
  type InvoiceRow,
  finalizeDraft,
  findInvoice,
  presentInvoice,
} from '../invoices/index.ts'
import { intendPayments } from '../payments/index.ts'
import { type DueRow, lockSubscriptions } from '../subscriptions/index.ts'
import { billToOf, lockDraft } from './find.ts'

/**
 * Issues a draft: it gets its number, keeps the names and addresses of this moment, and is charged as any other.
 * Refuses an invoice that has been issued, an archived customer, and a due date that has passed.
 */
export async function finalizeInvoice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
): Promise<Invoice> {
  const found = await findInvoice(tx, environmentId, id)
  const subscriptionIds = found.subscription_id === null ? [] : [found.subscription_id]
  const [subscription] = await lockSubscriptions(tx, environmentId, subscriptionIds)
  const row = await lockDraft(tx, environmentId, id)
  const [customer] = await tx.query(lockCustomer(environmentId, row.customer_id))
  if (!customer || customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  await issue(deps, tx, environmentId, row, { customer, subscription })
  return presentInvoice(deps, row)
}

/** Issues a draft that is locked, with its customer and its subscription, and intends its payment. */
export async function issue(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  row: InvoiceRow,
  { customer, subscription }: { customer: CustomerRow; subscription: DueRow | undefined },
): Promise<void> {
  await finalizeDraft(deps, tx, environmentId, row, {
    billTo: billToOf(customer),
    terms: termsOf(customer, subscription),
  })
  if (row.status === 'PAID') return
  await intendPayments(deps, tx, [
    {
      environmentId,
      invoiceId: row.id,
      customerId: row.customer_id,
      paymentMethodId: subscription?.payment_method_id ?? null,
      currency: row.currency,
      amountMinor: row.total_minor - row.credited_minor,
      at: tx.now,
    },
  ])
}

function termsOf(
  customer: CustomerRow,
  subscription: DueRow | undefined,
): Parameters<typeof finalizeDraft>[4]['terms'] {
  const { net_payment_terms: days, terms_from: from } = subscription ?? {
    net_payment_terms: customer.net_payment_terms,
    terms_from: 'CUSTOMER' as const,
  }
  return days === null || from === null ? null : { days, from }
}
