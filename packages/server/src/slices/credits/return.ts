import type { Tx } from '../../db/transaction.ts'
import { moveBalances, returnApplications, takeBackUnspent } from './sql.ts'

/**
 * Gives customers back what their credit paid for invoices that are voided. Gives the sum of each invoice; the books
 * are the caller's.
 */
export async function returnCredits(
  tx: Tx,
  environmentId: string,
  invoiceIds: readonly string[],
  at: Temporal.Instant | string,
): Promise<ReadonlyMap<string, bigint>> {
  const returned = await tx.query(returnApplications(environmentId, invoiceIds, at))
  const sums = new Map<string, bigint>()
  for (const { invoice_id: id, amount_minor: minor } of returned) sums.set(id, (sums.get(id) ?? 0n) + minor)
  if (returned.length > 0) {
    tx.defer(
      moveBalances(
        returned.map(() => environmentId),
        returned.map((row) => row.customer_id),
        returned.map(({ currency }) => currency),
        returned.map((row) => row.amount_minor),
      ),
    )
  }
  return sums
}

/** Takes the credit of a source back. False where some of it has been spent: then nothing is changed. */
export async function takeBackCredit(tx: Tx, environmentId: string, sourceId: string): Promise<boolean> {
  const [taken] = await tx.query(takeBackUnspent(environmentId, sourceId))
  if (!taken) return false
  tx.defer(moveBalances([environmentId], [taken.customer_id], [taken.currency], [-taken.amount_minor]))
  return true
}
