import { creditTotal } from '@novabilling/core/credit'
import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { Refusal } from '../../refusal.ts'
import { creditableInvoices, issueCreditNotes } from '../credit-notes/index.ts'
import {
  type CustomerRow,
  findCustomer,
  lockCustomer,
  presentCustomer,
  storeCustomer,
} from '../customers/index.ts'
import {
  discardDrafts,
  draftsOfCustomer,
  lockInvoices,
  unpaidOfCustomer,
  voidInvoices,
  withCreditNote,
} from '../invoices/index.ts'
import { withdrawPayments } from '../payments/index.ts'
import { saveAll } from './bill.ts'
import { endSubscriptions } from './cancel.ts'
import { lockSubscriptions } from './find.ts'
import { forgetMethods, openOfCustomer } from './sql.ts'

/**
 * Archives a customer and erases what is personal in its profile; what was issued and paid stays, and
 * its drafts go with it. Refuses while it
 * has a subscription, unless `cascade`: then they end now and its unpaid invoices are voided or credited.
 */
export async function deleteCustomer(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  { cascade }: { cascade: boolean },
): Promise<void> {
  const { id: uuid, status } = await findCustomer(tx, environmentId, id)
  if (status === 'ARCHIVED') throw new Refusal('customer_archived')
  const open = await tx.query(openOfCustomer(environmentId, uuid))
  if (open.some((row) => !row.has_ended) && !cascade) throw new Refusal('customer_in_use')

  // Subscriptions are locked before their invoices, and the customer last, as everywhere.
  const locked = await lockSubscriptions(
    tx,
    environmentId,
    open.map((row) => row.id),
  )
  if (cascade) await voidUnpaid(deps, tx, environmentId, uuid)
  const drafts = await tx.query(draftsOfCustomer(environmentId, uuid))
  await lockInvoices(
    tx,
    environmentId,
    drafts.map((row) => row.id),
  )
  const [customer] = await tx.query(lockCustomer(environmentId, uuid))
  if (!customer || customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  const known = new Set(locked.map((row) => row.id))
  const made = await tx.query(openOfCustomer(environmentId, uuid))
  if (made.some((row) => !known.has(row.id))) throw new Refusal('busy')

  // A draft names the customer and is no document yet.
  const left = await tx.query(draftsOfCustomer(environmentId, uuid))
  await discardDrafts(
    deps,
    tx,
    environmentId,
    left.map((row) => row.id),
  )
  const [first, ...rest] = locked.filter((row) => row.status !== 'CANCELED')
  if (first) endSubscriptions(deps, tx, [first, ...rest])
  const ended = locked.filter((row) => row.status === 'CANCELED' && row.due_at !== null)
  for (const row of ended) row.due_at = null
  saveAll(tx, ended)
  const erased: CustomerRow = {
    ...customer,
    email: null,
    name: null,
    external_id: null,
    address: null,
    tax_id: null,
    metadata: {},
    status: 'ARCHIVED',
    active_subscriptions: 0,
    updated_at: tx.now,
  }
  storeCustomer(tx, environmentId, erased)
  tx.defer(forgetMethods(environmentId, uuid, tx.now))
  recordEvents(tx, deps, [{ type: 'customer.archived', resourceId: uuid, resource: presentCustomer(erased) }])
}

/** Voids what is unpaid; of an invoice that was credited in part, which cannot be voided, the rest is credited. */
async function voidUnpaid(deps: Deps, tx: Tx, environmentId: string, customerId: string): Promise<void> {
  const ids = (await tx.query(unpaidOfCustomer(environmentId, customerId))).map((row) => row.id)
  const rows = await lockInvoices(tx, environmentId, ids)
  await withdrawPayments(deps, tx, environmentId, ids)
  const credited = new Set((await tx.query(withCreditNote(environmentId, ids))).map(({ id }) => id))
  const invoices = await creditableInvoices(
    tx,
    environmentId,
    rows.filter(({ id }) => credited.has(id)),
  )
  await issueCreditNotes(
    deps,
    tx,
    environmentId,
    invoices.map((invoice) => ({
      invoice,
      amounts: creditTotal(invoice.creditable, invoice.leftMinor),
      basis: 'TOTAL' as const,
      reason: 'OTHER',
      refund: false,
    })),
  )
  await voidInvoices(
    deps,
    tx,
    environmentId,
    ids.filter((id) => !credited.has(id)),
  )
}
