import type { ChargedAmounts } from '@novabilling/core/ledger'
import type { InvoiceRow } from './sql.ts'

/** What an invoice charges, by where it is booked. */
export function chargedBy({ lines, taxes, total_minor, tax_minor, wallet_id }: InvoiceRow): ChargedAmounts {
  let deferredMinor = 0n
  for (const { isDeferred, minor, discount } of lines)
    if (isDeferred) deferredMinor += BigInt(minor) - BigInt(discount)
  const restMinor = total_minor - tax_minor - deferredMinor
  return {
    deferredMinor,
    revenueMinor: wallet_id === null ? restMinor : 0n,
    prepaidMinor: wallet_id === null ? 0n : restMinor,
    taxes: (taxes ?? []).map(({ code, amount }) => ({ code, minor: BigInt(amount) })),
  }
}
