import { formatInvoiceNumber } from '../invoice/index.ts'

/** `CN-2026-000001`: the year of issue, and the count of that year. */
export function formatCreditNoteNumber(year: number, count: bigint | number): string {
  return formatInvoiceNumber('CN', year, count)
}
