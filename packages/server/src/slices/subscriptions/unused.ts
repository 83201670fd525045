import { localDay, startOfDay } from '@novabilling/core/calendar'
import { creditLinesUpTo, creditUnits, roundCredits } from '@novabilling/core/credit'
import { type Ratio, parseMajor } from '@novabilling/core/money'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import {
  type CreditableInvoice,
  type CreditNoteRow,
  type GivenBack,
  creditableInvoices,
  issueCreditNotes,
} from '../credit-notes/index.ts'
import { lockInvoices } from '../invoices/index.ts'
import { issueHeld } from './held.ts'
import { isoMs } from './instants.ts'
import { type DueRow, invoicesOfPeriod } from './sql.ts'

/** A line that charges units of the plan for the period under way, by its invoice and its place in it. */
type Charged = {
  readonly invoice: CreditableInvoice
  readonly place: number
  readonly priceMinor: bigint
  readonly units: number
}

/**
 * What has been charged to a subscription for the period under way, the latest first; its invoices are locked. One that
 * is still a draft is issued now, for only what has been issued can be credited.
 */
export async function chargedUnits(deps: Deps, tx: Tx, row: DueRow): Promise<Charged[]> {
  const { current_period_start: from, current_period_end: to } = row
  if (from === null || to === null) return []
  const found = await tx.query(invoicesOfPeriod(row.environment_id, row.id, from, to))
  const ids = found.map(({ id }) => id)
  const held = await lockInvoices(tx, row.environment_id, ids)
  await issueHeld(
    deps,
    tx,
    row,
    held.filter(({ status }) => status === 'DRAFT'),
  )
  const locked = new Map(held.map((one) => [one.id, one]))
  const invoices = await creditableInvoices(
    tx,
    row.environment_id,
    ids.flatMap((id) => locked.get(id) ?? []),
  )
  return invoices.flatMap((invoice) =>
    invoice.row.lines.flatMap((line, place) => {
      const priceMinor = parseMajor(invoice.row.currency, line.unit)
      if (line.type !== 'PLAN' || line.to !== to || typeof priceMinor !== 'bigint') return []
      const units = Number(line.quantity) - (invoice.lines[place]?.unitsBack ?? 0)
      return [{ invoice, place, priceMinor, units }]
    }),
  )
}

/**
 * Credits units of the plan for what is left of the period, against the invoices that charged them, the latest first:
 * net of their discounts, with their tax, and never more than is left of a line. `share` is that of the whole period,
 * `from` where what is left begins.
 */
export async function creditUnused(
  deps: Deps,
  tx: Tx,
  row: DueRow,
  charged: readonly Charged[],
  unused: { units: number; share: Ratio; from: number },
): Promise<CreditNoteRow[]> {
  const credits = creditUnits(charged, unused).flatMap(({ line, units, amount }) => {
    const of = charged[line]
    return of ? [{ of, units, amount }] : []
  })
  const to = row.current_period_end ?? ''
  const drafts = Array.from(
    Map.groupBy(credits, ({ of }) => of.invoice),
    ([invoice, own]) => {
      const rounded = roundCredits(
        own.map(({ of, amount }) => ({
          amount,
          leftMinor: invoice.creditable.lines[of.place]?.leftMinor ?? 0n,
        })),
      )
      const amounts = invoice.row.lines.map(() => 0n)
      const givenBack = new Map<number, GivenBack>()
      for (const [index, { of, units }] of own.entries()) {
        amounts[of.place] = rounded[index] ?? 0n
        givenBack.set(of.place, {
          units,
          from: isoMs(unused.from),
          to,
          unitMinor: of.priceMinor,
          share: unused.share,
          zone: row.timezone,
          unit: row.billing_interval === 'HOURLY' || row.billing_interval === 'DAILY' ? 'SECOND' : 'DAY',
        })
      }
      return {
        invoice,
        amounts: creditLinesUpTo(invoice.creditable, amounts, invoice.leftMinor),
        basis: 'UNUSED' as const,
        reason: 'ORDER_CHANGE' as const,
        refund: false,
        givenBack,
      }
    },
  )
  return issueCreditNotes(deps, tx, row.environment_id, drafts)
}

/** How many units charged for the period under way are not given back. */
export function unitsCharged(charged: readonly Charged[]): number {
  return charged.reduce((sum, { units }) => sum + units, 0)
}

/** Where what a cancellation leaves unused begins: the next local day; the next second where those are counted. */
export function unusedFrom(row: DueRow, at: number): number {
  if (row.billing_interval === 'HOURLY' || row.billing_interval === 'DAILY')
    return (Math.floor(at / 1000) + 1) * 1000
  return startOfDay(row.timezone, localDay(row.timezone, at) + 1)
}
