import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { type CustomerRow, findCustomer, lockCustomer } from '../customers/index.ts'
import { type Invoice, type InvoiceRow, currentIssuer, presentInvoice } from '../invoices/index.ts'
import { type DueRow, findSubscription, lockSubscriptions } from '../subscriptions/index.ts'
import { issue } from './finalize.ts'
import { billToOf, refusePastDueDate } from './find.ts'
import { type LineType, priceItems } from './lines.ts'
import type { CreateInvoice } from './schema.ts'
import { insertDraft, storeLines } from './sql.ts'

/**
 * Writes an invoice by hand, as a draft, or issued at once with `autoFinalize`. Refuses an archived customer, a
 * subscription of somebody else, amounts that are none in the currency, and a due date that has passed.
 */
export async function createInvoice(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateInvoice,
  { lineType = 'MANUAL', walletId = null }: { lineType?: LineType; walletId?: string | null } = {},
): Promise<Invoice> {
  const found = await findCustomer(tx, environmentId, input.customerId)
  const subscription = await subscriptionOf(tx, environmentId, found.id, input.subscriptionId)
  const [customer] = await tx.query(lockCustomer(environmentId, found.id))
  if (!customer || customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  refusePastDueDate(input.dueDate, customer.timezone, tx.now.epochMilliseconds)

  const row = await draftOf(deps, tx, environmentId, {
    input,
    customer,
    subscription,
    lineType,
    walletId,
  })
  tx.defer(
    insertDraft(
      environmentId,
      row.id,
      row.customer_id,
      row.subscription_id,
      row.currency,
      row.subtotal_minor,
      row.tax_minor,
      row.total_minor,
      JSON.stringify(row.bill_to),
      JSON.stringify(row.issuer),
      row.due_date,
      row.notes,
      JSON.stringify(row.metadata),
      row.created_at,
      row.taxes && JSON.stringify(row.taxes),
      row.wallet_id,
    ),
  )
  storeLines(tx, environmentId, row)
  recordEvents(tx, deps, [
    { type: 'invoice.created', resourceId: row.id, resource: presentInvoice(deps, row) },
  ])
  if (input.autoFinalize) await issue(deps, tx, environmentId, row, { customer, subscription })
  return presentInvoice(deps, row)
}

async function draftOf(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  from: {
    input: CreateInvoice
    customer: CustomerRow
    subscription: DueRow | undefined
    lineType: LineType
    walletId: string | null
  },
): Promise<InvoiceRow> {
  const { input, customer, subscription, lineType, walletId } = from
  const currency = input.currency ?? subscription?.currency ?? customer.currency
  const at = isoInstant(tx.now)
  const billTo = billToOf(customer)
  const issuer = await currentIssuer(tx, environmentId)
  return {
    environment_id: environmentId,
    id: deps.ids.next(),
    number: null,
    kind: 'MANUAL',
    customer_id: customer.id,
    subscription_id: subscription?.id ?? null,
    wallet_id: walletId,
    period_start: null,
    period_end: null,
    currency,
    status: 'DRAFT',
    paid_minor: 0n,
    credited_minor: 0n,
    ...(await priceItems(deps, tx, input.items, {
      environmentId,
      customerId: customer.id,
      planId: null,
      currency,
      billTo,
      issuer,
      lineType,
    })),
    bill_to: billTo,
    issuer,
    finalize_at: null,
    plan_id: null,
    issued_at: null,
    due_date: input.dueDate ?? null,
    terms_days: null,
    terms_from: null,
    paid_at: null,
    voided_at: null,
    notes: input.notes ?? null,
    metadata: input.metadata ?? {},
    created_at: at,
    updated_at: at,
  }
}

/** The subscription that an invoice names, locked; another customer's is none. */
async function subscriptionOf(
  tx: Tx,
  environmentId: string,
  customerId: string,
  id: string | undefined,
): Promise<DueRow | undefined> {
  if (id === undefined) return undefined
  const found = await findSubscription(tx, environmentId, id)
  const [row] = await lockSubscriptions(tx, environmentId, [found.id])
  if (!row || row.customer_id !== customerId) throw new Refusal('subscription_not_found')
  return row
}
