import { localDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import { toMajorNumber } from '@novabilling/core/money'
import type { Deps } from '../../deps.ts'
import { hostedUrl } from '../../http/hosted-links.ts'
import { publicId } from '../../ids.ts'
import { type InvoiceRow, daysOf, noteOf, pdfLink } from '../invoices/index.ts'
import type { HostedInvoice, InvoiceSummary } from './schema.ts'

type Where = { readonly tenantId: string; readonly now: string }

/** An invoice as its customer sees it in a list: nothing of what the tenant keeps for itself. */
export function summaryOf(deps: Deps, row: InvoiceRow, where: Where): InvoiceSummary {
  const { currency, environment_id: environmentId, id } = row
  const { timezone } = row.bill_to
  const major = (minor: bigint): number => toMajorNumber({ currency, minor })
  const isOpen = row.status === 'PENDING' || row.status === 'FAILED'
  const today = dayOf(timezone, where.now)
  return {
    id: publicId('invoice', id),
    number: row.number,
    status: row.status,
    currency,
    total: major(row.total_minor),
    amountDue: isOpen ? major(row.total_minor - row.paid_minor - row.credited_minor) : 0,
    issuedOn: row.issued_at === null ? null : dayOf(timezone, row.issued_at),
    dueDate: row.due_date,
    isOverdue: isOpen && row.due_date !== null && row.due_date < today,
    pdfUrl: pdfLink(deps, 'invoice', { tenantId: where.tenantId, environmentId, id }).url,
    payUrl: hostedUrl(deps, 'pay', { environmentId, id }),
  }
}

/** The whole invoice as its customer sees it. */
export function hostedInvoice(deps: Deps, row: InvoiceRow, where: Where): HostedInvoice {
  const { currency } = row
  const { timezone, name, email } = row.bill_to
  const major = (minor: bigint): number => toMajorNumber({ currency, minor })
  return {
    ...summaryOf(deps, row, where),
    subtotal: major(row.subtotal_minor),
    discountAmount: major(row.discount_minor),
    taxes: (row.taxes ?? []).map((tax) => ({
      name: tax.name,
      rate: Number(tax.rate),
      amount: major(BigInt(tax.amount)),
      note: noteOf(tax),
    })),
    amountPaid: major(row.paid_minor),
    amountCredited: major(row.credited_minor),
    billTo: name ?? email,
    notes: row.notes,
    items: row.lines.map((line) => {
      const days =
        line.from === null || line.to === null
          ? null
          : daysOf(timezone, Date.parse(line.from), Date.parse(line.to))
      return {
        description: line.description,
        quantity: Number(line.quantity),
        amount: major(BigInt(line.minor)),
        from: days?.from ?? null,
        to: days?.to ?? null,
      }
    }),
  }
}

/** The local day of an instant. */
export function dayOf(timezone: string, instant: string): string {
  return formatDay(localDay(timezone, Date.parse(instant)))
}

export function dayOrNull(timezone: string, instant: string | null): string | null {
  return instant === null ? null : dayOf(timezone, instant)
}
