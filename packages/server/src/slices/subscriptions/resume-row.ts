import { planResume } from '@novabilling/core/subscription'
import type { Draft } from '../invoices/index.ts'
import { resumeArrears } from './arrears.ts'
import { restDraftOf } from './draft.ts'
import { isoMs, msOrNull } from './instants.ts'
import type { DueRow } from './sql.ts'

/**
 * Brings a paused row to the state after its resume at an instant. Where the rest of the period was credited with the
 * pause, what is left of it is to be invoiced again, now or in arrears; where the period is over, the row is due for a new one.
 */
export function resumeRow(row: DueRow, at: number): Draft | undefined {
  const plan = planResume(
    {
      startAt: Date.parse(row.anchored_at),
      currentPeriodEnd: msOrNull(row.current_period_end),
      cancelAt: msOrNull(row.cancel_at),
      endsAt: msOrNull(row.ends_at),
    },
    at,
  )
  const isCredited = row.pause_credited
  row.status = 'ACTIVE'
  row.paused_at = null
  row.resume_at = null
  row.pause_credited = false
  const text = isoMs(at)
  row.updated_at = text > row.updated_at ? text : row.updated_at
  if (plan.kind === 'goes_on') {
    row.due_at = isoMs(plan.dueAt)
    if (!isCredited) return undefined
    if (row.billing_timing === 'IN_ADVANCE') return restDraftOf(row, at, row.quantity)
    resumeArrears(row, at)
    return undefined
  }
  row.anchored_at = isoMs(plan.anchoredAt)
  row.period_index = -1
  row.due_at = row.anchored_at
  return undefined
}
