import { recordEventsAcross } from '../../db/events.ts'
import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { presentInvoice } from './present.ts'
import { type OverdueRow, claimOverdue, claimOverdueIn, saveAnnounced } from './overdue-sql.ts'

const batchSize = 200

/** Announces invoices whose due date has passed in their customer's time zone, each once, at the instant it passed. */
export const overdueLoop = { name: 'overdue', tick, restMs: 10_000 }

async function tick(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  return transaction(deps.workerDb, { scope: { tenantId: '' }, now }, async (tx) => {
    const claimed = await tx.query(claimOverdue(now, batchSize))
    announce(deps, tx, claimed)
    return claimed.length > 0
  })
}

/** The same on a test clock, for all that fell overdue up to an instant, in that order. */
export async function announceOverdueIn(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<void> {
  for (;;) {
    const scope = { tenantId: '', environmentId }
    const count = await transaction(deps.clockDb, { scope, now: until }, async (tx) => {
      const claimed = await tx.query(claimOverdueIn(environmentId, until, batchSize))
      announce(deps, tx, claimed)
      return claimed.length
    })
    if (count < batchSize) return
  }
}

function announce(deps: Deps, tx: Tx, rows: readonly OverdueRow[]): void {
  if (rows.length === 0) return
  tx.defer(
    saveAnnounced(
      rows.map((row) => row.environment_id),
      rows.map((row) => row.id),
    ),
  )
  recordEventsAcross(
    tx,
    deps,
    rows.map((row) => ({
      environmentId: row.environment_id,
      types: ['invoice.overdue'],
      resourceId: row.id,
      resource: presentInvoice(deps, row),
      at: row.overdue_at,
    })),
  )
}
