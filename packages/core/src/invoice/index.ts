export { type ExactLine, type RoundedInvoice, roundLines } from './draft.ts'
export { dueDate, formatDay } from './due.ts'
export { formatInvoiceNumber } from './number.ts'
export { type InvoiceStatus, canMoveInvoice } from './status.ts'
