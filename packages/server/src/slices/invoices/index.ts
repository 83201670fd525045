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

export { findInvoice, presentInvoices } from './find.ts'
export type { LineDerivation } from './derivation.ts'
export { type Draft, issueInvoices } from './issue.ts'
export { presentInvoice } from './present.ts'
export type { Invoice } from './schema.ts'
export { failInvoices, lockInvoices, settleInvoices, voidInvoices } from './settle.ts'
export { type InvoiceRow, unpaidOfCustomer } from './sql.ts'
