import {
  type RowOf,
  bigint,
  boolean,
  bytes,
  command,
  instant,
  instantText,
  integer,
  nullable,
  statement,
  text,
  transactionId,
  uuid,
} from '../../db/statement.ts'
import { erasedCustomer } from './log-sql.ts'

/** Up to where the stream can be read; as long as it stands still there is nothing new in it. */
export const streamHorizon = statement(
  'webhooks.stream_horizon',
  `select pg_snapshot_xmin(pg_current_snapshot()) as horizon`,
  { horizon: transactionId },
)

/**
 * The next events of some endpoints that have not read to the end, those furthest behind first, in the order of the
 * stream, and whether the endpoint hears them. The endpoints stay locked. An endpoint that somebody else is reading
 * for is left to him. $1: how many endpoints, $2: how many events of each, $3: how many events.
 */
export const unreadEvents = statement(
  'webhooks.unread_events',
  `with behind as (
     select w.environment_id, w.id
     from webhook_endpoints w
     where w.is_active and exists (
       select from events e
       where e.environment_id = w.environment_id and (e.transaction, e.id) > (w.read_transaction, w.read_event_id)
         and e.transaction < pg_snapshot_xmin(pg_current_snapshot())
     )
     order by w.read_transaction
     limit $1::integer
   ), readers as (
     select w.environment_id, w.id, w.events, w.read_transaction, w.read_event_id
     from webhook_endpoints w
     join behind using (environment_id, id)
     where w.is_active
     for update of w skip locked
   )
   select r.environment_id, r.id as endpoint_id, e.id as event_id, e.transaction,
     e.type <> 'webhook_endpoint.test'
       and r.events && array[e.type, split_part(e.type, '.', 1) || '.*', '*'] as is_heard
   from readers r
   cross join lateral (
     select e.id, e.transaction, e.type
     from events e
     where e.environment_id = r.environment_id and (e.transaction, e.id) > (r.read_transaction, r.read_event_id)
       and e.transaction < pg_snapshot_xmin(pg_current_snapshot())
     order by e.transaction, e.id
     limit $2::integer
   ) e
   order by r.environment_id, r.id, e.transaction, e.id
   limit $3::integer`,
  {
    environment_id: uuid,
    endpoint_id: uuid,
    event_id: uuid,
    transaction: transactionId,
    is_heard: boolean,
  },
)

export const insertDeliveries = command(
  'webhooks.insert_deliveries',
  `insert into webhook_deliveries (environment_id, id, endpoint_id, event_id, transaction, status, last_attempt, due_at, created_at)
   select u.environment_id, u.id, u.endpoint_id, u.event_id, u.transaction, 'PENDING', $6::integer, $7, $7
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::xid8[])
     as u (environment_id, id, endpoint_id, event_id, transaction)`,
)

/** Up to where these endpoints have read now, and whether that left them something to send. */
export const advanceEndpoints = command(
  'webhooks.advance_endpoints',
  `update webhook_endpoints w
   set read_transaction = u.transaction, read_event_id = u.event_id,
     due_at = case when u.has_work then least(w.due_at, $6::timestamptz) else w.due_at end
   from unnest($1::uuid[], $2::uuid[], $3::xid8[], $4::uuid[], $5::boolean[])
     as u (environment_id, id, transaction, event_id, has_work)
   where w.environment_id = u.environment_id and w.id = u.id`,
)

const claimedColumns = {
  environment_id: uuid,
  id: uuid,
  tenant_id: uuid,
  environment_kind: text,
  environment_name: text,
  failing_since: nullable(instant),
  attempt: integer,
}
export type ClaimedEndpoint = RowOf<typeof claimedColumns>

/**
 * Takes endpoints with something due, for one process each: the number of its attempt is the fence for what it writes.
 * $1: now, $2: the lease's end, $3: how many, $4: those that fail at present, or those that do not.
 */
export const claimEndpoints = statement(
  'webhooks.claim_endpoints',
  `with due as (
     select environment_id, id from webhook_endpoints
     where is_active and (failing_since is not null) = $4::boolean
       and ((lease_until is null and due_at <= $1::timestamptz) or lease_until <= $1::timestamptz)
     order by coalesce(lease_until, due_at)
     limit $3::integer
     for update skip locked
   )
   update webhook_endpoints w
   set attempt = w.attempt + 1, lease_until = $2, due_at = null
   from due
   join environments v on v.id = due.environment_id
   where w.environment_id = due.environment_id and w.id = due.id
   returning w.environment_id, w.id, w.tenant_id, v.kind as environment_kind, v.name as environment_name, w.failing_since,
     w.attempt`,
  claimedColumns,
)

const loadedColumns = {
  environment_id: uuid,
  endpoint_id: uuid,
  id: uuid,
  attempt: integer,
  last_attempt: integer,
  due_at: nullable(instant),
  event_id: uuid,
  type: text,
  body: text,
  erased: boolean,
  occurred_at: instantText,
  url: text,
  secret_sealed: bytes,
  previous_secret_sealed: nullable(bytes),
  previous_secret_until: nullable(instant),
}
export type LoadedDelivery = RowOf<typeof loadedColumns>

/**
 * What is due to endpoints that this process holds, each as many as it has room for, with where it goes now and how it is
 * signed. The attempt is counted before it
 * is made; if this process dies over it, it is due again at $6. One over which three processes died is given up, and
 * comes without a time. $5: now.
 */
export const loadDeliveries = statement(
  'webhooks.load_deliveries',
  `with picked as (
     select d.environment_id, d.id, w.url, w.secret_sealed, w.previous_secret_sealed, w.previous_secret_until
     from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::integer[]) as u (environment_id, id, attempt, room)
     join webhook_endpoints w on w.environment_id = u.environment_id and w.id = u.id and w.attempt = u.attempt and w.is_active
     cross join lateral (
       select d.environment_id, d.id
       from webhook_deliveries d
       where d.environment_id = w.environment_id and d.endpoint_id = w.id and d.due_at <= $5::timestamptz
       order by d.due_at, d.event_id
       limit u.room
     ) d
   )
   update webhook_deliveries d
   set attempt = d.attempt + 1,
     due_at = case when d.attempt < d.last_attempt + 3 then $6::timestamptz end,
     status = case when d.attempt < d.last_attempt + 3 then d.status else 'FAILED' end
   from picked p, events e
   where d.environment_id = p.environment_id and d.id = p.id
     and e.environment_id = p.environment_id and e.id = d.event_id
   returning d.environment_id, d.endpoint_id, d.id, d.attempt, d.last_attempt, d.due_at, d.event_id, e.type, e.body::text as body,
     ${erasedCustomer} as erased, e.occurred_at, p.url, p.secret_sealed, p.previous_secret_sealed, p.previous_secret_until`,
  loadedColumns,
)

/** The ends of attempts, each unless a later one has begun. Twenty of them are kept of each delivery. */
export const saveOutcomes = command(
  'webhooks.save_outcomes',
  `update webhook_deliveries d
   set status = u.status, due_at = u.due_at, last_attempt = d.last_attempt + u.more,
     attempts = (case when jsonb_array_length(d.attempts) >= 20 then d.attempts - 0 else d.attempts end) || u.record::jsonb
   from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::timestamptz[], $6::text[], $7::integer[])
     as u (environment_id, id, attempt, status, due_at, record, more)
   where d.environment_id = u.environment_id and d.id = u.id and d.attempt = u.attempt`,
)

/** Since when nothing gets through to an endpoint; null: something does. */
export const saveHealth = command(
  'webhooks.save_health',
  `update webhook_endpoints w
   set failing_since = u.failing_since
   from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::timestamptz[]) as u (environment_id, id, attempt, failing_since)
   where w.environment_id = u.environment_id and w.id = u.id and w.attempt = u.attempt`,
)

/**
 * Gives endpoints back, due when the next of their deliveries is. `least` keeps the earlier instant that somebody set
 * while they were held.
 */
export const releaseEndpoints = command(
  'webhooks.release_endpoints',
  `update webhook_endpoints w
   set lease_until = null, due_at = least(w.due_at, (
     select min(d.due_at) from webhook_deliveries d
     where d.environment_id = w.environment_id and d.endpoint_id = w.id and d.due_at is not null
   ))
   from unnest($1::uuid[], $2::uuid[], $3::integer[]) as u (environment_id, id, attempt)
   where w.environment_id = u.environment_id and w.id = u.id and w.attempt = u.attempt`,
)

export const renewLeases = command(
  'webhooks.renew_leases',
  `update webhook_endpoints w set lease_until = $4
   from unnest($1::uuid[], $2::uuid[], $3::integer[]) as u (environment_id, id, attempt)
   where w.environment_id = u.environment_id and w.id = u.id and w.attempt = u.attempt`,
)

/** Switches an endpoint off that was on. */
export const disableEndpoint = command(
  'webhooks.disable_endpoint',
  `update webhook_endpoints
   set is_active = false, disabled_at = $3, disabled_reason = $4, steady_since = pg_current_xact_id(), updated_at = $3
   where environment_id = $1::uuid and id = $2::uuid`,
)

/**
 * Removes a batch of deliveries that are over, or wait for an endpoint that is off, of events before an id. The endpoint remembers up to where they are
 * gone: what is promised of its deliveries is promised from there on.
 */
export const forgetDeliveries = statement(
  'webhooks.forget_deliveries',
  `with old as (
     select d.environment_id, d.id, d.endpoint_id, d.transaction
     from webhook_endpoints w
     cross join lateral (
       select d.environment_id, d.id, d.endpoint_id, d.transaction
       from webhook_deliveries d
       where d.environment_id = w.environment_id and d.endpoint_id = w.id and d.event_id < $1::uuid
         and (d.due_at is null or not w.is_active)
       limit 1000
     ) d
     limit 10000
   ), gone as (
     delete from webhook_deliveries d
     using old
     where d.environment_id = old.environment_id and d.id = old.id
     returning d.environment_id, d.endpoint_id, d.transaction
   ), ends as (
     select environment_id, endpoint_id, max(transaction) as transaction, count(*) as deliveries
     from gone
     group by environment_id, endpoint_id
   ), kept as (
     update webhook_endpoints w
     set steady_since = greatest(w.steady_since, ends.transaction)
     from ends
     where w.environment_id = ends.environment_id and w.id = ends.endpoint_id
   )
   select coalesce(sum(deliveries), 0)::bigint as gone from ends`,
  { gone: bigint },
)

/** Removes endpoints that were deleted, with what is left of their history. The default ones keep their secret. */
export const forgetEndpoints = command(
  'webhooks.forget_endpoints',
  `delete from webhook_endpoints w
   using environments v
   where v.id = w.environment_id and w.archived_at < $1::timestamptz and not w.is_default`,
)
