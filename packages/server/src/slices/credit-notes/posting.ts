import type { CreditedAmounts } from '@novabilling/core/ledger'
import type { CreditNoteRow } from './sql.ts'

/** What a credit note moves in the books: of each line net, by where its charge had been booked. */
export function postingOf(note: CreditNoteRow): CreditedAmounts {
  let [deferredMinor, revenueMinor] = [0n, 0n]
  for (const { minor, discount, isDeferred } of note.lines) {
    const net = BigInt(minor) - BigInt(discount)
    if (isDeferred) deferredMinor += net
    else revenueMinor += net
  }
  const taxes = (note.taxes ?? []).map(({ code, amount }) => ({ code, minor: BigInt(amount) }))
  return { deferredMinor, revenueMinor, taxes, settledMinor: note.settled_minor }
}
