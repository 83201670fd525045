import { canMoveSubscription } from '@novabilling/core/subscription'
import { type EventType, recordEventsAcross } from '../../db/events.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { isoInstant } from '../../http/present.ts'
import { factOf, saveAll } from './bill.ts'
import { lockSubscriptions } from './find.ts'
import { type DueRow, withFailedInvoice } from './sql.ts'

/** ACTIVE becomes PAST_DUE, because collecting an invoice failed. Others stay what they are. */
export async function markPastDue(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ids: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  if (ids.length === 0) return
  const rows = await lockSubscriptions(tx, environmentId, ids)
  move(deps, tx, rows, { to: 'PAST_DUE', type: 'subscription.past_due', at })
}

/** PAST_DUE becomes ACTIVE again, where no invoice of it is FAILED any more. Others stay what they are. */
export async function reactivate(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  ids: readonly string[],
  at: Temporal.Instant,
): Promise<void> {
  if (ids.length === 0) return
  const rows = (await lockSubscriptions(tx, environmentId, ids)).filter(({ status }) => status === 'PAST_DUE')
  if (rows.length === 0) return
  const failed = await tx.query(
    withFailedInvoice(
      environmentId,
      rows.map(({ id }) => id),
    ),
  )
  const stillFailed = new Set(failed.map(({ id }) => id))
  const cleared = rows.filter(({ id }) => !stillFailed.has(id))
  move(deps, tx, cleared, { to: 'ACTIVE', type: 'subscription.activated', at })
}

function move(
  deps: Deps,
  tx: Tx,
  rows: readonly DueRow[],
  { to, type, at }: { to: 'ACTIVE' | 'PAST_DUE'; type: EventType; at: Temporal.Instant },
): void {
  const moved = rows.filter(({ status }) => canMoveSubscription(status, to))
  if (moved.length === 0) return
  const text = isoInstant(at)
  for (const row of moved) {
    row.status = to
    row.updated_at = text > row.updated_at ? text : row.updated_at
  }
  saveAll(tx, moved)
  recordEventsAcross(
    tx,
    deps,
    moved.map((row) => factOf(row, type)),
  )
}
