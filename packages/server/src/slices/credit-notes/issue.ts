import { localDay, toCivil } from '@novabilling/core/calendar'
import { type CreditAmounts, formatCreditNoteNumber, settleCredit } from '@novabilling/core/credit'
import { creditNoteIssued } from '@novabilling/core/ledger'
import { recordEvents } from '../../db/events.ts'
import { jsonArray } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { grantCredits } from '../credits/index.ts'
import { type InvoiceRow, creditInvoices } from '../invoices/index.ts'
import { postEntries } from '../ledger/index.ts'
import { intendRefunds, adjustPayments, mostRefundable } from '../payments/index.ts'
import { isSameTax } from '../taxes/index.ts'
import type { CreditableInvoice } from './creditable.ts'
import { type CreditBasis, type GivenBack, derivationText } from './derivation.ts'
import { postingOf } from './posting.ts'
import { presentCreditNote } from './present.ts'
import type { CreateCreditNote } from './schema.ts'
import {
  type CreditNoteRow,
  insertCreditNoteLines,
  insertCreditNotes,
  insertDerivations,
  takeCreditNoteNumbers,
} from './sql.ts'

/** A credit note that is about to be issued, against one invoice, locked by the caller. */
export type CreditDraft = {
  readonly invoice: CreditableInvoice
  readonly amounts: CreditAmounts
  readonly basis: CreditBasis
  readonly reason: CreateCreditNote['reason']
  readonly refund: boolean
  /** By the place of the line; lines without one are credited over the whole of their period. */
  readonly givenBack?: ReadonlyMap<number, GivenBack>
}

/**
 * Issues credit notes in one environment: numbered without gaps by year in the customer's time zone, in the order
 * given. Each lowers what is owed on its invoice first, and with it a payment that was not sent yet; the rest goes
 * back the way it came, where a refund is asked for, or is the customer's balance. The books and the events go with
 * them. One over nothing is not issued. The rows of the invoices are brought up to date in place.
 */
export async function issueCreditNotes(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  drafts: readonly CreditDraft[],
): Promise<CreditNoteRow[]> {
  const given = drafts.filter(({ amounts }) => amounts.totalMinor > 0n)
  if (given.length === 0) return []
  const numbers = await numbersFor(tx, environmentId, given)
  const notes = given.map((draft, index) => rowOf(deps, tx, draft, numbers[index] ?? ''))
  write(deps, tx, environmentId, given, notes)
  creditInvoices(
    deps,
    tx,
    environmentId,
    notes.map((note, index) => ({ row: rowAt(given, index), minor: note.settled_minor })),
  )
  const lowered = given.filter((_, index) => (notes[index]?.settled_minor ?? 0n) > 0n)
  const dues = lowered.map(({ invoice: { row } }) => [row.id, dueOf(row)] as const)
  await adjustPayments(deps, tx, environmentId, new Map(dues))
  for (const [index, note] of notes.entries()) {
    const { invoice } = given[index] ?? {}
    if (!invoice || note.refund_minor === 0n) continue
    intendRefunds(deps, tx, environmentId, {
      creditNoteId: note.id,
      minor: note.refund_minor,
      paidMinor: invoice.row.paid_minor,
      payments: invoice.payments,
    })
  }
  return notes
}

async function numbersFor(tx: Tx, environmentId: string, drafts: readonly CreditDraft[]): Promise<string[]> {
  const years = drafts.map(({ invoice: { row } }) => yearOf(row.bill_to.timezone, tx))
  const counts = Map.groupBy(years, (year) => year)
  const taken = await tx.query(
    takeCreditNoteNumbers(
      environmentId,
      [...counts.keys()],
      Array.from(counts.values(), (some) => some.length),
    ),
  )
  const next = new Map(taken.map(({ year, last }) => [year, last - BigInt(counts.get(year)?.length ?? 0)]))
  return years.map((year) => {
    const count = (next.get(year) ?? 0n) + 1n
    next.set(year, count)
    return formatCreditNoteNumber(year, count)
  })
}

function yearOf(zone: string, tx: Tx): number {
  return toCivil(localDay(zone, tx.now.epochMilliseconds)).year
}

function rowOf(deps: Deps, tx: Tx, draft: CreditDraft, number: string): CreditNoteRow {
  const { invoice, amounts, givenBack } = draft
  const { row, payments } = invoice
  const settlement = settleCredit({
    totalMinor: amounts.totalMinor,
    owedMinor: dueOf(row),
    refundableMinor: draft.refund ? mostRefundable(row.paid_minor, payments) : 0n,
  })
  const at = isoInstant(tx.now)
  return {
    id: deps.ids.next(),
    number,
    status: 'FINALIZED',
    invoice_id: row.id,
    customer_id: row.customer_id,
    subscription_id: row.subscription_id,
    currency: row.currency,
    reason: draft.reason,
    subtotal_minor: amounts.subtotalMinor,
    discount_minor: amounts.discountMinor,
    tax_minor: amounts.taxMinor,
    taxes: taxesOf(row, amounts),
    total_minor: amounts.totalMinor,
    settled_minor: settlement.settledMinor,
    refund_minor: settlement.refundMinor,
    balance_minor: settlement.balanceMinor,
    bill_to: row.bill_to,
    issuer: row.issuer,
    issued_at: at,
    voided_at: null,
    created_at: at,
    updated_at: at,
    lines: row.lines.flatMap((line, place) => {
      const credited = amounts.lines[place]
      const back = givenBack?.get(place)
      if (!credited || (credited.amountMinor === 0n && back === undefined)) return []
      return [
        {
          id: deps.ids.next(),
          lineId: line.id,
          description: line.description,
          units: back?.units ?? null,
          minor: String(credited.amountMinor),
          discount: String(credited.discountMinor),
          isDeferred: invoice.lines[place]?.isDeferred ?? false,
          from: back?.from ?? line.from,
          to: back?.to ?? line.to,
        },
      ]
    }),
  }
}

/** What is credited of each tax of an invoice, and on what; null where it has none. */
function taxesOf({ taxes, lines }: InvoiceRow, amounts: CreditAmounts): CreditNoteRow['taxes'] {
  if (taxes === null) return null
  return taxes.map((tax, index) => {
    let base = 0n
    for (const [place, line] of lines.entries()) {
      const credited = amounts.lines[place]
      if (credited && line.taxes?.some((one) => isSameTax(one, tax)))
        base += credited.amountMinor - credited.discountMinor
    }
    return { ...tax, base: String(base), amount: String(amounts.taxes[index] ?? 0n) }
  })
}

function write(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  drafts: readonly CreditDraft[],
  notes: readonly CreditNoteRow[],
): void {
  tx.defer(
    insertCreditNotes(
      environmentId,
      notes.map((note) => note.id),
      notes.map((note) => note.number),
      notes.map((note) => note.invoice_id),
      notes.map((note) => note.customer_id),
      notes.map((note) => note.subscription_id),
      notes.map((note) => note.currency),
      notes.map((note) => note.reason),
      notes.map((note) => note.subtotal_minor),
      notes.map((note) => note.discount_minor),
      notes.map((note) => note.tax_minor),
      notes.map((note) => note.settled_minor),
      notes.map((note) => note.refund_minor),
      notes.map((note) => note.balance_minor),
      jsonArray(
        notes.map((note) => JSON.stringify(note.bill_to)),
        'jsonb',
      ),
      isoInstant(tx.now),
      jsonArray(
        notes.map((note) => JSON.stringify(note.issuer)),
        'jsonb',
      ),
      notes.map(({ taxes }) => taxes && JSON.stringify(taxes)),
    ),
  )
  tx.defer(
    insertDerivations(
      environmentId,
      notes.map((note) => note.id),
      jsonArray(
        drafts.map(({ basis, invoice, amounts, givenBack }) =>
          derivationText({
            basis,
            amounts,
            givenBack,
            creditable: invoice.creditable,
            leftMinor: invoice.leftMinor,
          }),
        ),
      ),
    ),
  )
  const lines = notes.flatMap((note, index) =>
    note.lines.map((line, position) => {
      const { invoice } = draftAt(drafts, index)
      const place = invoice.row.lines.findIndex(({ id }) => id === line.lineId)
      return {
        note,
        line,
        position,
        zone: invoice.lines[place]?.zone ?? invoice.row.bill_to.timezone,
      }
    }),
  )
  tx.defer(
    insertCreditNoteLines(
      environmentId,
      lines.map(({ note }) => note.id),
      lines.map(({ line }) => line.id),
      lines.map(({ position }) => position),
      lines.map(({ note }) => note.invoice_id),
      lines.map(({ line }) => line.lineId),
      lines.map(({ line }) => line.description),
      lines.map(({ line }) => line.units),
      lines.map(({ line }) => line.minor),
      lines.map(({ line }) => line.discount),
      lines.map(({ line }) => line.from),
      lines.map(({ line }) => line.to),
      lines.map(({ zone }) => zone),
      lines.map(({ line }) => line.isDeferred),
    ),
  )
  grantCredits(
    deps,
    tx,
    notes.map((note) => ({
      environmentId,
      customerId: note.customer_id,
      currency: note.currency,
      source: 'CREDIT_NOTE' as const,
      sourceId: note.id,
      minor: note.balance_minor,
      at: note.created_at,
    })),
  )
  postEntries(
    tx,
    environmentId,
    notes.map((note) => ({
      id: note.id,
      documentKind: 'CREDIT_NOTE',
      documentId: note.id,
      currency: note.currency,
      at: note.created_at,
      entries: creditNoteIssued(postingOf(note)),
    })),
  )
  recordEvents(
    tx,
    deps,
    notes.map((note) => ({
      type: 'credit_note.finalized',
      resourceId: note.id,
      resource: presentCreditNote(note),
    })),
  )
}

function draftAt(drafts: readonly CreditDraft[], index: number): CreditDraft {
  const draft = drafts[index]
  if (!draft) throw new Error('a credit note without its draft')
  return draft
}

function rowAt(drafts: readonly CreditDraft[], index: number): CreditableInvoice['row'] {
  return draftAt(drafts, index).invoice.row
}

/** What is still owed on an invoice; nothing of one that is settled, given up or void. */
function dueOf(row: CreditableInvoice['row']): bigint {
  const isOpen = row.status === 'PENDING' || row.status === 'FAILED'
  return isOpen ? row.total_minor - row.paid_minor - row.credited_minor : 0n
}
