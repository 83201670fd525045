import { type Invariant, invariant } from './invariant.ts'

/** What has to hold of outgoing webhooks. */
export const webhookInvariants: readonly Invariant[] = [
  invariant(
    'events_are_delivered',
    'every event that an endpoint hears and has read has exactly one delivery to it',
    `select w.environment_id, 'event ' || e.id || ' (' || e.type || ')' as place,
       'has no delivery to webhook endpoint ' || w.id as fault
     from webhook_endpoints w
     join events e on e.environment_id = w.environment_id and e.transaction > w.steady_since
       and (e.transaction, e.id) <= (w.read_transaction, w.read_event_id)
     left join webhook_deliveries d on d.environment_id = w.environment_id and d.endpoint_id = w.id and d.event_id = e.id
     where w.is_active and e.type <> 'webhook_endpoint.test'
       and w.events && array[e.type, split_part(e.type, '.', 1) || '.*', '*'] and d.id is null`,
  ),
  invariant(
    'stream_ends_in_the_present',
    'no event comes from a transaction that is still to come',
    `select e.environment_id, 'event ' || e.id as place,
       'is of transaction ' || e.transaction || ', and the server is at ' || pg_snapshot_xmax(pg_current_snapshot())
         || ': what happens next would come before it' as fault
     from events e
     where e.transaction >= pg_snapshot_xmax(pg_current_snapshot())`,
  ),
  invariant(
    'deliveries_are_of_events',
    'every webhook delivery is of an event that its endpoint hears, or was of one when it was made',
    `select d.environment_id, 'webhook delivery ' || d.id as place,
       case when e.id is null then 'is of no event' else 'is of ' || e.type || ', which is not heard' end as fault
     from webhook_deliveries d
     join webhook_endpoints w on w.environment_id = d.environment_id and w.id = d.endpoint_id
     left join events e on e.environment_id = d.environment_id and e.id = d.event_id
     where e.id is null or (d.transaction > w.steady_since and e.type <> 'webhook_endpoint.test'
       and not w.events && array[e.type, split_part(e.type, '.', 1) || '.*', '*'])`,
  ),
  invariant(
    'deliveries_are_looked_at',
    'every webhook delivery that is due is known to be due to its endpoint, or in the hands of a process',
    `select d.environment_id, 'webhook delivery ' || d.id as place,
       'is due at ' || d.due_at || ' while its endpoint is due ' || coalesce('at ' || w.due_at, 'never') as fault
     from webhook_deliveries d
     join webhook_endpoints w on w.environment_id = d.environment_id and w.id = d.endpoint_id
     where d.due_at is not null and w.is_active and w.lease_until is null
       and (w.due_at is null or w.due_at > d.due_at)`,
  ),
]
