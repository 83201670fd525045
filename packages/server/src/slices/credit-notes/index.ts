import type { Slice } from '../../http/route.ts'
import { CreditNoteExplanation } from './explain-schema.ts'
import { routes } from './routes.ts'
import { schemas } from './schema.ts'

export const creditNotes: Slice = {
  name: 'credit-notes',
  title: 'Credit notes',
  description: 'What is given back of an invoice: numbered without gaps, never more than was charged.',
  routes,
  schemas: [...schemas, CreditNoteExplanation],
}

export { type CreditableInvoice, creditableInvoices } from './creditable.ts'
export type { GivenBack } from './derivation.ts'
export { creditNotePdf } from './files.ts'
export { findCreditNote, listCreditNotes } from './find.ts'
export { issueCreditNotes } from './issue.ts'
export { presentCreditNote } from './present.ts'
export { CreateCreditNote, type CreditNote, ListCreditNotes } from './schema.ts'
export { type CreditNoteRow, creditNoteColumns, creditNoteSelect } from './sql.ts'
export { voidCreditNote } from './void.ts'
