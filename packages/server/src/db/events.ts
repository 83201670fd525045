import type { Bells } from '../bells.ts'
import type { Ids } from '../ids.ts'
import { command, jsonArray } from './statement.ts'
import type { Tx } from './transaction.ts'

/** What can happen to each kind of resource: every fact the product announces. */
export const eventKinds = {
  customer: ['created', 'updated', 'archived'],
  subscription: [
    'created',
    'trial_ending',
    'activated',
    'renewed',
    'updated',
    'plan_changed',
    'paused',
    'resumed',
    'past_due',
    'canceled',
  ],
  invoice: [
    'created',
    'updated',
    'deleted',
    'finalized',
    'paid',
    'payment_failed',
    'voided',
    'uncollectible',
    'overdue',
  ],
  payment: ['succeeded', 'failed', 'refunded', 'disputed', 'dispute_closed'],
  credit_note: ['finalized', 'voided'],
  wallet: ['created', 'updated', 'depleted', 'terminated'],
  usage: ['threshold_reached'],
  webhook_endpoint: ['disabled', 'test'],
} as const

export type EventResource = keyof typeof eventKinds
/** `invoice.paid` and so on. */
export type EventType = {
  [R in EventResource]: `${R}.${(typeof eventKinds)[R][number]}`
}[EventResource]

/** A change that has been made: its kind, the resource's stored id, and the whole resource as the API shows it. */
export type Fact = {
  readonly type: EventType
  readonly resourceId: string
  readonly resource: unknown
  readonly at?: Temporal.Instant
}

/**
 * The place of a transaction's events in the stream. Its own number is no such place: it has that from its first lock,
 * and while it waits for the next one, a younger transaction may change what that one guards. So it is the number of the
 * youngest that has ended by now, when everything that is changed is held, if that is younger; their ids then say which
 * came first. It never lies before its own number, which is all that a reader relies on, who stops at the oldest that
 * is still running.
 */
const here = `(select greatest(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8))`

const insertEvents = command(
  'events.insert',
  `insert into events (environment_id, id, type, resource_id, body, occurred_at, transaction)
   select $1::uuid, u.id, u.type, u.resource_id, u.body::json, u.occurred_at, ${here}
   from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::timestamptz[])
     as u (id, type, resource_id, body, occurred_at)`,
)

type Recording = { readonly ids: Ids; readonly bells?: Bells }

/** Records facts in the transaction that makes them true, and gives the ids of their events. */
export function recordEvents(tx: Tx, { ids, bells }: Recording, facts: readonly Fact[]): string[] {
  if (facts.length === 0) return []
  const { environmentId } = tx.scope
  if (environmentId === undefined) throw new Error('an event belongs to an environment')
  const eventIds = facts.map(() => ids.next())
  tx.afterCommit(() => bells?.ring('webhooks'))
  tx.defer(
    insertEvents(
      environmentId,
      eventIds,
      facts.map((fact) => fact.type),
      facts.map((fact) => fact.resourceId),
      facts.map((fact) => JSON.stringify(fact.resource)),
      facts.map((fact) => fact.at ?? tx.now),
    ),
  )
  return eventIds
}

/** Facts of one resource that all became true at once, with the resource as it is after them. */
export type FactsAcross = {
  readonly environmentId: string
  readonly types: readonly EventType[]
  readonly resourceId: string
  readonly resource: unknown
  readonly at: Temporal.Instant | string
}

const insertEventsAcross = command(
  'events.insert_across',
  `insert into events (environment_id, id, type, resource_id, body, occurred_at, transaction)
   select b.environment_id, u.id, u.type, b.resource_id, b.body, b.occurred_at, ${here}
   from unnest($1::uuid[], $2::text[], $3::integer[]) as u (id, type, place)
   join unnest($4::uuid[], $5::uuid[], $6::json[], $7::timestamptz[]) with ordinality
     as b (environment_id, resource_id, body, occurred_at, place) using (place)`,
)

/**
 * Records facts over many environments, for the billing run. A resource travels once, however many facts there are
 * of it: two thirds of a batch's bytes are resources.
 */
export function recordEventsAcross(
  tx: Tx,
  { ids }: { readonly ids: Ids },
  facts: readonly FactsAcross[],
): void {
  if (facts.length === 0) return
  const places = facts.flatMap(({ types }, index) => types.map((type) => ({ type, place: index + 1 })))
  tx.defer(
    insertEventsAcross(
      places.map(() => ids.next()),
      places.map(({ type }) => type),
      places.map(({ place }) => place),
      facts.map((fact) => fact.environmentId),
      facts.map((fact) => fact.resourceId),
      jsonArray(facts.map((fact) => JSON.stringify(fact.resource))),
      facts.map((fact) => fact.at),
    ),
  )
}
