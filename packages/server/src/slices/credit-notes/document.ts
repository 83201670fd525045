import { localDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import type { InvoiceDocument } from '../../documents/index.ts'
import { type InvoiceRow, daysOf, looksOf, partyOf, printedTaxesOf } from '../invoices/index.ts'
import type { CreditNoteRow, LineOfCreditNote } from './sql.ts'

/** A credit note as it is printed: only from what was stored when it was issued, and from its status. */
export function documentOf(note: CreditNoteRow, invoice: Pick<InvoiceRow, 'number'>): InvoiceDocument {
  const { timezone } = note.bill_to
  const locale = note.bill_to.locale ?? 'en'
  return {
    kind: 'CREDIT_NOTE',
    number: note.number,
    status: note.status,
    currency: note.currency,
    locale,
    issuedOn: note.issued_at === null ? null : formatDay(localDay(timezone, Date.parse(note.issued_at))),
    dueOn: null,
    paidOn: null,
    from: partyOf(note.issuer, locale),
    billTo: partyOf(note.bill_to, locale),
    lines: note.lines.map((line) => lineOf(line, timezone)),
    subtotalMinor: note.subtotal_minor,
    discountMinor: note.discount_minor,
    taxes: printedTaxesOf(note),
    totalMinor: note.total_minor,
    paidMinor: 0n,
    creditedMinor: 0n,
    dueMinor: 0n,
    footer: note.issuer.footer,
    ...looksOf(note),
    correctsNumber: invoice.number,
    reason: note.reason,
    settlement: {
      settledMinor: note.settled_minor,
      refundMinor: note.refund_minor,
      balanceMinor: note.balance_minor,
    },
  }
}

function lineOf(line: LineOfCreditNote, zone: string): InvoiceDocument['lines'][number] {
  return {
    description: line.description,
    quantity: line.units === null ? null : String(line.units),
    unitAmount: null,
    amountMinor: BigInt(line.minor),
    ...(line.from === null || line.to === null
      ? {}
      : daysOf(zone, Date.parse(line.from), Date.parse(line.to))),
  }
}
