import { spendCredits } from '@novabilling/core/credit'
import { creditApplied } from '@novabilling/core/ledger'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { postEntriesAcross } from '../ledger/index.ts'
import { type CreditRow, insertApplications, moveBalances, spendLefts } from './sql.ts'

/** An invoice that is about to be issued, and what there is to pay on it. */
type Payable = {
  readonly environmentId: string
  readonly invoiceId: string
  readonly customerId: string
  readonly currency: string
  readonly dueMinor: bigint
  readonly at: Temporal.Instant | string
}

/** A part of a credit that pays for an invoice. */
type Spent = { readonly payable: Payable; readonly credit: CreditRow; readonly minor: bigint }

/** What credits pay for invoices: of each invoice, in their order, and each part of it, to be written down. */
type Spending = { readonly paid: readonly bigint[]; readonly parts: readonly Spent[] }

/**
 * Says what customers' credits pay for invoices that are about to be issued: in the order of the invoices, the oldest
 * credit first, and only in their own currency. `credits` are those of the customers, locked by the caller
 * (`creditsToSpend`). Once the invoices are written, `writeSpending` writes it down.
 */
export function planSpending(payables: readonly Payable[], credits: readonly CreditRow[]): Spending {
  if (credits.length === 0) return { paid: payables.map(() => 0n), parts: [] }
  const held = Map.groupBy(
    credits.map((row) => ({ ...row })),
    keyOf,
  )
  const parts: Spent[] = []
  const paid = payables.map((payable) => {
    const { environmentId, customerId, currency, dueMinor } = payable
    const own = held.get(keyOf({ environment_id: environmentId, customer_id: customerId, currency })) ?? []
    let sum = 0n
    const shares = spendCredits(
      own.map((credit) => credit.left_minor),
      dueMinor,
    )
    for (const [index, minor] of shares.entries()) {
      const credit = own[index]
      if (!credit || minor === 0n) continue
      credit.left_minor -= minor
      sum += minor
      parts.push({ payable, credit, minor })
    }
    return sum
  })
  return { paid, parts }
}

/** Writes down what credits paid, and posts it. The invoices are there. */
export function writeSpending(deps: Pick<Deps, 'ids'>, tx: Tx, { parts }: Spending): void {
  if (parts.length === 0) return
  const environments = parts.map(({ payable }) => payable.environmentId)
  const ids = parts.map(({ credit }) => credit.id)
  const amounts = parts.map(({ minor }) => minor)
  tx.defer(spendLefts(environments, ids, amounts))
  tx.defer(
    insertApplications(
      environments,
      ids,
      parts.map(({ payable }) => payable.invoiceId),
      amounts,
      parts.map(({ payable }) => payable.at),
    ),
  )
  tx.defer(
    moveBalances(
      environments,
      parts.map(({ payable }) => payable.customerId),
      parts.map(({ payable }) => payable.currency),
      amounts.map((minor) => -minor),
    ),
  )
  const byInvoice = [...Map.groupBy(parts, ({ payable }) => payable)]
  postEntriesAcross(
    tx,
    byInvoice.map(([{ environmentId, invoiceId, currency, at }, own]) => ({
      environmentId,
      id: deps.ids.next(),
      documentKind: 'CREDIT',
      documentId: invoiceId,
      currency,
      at,
      entries: creditApplied(own.reduce((sum, { minor }) => sum + minor, 0n)),
    })),
    ({ environmentId }) => environmentId,
  )
}

function keyOf(of: Pick<CreditRow, 'environment_id' | 'customer_id' | 'currency'>): string {
  return `${of.environment_id} ${of.customer_id} ${of.currency}`
}
