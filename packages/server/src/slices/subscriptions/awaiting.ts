import { dueWhilePaused } from '@novabilling/core/subscription'
import { closesAt } from './arrears.ts'
import { isoMsOrNull, msOrNull } from './instants.ts'
import type { DueRow } from './sql.ts'

/** Says what a paused row waits for: its resume, its end, or the end of a period that it has yet to pay for. */
export function awaitWhilePaused(row: DueRow): void {
  row.due_at = isoMsOrNull(
    dueWhilePaused({
      resumeAt: msOrNull(row.resume_at),
      cancelAt: msOrNull(row.cancel_at),
      endsAt: msOrNull(row.ends_at),
      closesAt: closesAt(row),
    }),
  )
}
