import { canMoveCreditNote } from '@novabilling/core/credit'
import { creditNoteVoided } from '@novabilling/core/ledger'
import { recordEvents } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { Refusal } from '../../refusal.ts'
import { takeBackCredit } from '../credits/index.ts'
import { type InvoiceRow, creditInvoices } from '../invoices/index.ts'
import { postEntries } from '../ledger/index.ts'
import { adjustPayments } from '../payments/index.ts'
import { postingOf } from './posting.ts'
import { presentCreditNote } from './present.ts'
import { type CreditNoteRow, lockCreditNote, saveVoidedCreditNote } from './sql.ts'

/**
 * Takes a credit note back, as if it had not been: what it took off its invoice is owed again, and what it gave the
 * customer is gone. Refuses one that is void, that sent money back, of which something has been spent, and one that
 * took something off an invoice that is settled since. The invoice is locked by the caller.
 */
export async function voidCreditNote(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  id: string,
  invoice: InvoiceRow,
): Promise<CreditNoteRow> {
  const [note] = await tx.query(lockCreditNote(environmentId, id))
  if (!note) throw new Refusal('credit_note_not_found')
  const isOpen = invoice.status === 'PENDING' || invoice.status === 'FAILED'
  if (
    !canMoveCreditNote(note.status, 'VOIDED') ||
    note.refund_minor > 0n ||
    (note.settled_minor > 0n && !isOpen)
  ) {
    throw new Refusal('credit_note_not_voidable')
  }
  if (note.balance_minor > 0n && !(await takeBackCredit(tx, environmentId, note.id)))
    throw new Refusal('credit_note_not_voidable')

  const at = isoInstant(tx.now)
  const posting = postingOf(note)
  note.status = 'VOIDED'
  note.voided_at = at
  note.updated_at = at
  tx.defer(saveVoidedCreditNote(environmentId, note.id, at))
  creditInvoices(deps, tx, environmentId, [{ row: invoice, minor: -note.settled_minor }])
  if (note.settled_minor > 0n) {
    const dueMinor = invoice.total_minor - invoice.paid_minor - invoice.credited_minor
    await adjustPayments(deps, tx, environmentId, new Map([[invoice.id, dueMinor]]))
  }
  postEntries(tx, environmentId, [
    {
      id: deps.ids.next(),
      documentKind: 'CREDIT_NOTE_VOID',
      documentId: note.id,
      currency: note.currency,
      at,
      entries: creditNoteVoided(posting),
    },
  ])
  recordEvents(tx, deps, [
    { type: 'credit_note.voided', resourceId: note.id, resource: presentCreditNote(note) },
  ])
  return note
}
