import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { advanceEndpoints, insertDeliveries, unreadEvents } from './dispatch-sql.ts'
import { scheduledAttempts } from './schedule.ts'

const endpointsAtOnce = 100
const eventsEach = 500
const eventsAtOnce = 4000

/**
 * Makes a delivery of each new event for each endpoint that hears it. The endpoint's place in the stream moves in the
 * same transaction, and the delivery's key is the endpoint and the event, so there is exactly one. Gives how many
 * events were read.
 */
export async function fanOut(deps: Deps): Promise<number> {
  // The worker crosses environments, so the scope is nobody's.
  return transaction(deps.workerDb, { scope: { tenantId: '' }, now: deps.clock.now() }, async (tx) => {
    const rows = await tx.query(unreadEvents(endpointsAtOnce, eventsEach, eventsAtOnce))
    const heard = rows.filter(({ is_heard }) => is_heard)
    if (heard.length > 0) {
      tx.defer(
        insertDeliveries(
          heard.map((row) => row.environment_id),
          heard.map(() => deps.ids.next()),
          heard.map((row) => row.endpoint_id),
          heard.map((row) => row.event_id),
          heard.map((row) => row.transaction),
          scheduledAttempts,
          tx.now,
        ),
      )
    }
    advance(tx, rows)
    return rows.length
  })
}

type Read = {
  environment_id: string
  endpoint_id: string
  event_id: string
  transaction: string
  is_heard: boolean
}

/** The rows of an endpoint are in order, so its last one is where it stands. */
function advance(tx: Tx, rows: readonly Read[]): void {
  if (rows.length === 0) return
  const places = new Map<string, Read>()
  for (const row of rows) {
    const is_heard = row.is_heard || (places.get(row.endpoint_id)?.is_heard ?? false)
    places.set(row.endpoint_id, { ...row, is_heard })
  }
  const ends = [...places.values()]
  tx.defer(
    advanceEndpoints(
      ends.map((row) => row.environment_id),
      ends.map((row) => row.endpoint_id),
      ends.map((row) => row.transaction),
      ends.map((row) => row.event_id),
      ends.map((row) => row.is_heard),
      tx.now,
    ),
  )
}
