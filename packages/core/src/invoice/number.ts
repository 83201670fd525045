/** `INV-2026-000001`: the prefix, the year of issue, and the count of that year, at least six digits wide. */
export function formatInvoiceNumber(prefix: string, year: number, count: bigint | number): string {
  return `${prefix}-${year}-${count.toString().padStart(6, '0')}`
}
