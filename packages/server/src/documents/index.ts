export { brandOf } from './brand.ts'
export type {
  InvoiceDocument,
  InvoiceDocumentLine,
  InvoiceDocumentStatus,
  InvoiceDocumentTax,
  InvoiceParty,
  Logo,
} from './invoice-document.ts'
export { type Voice, voiceOf } from './labels.ts'
export { logoOf } from './logo.ts'
export { paperOf } from './paper.ts'
export { printerFor } from './printed-values.ts'
export type { ElectronicInvoice } from './electronic-invoice.ts'
export {
  type Renderer,
  createRenderer,
  logoFault,
  renderFacturX,
  renderInvoicePdf,
  renderInvoiceUbl,
} from './render.ts'
