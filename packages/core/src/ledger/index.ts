export {
  type Account,
  type Entry,
  type Posting,
  invoiceIssued,
  invoiceVoided,
  paymentReceived,
  paymentRefunded,
  writtenOff,
} from './postings.ts'
export { recognisedBy } from './recognise.ts'
