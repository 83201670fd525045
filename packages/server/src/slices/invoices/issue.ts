import { addLocalDays, localDay, toCivil } from '@novabilling/core/calendar'
import { dueDate, formatInvoiceNumber } from '@novabilling/core/invoice'
import { invoiceIssued } from '@novabilling/core/ledger'
import { jsonArray } from '../../db/statement.ts'
import { type EventType, recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { invoicesIssued } from '../../http/operations.ts'
import { isoInstant } from '../../http/present.ts'
import { creditsToSpend, planSpending, writeSpending } from '../credits/index.ts'
import { postEntriesAcross } from '../ledger/index.ts'
import { chargedBy } from './charged.ts'
import { presentInvoice } from './present.ts'
import { type LineDerivation, derivationText } from './derivation.ts'
import type { invoiceKinds, lineTypes, termsSources } from './schema.ts'
import {
  type BillTo,
  type InvoiceRow,
  type Issuer,
  type IssuerRow,
  insertInvoices,
  insertLines,
  issuersOf,
  openRecognition,
  takeNumbers,
} from './sql.ts'

/** A line that has been priced and rounded: `unit` in major units, the amount in minor ones. */
type DraftLine = {
  readonly type: (typeof lineTypes)[number]
  readonly description: string
  readonly quantity: string
  readonly unit: string
  readonly amountMinor: bigint
  readonly from: string | null
  readonly to: string | null
  /** Charged in advance, and earned over its days. */
  readonly isDeferred: boolean
  readonly derivation: LineDerivation
}

/** An invoice that is about to be issued. */
export type Draft = {
  readonly environmentId: string
  readonly kind: Exclude<(typeof invoiceKinds)[number], 'MANUAL'>
  readonly customerId: string
  readonly subscriptionId: string
  readonly periodStart: string
  readonly periodEnd: string
  readonly currency: string
  readonly lines: readonly DraftLine[]
  readonly totalMinor: bigint
  readonly billTo: BillTo
  /** Days from issue to due, of the customer or else the plan; null: the tenant's. */
  readonly terms: Terms | null
  /** Days that it stays a draft; null: as the tenant says. */
  readonly graceDays: number | null
  readonly issuedAt: string
  readonly issuedAtMs: number
}

export type Terms = { readonly days: number; readonly from: (typeof termsSources)[number] }

const defaultTermsDays = 30

export type Issued = {
  readonly environmentId: string
  readonly row: InvoiceRow
  readonly draft: Draft
}

const defaultTerms: Terms = { days: defaultTermsDays, from: 'DEFAULT' }

/**
 * Issues invoices, over any number of environments, in a fixed number of statements: numbers in the order given,
 * gap-free per environment and year of issue (the year in the customer's time zone, as all days are); lines, ledger
 * and events with them. What a customer has to its credit pays first, and an invoice with nothing left to pay is PAID
 * at once. One that is to be held stays a DRAFT for so many local days, which owes nothing and has no number yet. The
 * order of the result is that of the drafts.
 */
export async function issueInvoices(deps: Deps, tx: Tx, drafts: readonly Draft[]): Promise<Issued[]> {
  if (drafts.length === 0) return []
  const environments = [...new Set(drafts.map(({ environmentId }) => environmentId))]
  const issuers = await tx.query(issuersOf(environments))
  const issuerOf = new Map(issuers.map((row) => [row.environment_id, { row, issuer: issuerFrom(row) }]))
  const daysHeld = drafts.map(
    ({ environmentId, graceDays }) => graceDays ?? issuerOf.get(environmentId)?.row.grace_days ?? 0,
  )
  const places = numberPlaces(drafts.filter((_, index) => daysHeld[index] === 0))
  const counters = [...places.values()].toSorted((a, b) =>
    a.environmentId === b.environmentId ? a.year - b.year : a.environmentId < b.environmentId ? -1 : 1,
  )
  const customers = [
    ...new Map(drafts.map((draft) => [`${draft.environmentId} ${draft.customerId}`, draft])).values(),
  ]
  const [taken, credits] = await tx.queryAll([
    takeNumbers(
      counters.map(({ environmentId }) => environmentId),
      counters.map(({ year }) => year),
      counters.map(({ count }) => count),
    ),
    creditsToSpend(
      customers.map(({ environmentId }) => environmentId),
      customers.map(({ customerId }) => customerId),
    ),
  ])
  for (const { environment_id, year, last } of taken) {
    const place = places.get(`${environment_id} ${year}`)
    if (place) place.next = last - BigInt(place.count)
  }

  const issued = drafts.map((draft, index): Issued => {
    const from = issuerOf.get(draft.environmentId)
    const days = daysHeld[index] ?? 0
    if (from && days > 0)
      return { environmentId: draft.environmentId, draft, row: heldRow(deps, draft, from.issuer, days) }
    const place = places.get(placeOf(draft))
    if (place?.next === undefined || !from)
      throw new Error(`no number for an invoice of ${draft.environmentId}`)
    const number = formatInvoiceNumber(from.row.prefix ?? 'INV', place.year, ++place.next)
    const terms = draft.terms ?? termsOfTenant(from.row)
    const dueOn = dueDate(draft.billTo.timezone, draft.issuedAtMs, terms.days)
    return {
      environmentId: draft.environmentId,
      draft,
      row: rowOf(deps, draft, { number, dueOn, terms, issuer: from.issuer }),
    }
  })
  const final = issued.filter(({ row }) => row.status !== 'DRAFT')
  const spending = planSpending(
    final.map(({ environmentId, row }) => ({
      environmentId,
      invoiceId: row.id,
      customerId: row.customer_id,
      currency: row.currency,
      dueMinor: row.total_minor,
      at: row.created_at,
    })),
    credits,
  )
  for (const [index, { row }] of final.entries()) credit(row, spending.paid[index] ?? 0n)
  write(deps, tx, issued, final)
  writeSpending(deps, tx, spending)
  openBooks(
    tx,
    issuers.filter(({ recognises }) => !recognises).map((row) => row.environment_id),
    final.map(({ draft }) => draft),
  )
  tx.afterCommit(() => invoicesIssued.inc(final.length))
  return issued
}

function eventsOf(status: InvoiceRow['status']): EventType[] {
  if (status === 'DRAFT') return ['invoice.created']
  const types: EventType[] = ['invoice.created', 'invoice.finalized']
  return status === 'PAID' ? [...types, 'invoice.paid'] : types
}

/** What the customer's credit pays is not owed; an invoice with nothing left to pay is PAID at its issue. */
export function credit(row: InvoiceRow, minor: bigint): void {
  row.credited_minor = minor
  if (row.total_minor !== minor) return
  row.status = 'PAID'
  row.paid_at = row.issued_at
}

/** For environments with their first invoices, the recognition of revenue begins on the day of the earliest. */
function openBooks(tx: Tx, environments: readonly string[], drafts: readonly Draft[]): void {
  const opened = environments.filter((id) => drafts.some(({ environmentId }) => environmentId === id))
  if (opened.length === 0) return
  tx.defer(
    openRecognition(
      opened,
      opened.map(
        (id) =>
          drafts
            .filter(({ environmentId }) => environmentId === id)
            .map(({ issuedAt }) => issuedAt)
            .toSorted()[0] ?? null,
      ),
    ),
  )
}

type Place = { readonly environmentId: string; readonly year: number; count: number; next?: bigint }

function numberPlaces(drafts: readonly Draft[]): Map<string, Place> {
  const places = new Map<string, Place>()
  for (const draft of drafts) {
    const key = placeOf(draft)
    const place = places.get(key)
    if (place) place.count++
    else places.set(key, { environmentId: draft.environmentId, year: yearOf(draft), count: 1 })
  }
  return places
}

function placeOf(draft: Draft): string {
  return `${draft.environmentId} ${yearOf(draft)}`
}

function yearOf({ billTo, issuedAtMs }: Draft): number {
  return toCivil(localDay(billTo.timezone, issuedAtMs)).year
}

export function termsOfTenant({ net_payment_terms: days }: IssuerRow): Terms {
  return days === null ? defaultTerms : { days, from: 'TENANT' }
}

export function issuerFrom(row: IssuerRow): Issuer {
  return {
    name: row.company_name,
    email: null,
    taxId: row.tax_id,
    country: row.country,
    address: row.address,
    footer: row.footer,
    brandColor: row.brand_color,
    logo: row.logo_digest,
    paper: row.paper,
    fiscal: row.fiscal ?? [],
  }
}

/** Who issues in this environment, as of now. */
export async function currentIssuer(tx: Tx, environmentId: string): Promise<Issuer> {
  const [row] = await tx.query(issuersOf([environmentId]))
  if (!row) throw new Error(`environment ${environmentId} has no tenant`)
  return issuerFrom(row)
}

/** An invoice that is held: what it will be issued with is decided when it is. */
function heldRow(deps: Deps, draft: Draft, issuer: Issuer, days: number): InvoiceRow {
  return {
    ...rowOf(deps, draft, { number: null, dueOn: null, terms: null, issuer }),
    status: 'DRAFT',
    issued_at: null,
    finalize_at: isoInstant(
      Temporal.Instant.fromEpochMilliseconds(addLocalDays(draft.billTo.timezone, draft.issuedAtMs, days)),
    ),
  }
}

function rowOf(
  deps: Deps,
  draft: Draft,
  given: { number: string | null; dueOn: string | null; terms: Terms | null; issuer: Issuer },
): InvoiceRow {
  return {
    id: deps.ids.next(),
    number: given.number,
    kind: draft.kind,
    customer_id: draft.customerId,
    subscription_id: draft.subscriptionId,
    period_start: draft.periodStart,
    period_end: draft.periodEnd,
    currency: draft.currency,
    status: 'PENDING',
    subtotal_minor: draft.totalMinor,
    discount_minor: 0n,
    tax_minor: 0n,
    total_minor: draft.totalMinor,
    paid_minor: 0n,
    credited_minor: 0n,
    bill_to: draft.billTo,
    issuer: given.issuer,
    finalize_at: null,
    issued_at: draft.issuedAt,
    due_date: given.dueOn,
    terms_days: given.terms?.days ?? null,
    terms_from: given.terms?.from ?? null,
    paid_at: null,
    voided_at: null,
    notes: null,
    metadata: {},
    created_at: draft.issuedAt,
    updated_at: draft.issuedAt,
    lines: draft.lines.map((line) => ({
      id: deps.ids.next(),
      type: line.type,
      description: line.description,
      quantity: line.quantity,
      unit: line.unit,
      minor: line.amountMinor.toString(),
      discount: '0',
      from: line.from,
      to: line.to,
      isDeferred: line.isDeferred,
    })),
  }
}

function write(deps: Deps, tx: Tx, issued: readonly Issued[], final: readonly Issued[]): void {
  const rows = issued.map(({ row }) => row)
  const issuers = new Map<Issuer, number>()
  for (const { issuer } of rows) if (!issuers.has(issuer)) issuers.set(issuer, issuers.size + 1)
  tx.defer(
    insertInvoices(
      issued.map(({ environmentId }) => environmentId),
      rows.map((row) => row.id),
      rows.map((row) => row.number),
      rows.map((row) => row.customer_id),
      rows.map((row) => row.subscription_id),
      rows.map((row) => row.period_start),
      rows.map((row) => row.period_end),
      rows.map((row) => row.currency),
      rows.map((row) => row.status),
      rows.map((row) => row.total_minor),
      jsonArray(
        rows.map((row) => JSON.stringify(row.bill_to)),
        'jsonb',
      ),
      rows.map((row) => issuers.get(row.issuer) ?? null),
      rows.map((row) => row.created_at),
      rows.map((row) => row.due_date),
      rows.map((row) => row.terms_days),
      rows.map((row) => row.terms_from),
      rows.map((row) => row.kind),
      rows.map((row) => row.credited_minor),
      jsonArray(
        Array.from(issuers.keys(), (issuer) => JSON.stringify(issuer)),
        'jsonb',
      ),
      rows.map((row) => row.finalize_at),
    ),
  )
  const lines = issued.flatMap(({ environmentId, row }) =>
    row.lines.map((line, position) => ({ environmentId, invoiceId: row.id, position, line })),
  )
  tx.defer(
    insertLines(
      lines.map(({ environmentId }) => environmentId),
      lines.map(({ invoiceId }) => invoiceId),
      lines.map(({ line }) => line.id),
      lines.map(({ position }) => position),
      lines.map(({ line }) => line.type),
      lines.map(({ line }) => line.description),
      lines.map(({ line }) => line.quantity),
      lines.map(({ line }) => line.unit),
      lines.map(({ line }) => line.minor),
      lines.map(({ line }) => line.from),
      lines.map(({ line }) => line.to),
      jsonArray(
        issued.flatMap(({ draft }) => draft.lines.map(({ derivation }) => derivationText(derivation))),
      ),
      lines.map(({ line }) => line.isDeferred),
    ),
  )
  postEntriesAcross(
    tx,
    final.map(({ environmentId, row }) => ({
      environmentId,
      id: row.id,
      documentKind: 'INVOICE',
      documentId: row.id,
      currency: row.currency,
      at: row.created_at,
      entries: invoiceIssued(chargedBy(row)),
    })),
    ({ environmentId }) => environmentId,
  )
  recordEventsAcross(
    tx,
    deps,
    issued.map(({ environmentId, row }) => ({
      environmentId,
      types: eventsOf(row.status),
      resourceId: row.id,
      resource: presentInvoice(deps, row),
      at: row.created_at,
    })),
  )
}
