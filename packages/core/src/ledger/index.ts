export {
  type Account,
  type Entry,
  type Posting,
  creditApplied,
  invoiceIssued,
  invoiceVoided,
  paymentReceived,
  paymentRefunded,
  revenueRecognised,
  writtenOff,
} from './postings.ts'
export { type Deferral, daysOf, earnedBy, recognisedBy } from './recognise.ts'
