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
export { recognisedBy } from './recognise.ts'
