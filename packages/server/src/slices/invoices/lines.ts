import { jsonArray } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { type LineOfInvoice, insertLines } from './sql.ts'

/** A line to be written: where, and how it came about, as text; null for one by hand. */
type WrittenLine = {
  readonly environmentId: string
  readonly invoiceId: string
  readonly position: number
  readonly line: LineOfInvoice
  readonly derivation: string | null
}

/** Writes lines down, of any number of invoices. What none of them has is not sent at all. */
export function writeLines(tx: Tx, lines: readonly WrittenLine[]): void {
  if (lines.length === 0) return
  const derivations = lines.flatMap(({ derivation }) => derivation ?? [])
  const areDerived = derivations.length === lines.length
  tx.defer(
    insertLines(
      lines.map(({ environmentId }) => environmentId),
      lines.map(({ invoiceId }) => invoiceId),
      lines.map(({ line }) => line.id),
      lines.map(({ position }) => position),
      lines.map(({ line }) => line.type),
      lines.map(({ line }) => line.description),
      lines.map(({ line }) => line.quantity),
      lines.map(({ line }) => line.unit),
      lines.map(({ line }) => line.minor),
      lines.map(({ line }) => line.from),
      lines.map(({ line }) => line.to),
      areDerived ? jsonArray(derivations) : lines.map(({ derivation }) => derivation),
      lines.map(({ line }) => line.isDeferred),
      lines.some(({ line }) => line.discount !== '0') ? lines.map(({ line }) => line.discount) : [],
      lines.some(({ line }) => line.taxes) ? lines.map(({ line }) => textOf(line.taxes)) : [],
      lines.some(({ line }) => line.taxCodes) ? lines.map(({ line }) => textOf(line.taxCodes)) : [],
      lines.some(({ line }) => line.metricId) ? lines.map(({ line }) => line.metricId) : [],
    ),
  )
}

function textOf(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
