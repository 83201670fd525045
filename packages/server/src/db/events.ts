import type { Ids } from '../ids.ts'
import { command } from './statement.ts'
import type { Tx } from './transaction.ts'

/** Every fact the product announces. */
export type EventType =
  | `customer.${'created' | 'updated' | 'archived'}`
  | `subscription.${'created' | 'activated' | 'renewed' | 'updated' | 'past_due' | 'canceled'}`
  | `invoice.${'created' | 'finalized' | 'paid' | 'payment_failed' | 'voided'}`
  | `payment.${'succeeded' | 'failed' | 'refunded'}`

/** A change that has been made: its kind, the resource's stored id, and the whole resource as the API shows it. */
export type Fact = {
  readonly type: EventType
  readonly resourceId: string
  readonly resource: unknown
  readonly at?: Temporal.Instant
}

const insertEvents = command(
  'events.insert',
  `insert into events (environment_id, id, type, resource_id, body, occurred_at)
   select $1::uuid, u.id, u.type, u.resource_id, u.body::json, u.occurred_at
   from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[])
     as u (id, type, resource_id, body, occurred_at)`,
)

/** Records facts in the transaction that makes them true. */
export function recordEvents(tx: Tx, { ids }: { readonly ids: Ids }, facts: readonly Fact[]): void {
  if (facts.length === 0) return
  const { environmentId } = tx.scope
  if (environmentId === undefined) throw new Error('an event belongs to an environment')
  tx.defer(
    insertEvents(
      environmentId,
      facts.map(() => ids.next()),
      facts.map((fact) => fact.type),
      facts.map((fact) => fact.resourceId),
      facts.map((fact) => JSON.stringify(fact.resource)),
      facts.map((fact) => fact.at ?? tx.now),
    ),
  )
}
