import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { explainSchemas } from './explain-schema.ts'
import { schemas } from './schema.ts'

export const invoices: Slice = {
  name: 'invoices',
  title: 'Invoices',
  description: 'What is owed: issued by subscriptions, numbered without gaps, never changed afterwards.',
  routes,
  schemas: [...schemas, ...explainSchemas],
}

export type { UsageDerivation } from './derivation.ts'
export { discardDrafts } from './discard.ts'
export { findInvoice, presentInvoices } from './find.ts'
export { daysOf, looksOf, partyOf, printedTaxesOf } from './document.ts'
export { finalizeDraft } from './finalize.ts'
export type { Draft } from './draft.ts'
export { currentIssuer, issueInvoices } from './issue.ts'
export { announceOverdueIn, overdueLoop } from './overdue.ts'
export { listInvoices, listIssuedRows } from './list.ts'
export { invoicePdf } from './pdf.ts'
export { openPdfLink, pdfLink } from './pdf-link.ts'
export { writeLines } from './lines.ts'
export { payableLines } from './payable.ts'
export { type TaxOfInvoice, priceLines } from './price.ts'
export { noteOf, presentInvoice, presentParty } from './present.ts'
export { type Invoice, ListInvoices, ListInvoicesOfCustomer, type Party, invoiceStatuses } from './schema.ts'
export {
  creditInvoices,
  failInvoices,
  lockInvoices,
  settleInvoices,
  voidInvoices,
  writeOffInvoices,
} from './settle.ts'
export { ublOf } from './ubl.ts'
export {
  type BillTo,
  type InvoiceRow,
  type Issuer,
  draftsOfCustomer,
  invoiceColumns,
  invoiceSelect,
  removeLines,
  unpaidOfCustomer,
  withCreditNote,
} from './sql.ts'
export { taxBookOf, taxesOnLines } from './taxing.ts'
