export {
  type Account,
  type ChargedAmounts,
  type CreditedAmounts,
  type Entry,
  type Posting,
  type TaxAmount,
  creditApplied,
  creditNoteIssued,
  creditNoteVoided,
  invoiceIssued,
  invoiceVoided,
  paymentReceived,
  paymentRefunded,
  revenueRecognised,
  writtenOff,
} from './postings.ts'
export { type Deferral, daysOf, earnedBy, recognisedBy } from './recognise.ts'
