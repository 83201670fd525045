import type { Period } from '@novabilling/core/calendar'
import { roundLines } from '@novabilling/core/invoice'
import { type Ratio, toMajor } from '@novabilling/core/money'
import { billedAfterChange } from '@novabilling/core/prorate'
import type { DuePlan } from '@novabilling/core/subscription'
import type { Draft, LineDerivation } from '../invoices/index.ts'
import { isoMs, msOrNull } from './instants.ts'
import { periodOf, scheduleOf } from './schedule.ts'
import type { DueRow } from './sql.ts'

type Billing = Extract<DuePlan, { kind: 'bill' }>

/** A period that begins where none ended, after a change of interval or a pause, is a restart; any other is of the cycle. */
export function kindOf(row: DueRow, plan: DuePlan): 'CYCLE' | 'RESTART' {
  const end = msOrNull(row.current_period_end)
  return plan.kind === 'bill' && end !== null && plan.at !== end ? 'RESTART' : 'CYCLE'
}

/** The invoice of a period that begins. */
export function draftOf(row: DueRow, plan: Billing): Draft {
  const { at, period, share } = plan
  return draft(row, { kind: kindOf(row, plan), at, period, share, quantity: row.quantity })
}

/**
 * The invoice of so many units for the rest of the period under way, from an instant on; undefined where there is none
 * under way.
 */
export function restDraftOf(row: DueRow, at: number, quantity: number): Draft | undefined {
  const whole = periodOf(row)
  const to = msOrNull(row.current_period_end)
  if (!whole || to === null || at >= to) return undefined
  const share = billedAfterChange(scheduleOf(row), whole, { at, end: msOrNull(row.ends_at) })
  return draft(row, {
    kind: 'CHANGE',
    at,
    period: { ...whole, from: Math.max(at, whole.from), to },
    share,
    quantity,
  })
}

function draft(
  row: DueRow,
  charge: { kind: Draft['kind']; at: number; period: Period; share: Ratio; quantity: number },
): Draft {
  const { currency } = row
  const { at, period, share, quantity } = charge
  const amount = {
    numerator: row.price_minor * BigInt(quantity) * share.numerator,
    denominator: share.denominator,
  }
  const { lineMinor, subtotalMinor } = roundLines([{ amount }])
  const from = isoMs(period.from)
  const to = isoMs(period.to)
  // Nobody is billed on a day before we knew of the subscription, however far back it starts.
  const issuedAtMs = Math.max(at, Date.parse(row.created_at))
  const isPart = share.numerator !== share.denominator
  return {
    environmentId: row.environment_id,
    kind: charge.kind,
    customerId: row.customer_id,
    subscriptionId: row.id,
    periodStart: from,
    periodEnd: to,
    currency,
    lines: [
      {
        type: 'PLAN',
        description: isPart ? `${row.plan_name} (part of a period)` : row.plan_name,
        quantity: String(quantity),
        unit: toMajor({ currency, minor: row.price_minor }),
        amountMinor: lineMinor[0] ?? 0n,
        from,
        to,
        derivation: derivationOf(row, period, share, amount),
      },
    ],
    totalMinor: subtotalMinor,
    billTo: {
      name: row.customer_name,
      email: row.customer_email,
      taxId: row.customer_tax_id,
      country: row.customer_country,
      address: row.customer_address,
      locale: row.customer_locale,
      timezone: row.customer_timezone,
    },
    terms:
      row.net_payment_terms === null || row.terms_from === null
        ? null
        : { days: row.net_payment_terms, from: row.terms_from },
    issuedAt: isoMs(issuedAtMs),
    issuedAtMs,
  }
}

function derivationOf(row: DueRow, period: Period, share: Ratio, exact: Ratio): LineDerivation {
  const unit =
    share.numerator === share.denominator
      ? 'PERIOD'
      : row.billing_interval === 'HOURLY' || row.billing_interval === 'DAILY'
        ? 'SECOND'
        : 'DAY'
  return {
    zone: row.timezone,
    unit,
    share,
    exact,
    wholeFrom: isoMs(period.wholeFrom),
    wholeTo: isoMs(period.wholeTo),
  }
}
