export type CreditNoteStatus = 'DRAFT' | 'FINALIZED' | 'VOIDED'

const moves: Readonly<Record<CreditNoteStatus, readonly CreditNoteStatus[]>> = {
  DRAFT: ['FINALIZED'],
  FINALIZED: ['VOIDED'],
  VOIDED: [],
}

/** Whether a credit note may go from one status to another. */
export function canMoveCreditNote(from: CreditNoteStatus, to: CreditNoteStatus): boolean {
  return moves[from].includes(to)
}
