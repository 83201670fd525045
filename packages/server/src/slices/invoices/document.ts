import { localDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import { type InvoiceDocument, type InvoiceParty, paperOf } from '../../documents/index.ts'
import { noteOf } from './present.ts'
import type { InvoiceRow, LineOfInvoice, PartySnapshot } from './sql.ts'

/** An invoice as it is printed: only from what was stored when it was issued, and from its status. */
export function documentOf(row: InvoiceRow): InvoiceDocument {
  const { timezone } = row.bill_to
  const locale = row.bill_to.locale ?? 'en'
  const dayOf = (instant: string | null): string | null =>
    instant === null ? null : formatDay(localDay(timezone, Date.parse(instant)))
  const isOpen = row.status === 'DRAFT' || row.status === 'PENDING' || row.status === 'FAILED'
  return {
    kind: 'INVOICE',
    number: row.number,
    status: row.status,
    currency: row.currency,
    locale,
    issuedOn: dayOf(row.issued_at),
    dueOn: row.due_date,
    paidOn: dayOf(row.paid_at),
    from: partyOf(row.issuer, locale),
    billTo: partyOf(row.bill_to, locale),
    lines: row.lines.map((line) => lineOf(line, timezone)),
    subtotalMinor: row.subtotal_minor,
    discountMinor: row.discount_minor,
    taxes: printedTaxesOf(row),
    totalMinor: row.total_minor,
    paidMinor: row.paid_minor,
    creditedMinor: row.credited_minor,
    dueMinor: isOpen ? row.total_minor - row.paid_minor - row.credited_minor : 0n,
    notes: [row.notes, ...(row.taxes ?? []).map(noteOf)].filter((note) => note !== null).join('\n') || null,
    footer: row.issuer.footer,
    ...looksOf(row),
  }
}

/** An invoice as it was issued, whatever became of it since: what its XML says, the pages around it say too. */
export function documentAsIssued(row: InvoiceRow): InvoiceDocument {
  return {
    ...documentOf(row),
    status: 'PENDING',
    paidOn: null,
    paidMinor: 0n,
    creditedMinor: 0n,
    dueMinor: row.total_minor,
  }
}

/** The taxes of an invoice or of a credit note, as they are printed. */
export function printedTaxesOf({ taxes }: Pick<InvoiceRow, 'taxes'>): InvoiceDocument['taxes'] {
  return (taxes ?? []).map(({ name, rate, base, amount }) => ({
    name,
    rate,
    baseMinor: BigInt(base),
    amountMinor: BigInt(amount),
  }))
}

function lineOf(line: LineOfInvoice, zone: string): InvoiceDocument['lines'][number] {
  return {
    description: line.description,
    quantity: line.quantity,
    unitAmount: line.unit,
    amountMinor: BigInt(line.minor),
    ...(line.from === null || line.to === null
      ? {}
      : daysOf(zone, Date.parse(line.from), Date.parse(line.to))),
  }
}

/** The local days that a period touches, half-open: an hour within a day is that day. */
export function daysOf(zone: string, from: number, to: number): { from: string; to: string } {
  return { from: formatDay(localDay(zone, from)), to: formatDay(localDay(zone, to - 1) + 1) }
}

/** The tenant's own looks, as they were at issue; the logo is read by its digest. */
export function looksOf({
  issuer,
  bill_to: billTo,
}: Pick<InvoiceRow, 'issuer' | 'bill_to'>): Pick<InvoiceDocument, 'brandColor' | 'paper' | 'fiscal'> {
  return {
    brandColor: issuer.brandColor,
    paper: paperOf(issuer.paper ?? null, billTo.address?.['country'] ?? billTo.country),
    fiscal: issuer.fiscal ?? [],
  }
}

/** A party as it is printed: what it is called, and its address by lines. */
export function partyOf(
  { name, email, taxId, country, address }: PartySnapshot,
  locale: string,
): InvoiceParty {
  const land = address?.['country'] ?? country
  const lines = [
    address?.['line1'],
    address?.['line2'],
    [address?.['postalCode'], address?.['city']].filter(Boolean).join(' '),
    address?.['state'],
    land === null || land === undefined ? undefined : countryName(land, locale),
  ]
  return {
    name: name ?? email ?? '',
    address: lines.filter((line): line is string => line !== undefined && line !== ''),
    taxId,
    email: name === null ? null : email,
  }
}

function countryName(code: string, locale: string): string {
  return new Intl.DisplayNames([locale, 'en'], { type: 'region' }).of(code) ?? code
}
