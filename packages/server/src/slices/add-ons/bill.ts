import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type AddOnToBill, insertCharged, markBilled } from './sql.ts'

/** An invoice that add-ons may go on. */
type Billable = {
  readonly environmentId: string
  readonly customerId: string
  readonly subscriptionId: string
  readonly currency: string
  readonly kind: string
  readonly issuedAt: string
}

/** What the customers at hand are to be charged for. */
export type AddOnBook = {
  /** Takes what goes on an invoice: each goes on one only, a recurring one on each of a period. */
  take(invoice: Billable): AddOnToBill[]
  /** Writes down on which invoices they went, once those are written. */
  write(deps: Deps, tx: Tx, invoiceOf: (invoice: Billable) => string | undefined): void
}

/** Opens the add-ons of customers, locked by the caller (`addOnsToBill`), for invoices that are issued in their order. */
export function openAddOns(rows: readonly AddOnToBill[]): AddOnBook {
  const open = new Set(rows)
  const taken: { readonly row: AddOnToBill; readonly invoice: Billable }[] = []
  return {
    take(invoice) {
      if (open.size === 0) return []
      const own = [...open].filter(
        (row) =>
          row.environment_id === invoice.environmentId &&
          row.customer_id === invoice.customerId &&
          row.currency === invoice.currency &&
          (!row.recurring || invoice.kind !== 'CHANGE') &&
          (row.subscription_id === null || row.subscription_id === invoice.subscriptionId),
      )
      for (const row of own) {
        if (!row.recurring) open.delete(row)
        taken.push({ row, invoice })
      }
      return own
    },
    write(deps, tx, invoiceOf) {
      if (taken.length === 0) return
      const all = taken.map(({ row, invoice }) => ({
        row,
        at: invoice.issuedAt,
        invoiceId: invoiceOf(invoice),
      }))
      const billed = all.filter(({ row }) => !row.recurring)
      const charged = all.filter(({ row }) => row.recurring)
      tx.defer(
        markBilled(
          billed.map(({ row }) => row.environment_id),
          billed.map(({ row }) => row.id),
          billed.map(({ invoiceId }) => invoiceId ?? null),
        ),
      )
      if (charged.length === 0) return
      tx.defer(
        insertCharged(
          charged.map(({ row }) => row.environment_id),
          charged.map(() => deps.ids.next()),
          charged.map(({ row }) => row.id),
          charged.map(({ invoiceId }) => invoiceId ?? null),
          charged.map(({ at }) => at),
        ),
      )
    },
  }
}
