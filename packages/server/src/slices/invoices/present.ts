import { toMajorNumber } from '@novabilling/core/money'
import type { Deps } from '../../deps.ts'
import { hostedUrl, publicUrl } from '../../http/hosted-links.ts'
import { publicId } from '../../ids.ts'
import type { Invoice, Party } from './schema.ts'
import type { TaxOfInvoice } from './price.ts'
import type { InvoiceRow, LineOfInvoice, PartySnapshot } from './sql.ts'

export function presentInvoice(deps: Pick<Deps, 'config' | 'jwtKeys'>, row: InvoiceRow): Invoice {
  const { currency } = row
  const major = (minor: bigint): number => toMajorNumber({ currency, minor })
  const id = publicId('invoice', row.id)
  const total = major(row.total_minor)
  const isOpen = row.status === 'DRAFT' || row.status === 'PENDING' || row.status === 'FAILED'
  return {
    id,
    number: row.number,
    customerId: publicId('customer', row.customer_id),
    subscriptionId: row.subscription_id === null ? null : publicId('subscription', row.subscription_id),
    currency,
    status: row.status,
    subtotal: major(row.subtotal_minor),
    discountAmount: major(row.discount_minor),
    discounts: (row.discounts ?? []).map(({ couponId, code, name, amount }) => ({
      couponId: publicId('coupon', couponId),
      code,
      name,
      amount: major(BigInt(amount)),
    })),
    taxAmount: major(row.tax_minor),
    total,
    amount: total,
    amountPaid: major(row.paid_minor),
    amountCredited: major(row.credited_minor),
    amountDue: isOpen ? major(row.total_minor - row.paid_minor - row.credited_minor) : 0,
    items: row.lines.map((line) => presentLine(currency, line)),
    taxes: (row.taxes ?? []).map((tax) => ({
      code: tax.code,
      name: tax.name,
      rate: Number(tax.rate),
      inclusive: tax.inclusive,
      base: major(BigInt(tax.base)),
      amount: major(BigInt(tax.amount)),
      note: noteOf(tax),
    })),
    billTo: presentParty(row.bill_to),
    from: presentParty(row.issuer),
    finalizesAt: row.finalize_at,
    issuedAt: row.issued_at,
    dueDate: row.due_date,
    paidAt: row.paid_at,
    voidedAt: row.voided_at,
    pdfUrl: row.number === null ? null : `${publicUrl(deps)}/api/invoices/${id}/pdf`,
    hostedUrl: payUrlOf(deps, row),
    notes: row.notes,
    metadata: row.metadata,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** What has to be said on a document of a tax that is not charged. */
export function noteOf({ category }: TaxOfInvoice): string | null {
  return category === 'REVERSE_CHARGE' ? 'The recipient of the supply owes the tax.' : null
}

function presentLine(currency: string, line: LineOfInvoice): Invoice['items'][number] {
  return {
    id: publicId('invoiceLine', line.id),
    type: line.type,
    description: line.description,
    quantity: Number(line.quantity),
    unitAmount: Number(line.unit),
    amount: toMajorNumber({ currency, minor: BigInt(line.minor) }),
    discountAmount: toMajorNumber({ currency, minor: BigInt(line.discount) }),
    periodStart: line.from,
    periodEnd: line.to,
    taxes: (line.taxes ?? []).map(({ code, name, rate, amount }) => ({
      code,
      name,
      rate: Number(rate),
      amount: toMajorNumber({ currency, minor: BigInt(amount) }),
    })),
  }
}

export function presentParty({ name, email, taxId, country, address }: PartySnapshot): Party {
  return { name, email, taxId, country, address }
}

/** Where an issued invoice is paid. */
export function payUrlOf(
  deps: Pick<Deps, 'config' | 'jwtKeys'>,
  { number, environment_id: environmentId, id }: Pick<InvoiceRow, 'number' | 'environment_id' | 'id'>,
): string | null {
  return number === null ? null : hostedUrl(deps, 'pay', { environmentId, id })
}
