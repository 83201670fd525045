import type { Reader } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import type { StoredCredit } from './derivation.ts'
import type { CreditNoteExplanation } from './explain-schema.ts'
import { findCorrected } from './files.ts'
import { derivationOf } from './sql.ts'

/**
 * How a credit note came about, to be recomputed by anyone: only from what was stored when it was issued. Refuses one
 * that was issued before that was kept.
 */
export async function explainCreditNote(
  reader: Reader,
  environmentId: string,
  id: string,
): Promise<CreditNoteExplanation> {
  const { note, invoice } = await findCorrected(reader, environmentId, id)
  const [kept] = await reader.query(derivationOf(environmentId, note.id))
  if (!kept || note.number === null || note.issued_at === null) throw new Refusal('credit_note_not_explained')
  const { basis, most, lines, taxes } = kept.derivation
  return {
    version: 1,
    kind: 'CREDIT_NOTE',
    id: publicId('creditNote', note.id),
    number: note.number,
    invoiceId: publicId('invoice', note.invoice_id),
    currency: note.currency,
    issuedAt: note.issued_at,
    zone: note.bill_to.timezone,
    basis,
    mostMinor: most,
    lines: invoice.lines.map(({ id: lineId, description }, place) => {
      const line = lines[place]
      if (!line) throw new Error(`line ${lineId} was not there when ${note.number} was issued`)
      return {
        lineId: publicId('invoiceLine', lineId),
        description,
        leftMinor: line.left,
        discountLeftMinor: line.discountLeft,
        unused: line.unused && explainUnused(line.unused),
        amountMinor: line.amount,
        discountMinor: line.discount,
      }
    }),
    taxes: taxes.map((tax) => ({ lines: [...tax.lines], leftMinor: tax.left, taxMinor: tax.amount })),
    subtotalMinor: String(note.subtotal_minor),
    discountMinor: String(note.discount_minor),
    taxMinor: String(note.tax_minor),
    totalMinor: String(note.total_minor),
    settledMinor: String(note.settled_minor),
    refundMinor: String(note.refund_minor),
    balanceMinor: String(note.balance_minor),
  }
}

function explainUnused(unused: NonNullable<StoredCredit['lines'][number]['unused']>) {
  const { units, unitMinor, part, whole } = unused
  return {
    ...unused,
    units: String(units),
    exactMinor: { numerator: String(BigInt(units) * BigInt(unitMinor) * BigInt(part)), denominator: whole },
  }
}
