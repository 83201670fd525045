import { allocate, divide, multiply, ratio, roundHalfUp, subtract, zero } from '@novabilling/core/money'
import { creditLinesUpTo } from '@novabilling/core/credit'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import type { LateUsage } from '../charges/index.ts'
import { creditableInvoices, issueCreditNotes } from '../credit-notes/index.ts'
import { lockInvoices } from '../invoices/index.ts'
import { issueHeld } from './held.ts'
import type { DueRow } from './sql.ts'
import { linesOfUsage } from './usage-sql.ts'

/**
 * Credits usage that costs less than was billed for it, against the lines that billed it; their drafts are issued first.
 * Gives what is settled by that. What is less than half a minor unit waits for more, and of an invoice that is no claim
 * any more there is nothing to give back.
 */
export async function giveBackUsage(
  deps: Deps,
  tx: Tx,
  rows: readonly DueRow[],
  back: readonly LateUsage[],
): Promise<LateUsage[]> {
  const settled: LateUsage[] = []
  for (const late of back) {
    const { environmentId, subscriptionId, chargeId, from } = late.rated
    const row = rows.find((one) => one.environment_id === environmentId && one.id === subscriptionId)
    if (!row || roundHalfUp(subtract(zero, late.correction)) === 0n) continue
    const found = await tx.query(
      linesOfUsage(environmentId, subscriptionId, chargeId, new Date(from).toISOString()),
    )
    const lineIds = new Set(found.map(({ id }) => id))
    const held = await lockInvoices(tx, environmentId, [...new Set(found.map((line) => line.invoice_id))])
    await issueHeld(
      deps,
      tx,
      row,
      held.filter(({ status }) => status === 'DRAFT'),
    )
    const invoices = await creditableInvoices(tx, environmentId, held)
    const places = invoices.flatMap((invoice) =>
      invoice.row.lines.flatMap((line, place) =>
        lineIds.has(line.id)
          ? [{ invoice, place, left: invoice.creditable.lines[place]?.leftMinor ?? 0n }]
          : [],
      ),
    )
    const netMinor = places.reduce((sum, { left }) => sum + left, 0n)
    // Taxes within prices are not in the lines.
    const wanted = roundHalfUp(
      multiply(ratio(netMinor), divide(subtract(zero, late.correction), late.billed)),
    )
    const parts = allocate(
      wanted < netMinor ? wanted : netMinor,
      places.map(({ left }) => left),
    )
    await issueCreditNotes(
      deps,
      tx,
      environmentId,
      invoices.map((invoice) => {
        const amounts = invoice.row.lines.map((_, place) => {
          const index = places.findIndex((one) => one.invoice === invoice && one.place === place)
          return parts[index] ?? 0n
        })
        return {
          invoice,
          amounts: creditLinesUpTo(invoice.creditable, amounts, invoice.leftMinor),
          basis: 'LINES' as const,
          reason: 'ORDER_CHANGE' as const,
          refund: false,
        }
      }),
    )
    settled.push(late)
  }
  return settled
}
