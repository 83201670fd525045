export type {
  InvoiceDocument,
  InvoiceDocumentLine,
  InvoiceDocumentStatus,
  InvoiceDocumentTax,
  InvoiceParty,
  Logo,
} from './invoice-document.ts'
export { logoOf } from './logo.ts'
export { paperOf } from './paper.ts'
export type { ElectronicInvoice } from './electronic-invoice.ts'
export {
  type Renderer,
  createRenderer,
  logoFault,
  renderFacturX,
  renderInvoicePdf,
  renderInvoiceUbl,
} from './render.ts'
