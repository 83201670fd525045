import type { Period } from '@novabilling/core/calendar'
import { roundLines } from '@novabilling/core/invoice'
import { type Ratio, toMajor } from '@novabilling/core/money'
import { billedAfterChange } from '@novabilling/core/prorate'
import type { DuePlan } from '@novabilling/core/subscription'
import type { Draft } from '../invoices/index.ts'
import { billToOf } from './held.ts'
import { isoMs, msOrNull } from './instants.ts'
import { periodOf, scheduleOf, unitOf } from './schedule.ts'
import type { DueRow } from './sql.ts'

type Billing = Extract<DuePlan, { kind: 'bill' }>

/** A period that begins where none ended, after a change of interval or a pause, is a restart; any other is of the cycle. */
export function kindOf(row: DueRow, plan: DuePlan): 'CYCLE' | 'RESTART' {
  const end = msOrNull(row.current_period_end)
  return plan.kind === 'bill' && end !== null && plan.at !== end ? 'RESTART' : 'CYCLE'
}

/** What an invoice of a subscription charges. It stays exact until the whole invoice is rounded. */
export type Charge = Omit<Draft['lines'][number], 'amountMinor'>

/** The invoice of a period that begins, charged in advance. */
export function draftOf(row: DueRow, plan: Billing): Draft {
  const { at, period, share } = plan
  const [from, to] = [isoMs(period.from), isoMs(period.to)]
  return invoiceOf(row, { kind: kindOf(row, plan), at, from, to }, [
    planCharge(row, period, { ...termsOf(row), from, to, share, isInAdvance: true }),
  ])
}

/**
 * The invoice of so many units for the rest of the period under way, from an instant on; undefined where there is none
 * under way.
 */
export function restDraftOf(row: DueRow, at: number, quantity: number): Draft | undefined {
  const period = periodOf(row)
  const end = msOrNull(row.current_period_end)
  if (!period || end === null || at >= end) return undefined
  const share = billedAfterChange(scheduleOf(row), period, { at, end: msOrNull(row.ends_at) })
  const [from, to] = [isoMs(Math.max(at, period.from)), isoMs(end)]
  return invoiceOf(row, { kind: 'CHANGE', at, from, to }, [
    planCharge(row, period, { ...termsOf(row), quantity, from, to, share, isInAdvance: true }),
  ])
}

/**
 * An invoice of a subscription, of all that is charged at an instant: this is where the lines of a period come together,
 * and are rounded, once.
 */
export function invoiceOf(
  row: DueRow,
  of: { kind: Draft['kind']; at: number; from: string; to: string },
  charges: readonly Charge[],
): Draft {
  const { lineMinor, subtotalMinor } = roundLines(
    charges.map(({ derivation }) => ({ amount: derivation.exact })),
  )
  // Nobody is billed on a day before we knew of the subscription, however far back it starts.
  const issuedAtMs = Math.max(of.at, Date.parse(row.created_at))
  return {
    environmentId: row.environment_id,
    kind: of.kind,
    customerId: row.customer_id,
    subscriptionId: row.id,
    planId: row.plan_id,
    periodStart: of.from,
    periodEnd: of.to,
    currency: row.currency,
    lines: charges.map((charge, index) => ({ ...charge, amountMinor: lineMinor[index] ?? 0n })),
    totalMinor: subtotalMinor,
    billTo: billToOf(row),
    terms:
      row.net_payment_terms === null || row.terms_from === null
        ? null
        : { days: row.net_payment_terms, from: row.terms_from },
    // A change is issued at once, so that what it credits can pay for it.
    graceDays: of.kind === 'CHANGE' ? 0 : row.plan_grace_days,
    issuedAt: isoMs(issuedAtMs),
    issuedAtMs,
  }
}

/** The same invoice with more lines; all of them are rounded together. */
export function withCharges(draft: Draft, charges: readonly Charge[]): Draft {
  const all = [...draft.lines, ...charges]
  const { lineMinor, subtotalMinor } = roundLines(all.map(({ derivation }) => ({ amount: derivation.exact })))
  return {
    ...draft,
    lines: all.map((charge, index) => ({ ...charge, amountMinor: lineMinor[index] ?? 0n })),
    totalMinor: subtotalMinor,
  }
}

type PlanTerms = { readonly name: string; readonly priceMinor: bigint; readonly quantity: number }

function termsOf(row: DueRow): PlanTerms {
  return { name: row.plan_name, priceMinor: row.price_minor, quantity: row.quantity }
}

/** What a plan charges for a stretch of a period: price × quantity × the share that it is of the whole one. */
export function planCharge(
  row: DueRow,
  period: Period,
  of: PlanTerms & {
    readonly from: string
    readonly to: string
    readonly share: Ratio
    readonly isInAdvance: boolean
  },
): Charge {
  const { currency } = row
  const { name, priceMinor, quantity, from, to, share } = of
  const isPart = share.numerator !== share.denominator
  return {
    type: 'PLAN',
    description: isPart ? `${name} (part of a period)` : name,
    quantity: String(quantity),
    unit: toMajor({ currency, minor: priceMinor }),
    from,
    to,
    isDeferred: of.isInAdvance,
    derivation: {
      zone: row.timezone,
      unit: isPart ? unitOf(row) : 'PERIOD',
      share,
      exact: {
        numerator: priceMinor * BigInt(quantity) * share.numerator,
        denominator: share.denominator,
      },
      wholeFrom: isoMs(period.wholeFrom),
      wholeTo: isoMs(period.wholeTo),
    },
  }
}
