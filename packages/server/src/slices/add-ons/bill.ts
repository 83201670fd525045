import type { Tx } from '../../db/transaction.ts'
import { type AddOnToBill, markBilled } from './sql.ts'

/** An invoice that add-ons may go on. */
type Billable = {
  readonly environmentId: string
  readonly customerId: string
  readonly subscriptionId: string
  readonly currency: string
}

/** What the customers at hand are to be charged for. */
export type AddOnBook = {
  /** Takes what goes on an invoice: each goes on one only. */
  take(invoice: Billable): AddOnToBill[]
  /** Writes down on which invoices they went, once those are written. */
  write(tx: Tx, invoiceOf: (invoice: Billable) => string | undefined): void
}

/** Opens the add-ons of customers, locked by the caller (`addOnsToBill`), for invoices that are issued in their order. */
export function openAddOns(rows: readonly AddOnToBill[]): AddOnBook {
  const open = new Set(rows)
  const taken = new Map<AddOnToBill, Billable>()
  return {
    take(invoice) {
      if (open.size === 0) return []
      const own = [...open].filter(
        (row) =>
          row.environment_id === invoice.environmentId &&
          row.customer_id === invoice.customerId &&
          row.currency === invoice.currency &&
          (row.subscription_id === null || row.subscription_id === invoice.subscriptionId),
      )
      for (const row of own) {
        open.delete(row)
        taken.set(row, invoice)
      }
      return own
    },
    write(tx, invoiceOf) {
      const billed = Array.from(taken, ([row, invoice]) => ({ row, invoiceId: invoiceOf(invoice) }))
      if (billed.length === 0) return
      tx.defer(
        markBilled(
          billed.map(({ row }) => row.environment_id),
          billed.map(({ row }) => row.id),
          billed.map(({ invoiceId }) => invoiceId ?? null),
        ),
      )
    },
  }
}
