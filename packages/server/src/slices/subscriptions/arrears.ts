import { nthPeriod } from '@novabilling/core/calendar'
import { ratio } from '@novabilling/core/money'
import { type Cut, shareUsed } from '@novabilling/core/subscription'
import type { Draft } from '../invoices/index.ts'
import { invoiceOf, planCharge } from './draft.ts'
import { isoMs, msOrNull } from './instants.ts'
import { endOfUnits, periodOf, scheduleOf } from './schedule.ts'
import type { ArrearsTerms, DueRow } from './sql.ts'

/** When what is charged in arrears for the period under way is invoiced; null where nothing is. */
export function closesAt({ arrears }: DueRow): number | null {
  if (arrears === null || (arrears.open === null && arrears.parts.length === 0)) return null
  return Date.parse(arrears.at)
}

/** Says when a plan in arrears will be invoiced first, for what has not begun to be charged. */
export function awaitFirstPeriod(row: DueRow): void {
  row.arrears = null
  if (row.billing_timing !== 'IN_ARREARS') return
  const { to } = nthPeriod(scheduleOf(row), 0)
  const end = msOrNull(row.ends_at)
  row.arrears = { kind: 'CYCLE', at: isoMs(end === null ? to : Math.min(to, end)), parts: [], open: null }
}

/** Charges a period that begins in arrears; whatever was before has been invoiced. */
export function beginArrears(row: DueRow, kind: Draft['kind'], period: { from: number; to: number }): void {
  row.arrears = { kind, at: isoMs(period.to), parts: [], open: termsOf(row, period.from) }
}

/** Charges the rest of the period under way in arrears, at what the row pays from an instant on. */
export function resumeArrears(row: DueRow, from: number): void {
  const to = msOrNull(row.current_period_end)
  if (to === null || from >= to) return
  const { kind = 'CHANGE', parts = [] } = row.arrears ?? {}
  row.arrears = { kind, at: isoMs(to), parts, open: termsOf(row, from) }
}

/** Another quantity from an instant on, of what is charged in arrears; false where nothing is. */
export function changeArrears(row: DueRow, at: number, quantity: number): boolean {
  const open = row.arrears?.open
  if (!open) return false
  cutArrears(row, { by: 'change', at })
  if (row.arrears) row.arrears = { ...row.arrears, open: { ...open, quantity, from: isoMs(at) } }
  return true
}

/** Ends the stretch that is charged in arrears: nothing is charged from there on. */
export function cutArrears(row: DueRow, cut: Cut): void {
  const { arrears } = row
  const period = arrears?.open ? periodOf(row) : undefined
  if (!arrears?.open || !period) return
  const { open } = arrears
  const from = Date.parse(open.from)
  const share = shareUsed(scheduleOf(row), period, { from, cut, endsAt: msOrNull(row.ends_at) })
  const isWhole = share.numerator === share.denominator
  const to =
    cut.by === 'period' || isWhole
      ? Date.parse(row.current_period_end ?? open.from)
      : endOfUnits(row, from, Number(share.numerator))
  const part = {
    ...open,
    to: isoMs(to),
    share: [String(share.numerator), String(share.denominator)] as const,
  }
  row.arrears = {
    ...arrears,
    parts: share.numerator === 0n ? arrears.parts : [...arrears.parts, part],
    open: null,
  }
}

/**
 * The invoice of what was used in arrears of the period under way: a line for each stretch of it. Undefined where
 * nothing was. The row owes nothing of it afterwards.
 */
export function closeArrears(row: DueRow, at: number, cut: Cut): Draft | undefined {
  cutArrears(row, cut)
  const { arrears } = row
  const [first] = arrears?.parts ?? []
  const period = first ? periodOf(row) : undefined
  if (!arrears || !first || !period || row.current_period_start === null || row.current_period_end === null)
    return undefined
  row.arrears = null
  return invoiceOf(
    row,
    {
      kind: arrears.kind,
      at,
      from: arrears.kind === 'CHANGE' ? first.from : row.current_period_start,
      to: row.current_period_end,
    },
    arrears.parts.map(({ name, priceMinor, quantity, from, to, share: [part, whole] }) =>
      planCharge(row, period, {
        name,
        priceMinor: BigInt(priceMinor),
        quantity,
        from,
        to,
        share: ratio(BigInt(part), BigInt(whole)),
        isInAdvance: false,
      }),
    ),
  )
}

function termsOf(row: DueRow, from: number): ArrearsTerms {
  return {
    name: row.plan_name,
    priceMinor: String(row.price_minor),
    quantity: row.quantity,
    from: isoMs(from),
  }
}
