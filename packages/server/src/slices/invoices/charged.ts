import type { ChargedAmounts } from '@novabilling/core/ledger'
import type { InvoiceRow } from './sql.ts'

/** What an invoice charges, by where it is booked. */
export function chargedBy({ lines, taxes, total_minor, tax_minor }: InvoiceRow): ChargedAmounts {
  let deferredMinor = 0n
  for (const { isDeferred, minor, discount } of lines)
    if (isDeferred) deferredMinor += BigInt(minor) - BigInt(discount)
  return {
    deferredMinor,
    revenueMinor: total_minor - tax_minor - deferredMinor,
    taxes: (taxes ?? []).map(({ code, amount }) => ({ code, minor: BigInt(amount) })),
  }
}
