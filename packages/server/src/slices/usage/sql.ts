import {
  type RowOf,
  boolean,
  command,
  instant,
  instantText,
  integer,
  json,
  nullable,
  oneOf,
  rowVersion,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { countedOnceDays } from './generations.ts'

/** What taking events asks of a subscription. */
const meteredColumns = {
  id: uuid,
  external_id: nullable(text),
  status: oneOf('TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED'),
  timezone: text,
  started_at: instantText,
  current_period_start: nullable(instantText),
  current_period_end: nullable(instantText),
  paused_at: nullable(instantText),
  canceled_at: nullable(instantText),
  /** Whether its plan has usage looked at as it comes. */
  is_watched: boolean,
  /** The transaction that wrote the row. */
  version: rowVersion,
}
export type MeteredRow = RowOf<typeof meteredColumns>

const meteredSelect = `id, external_id, status, timezone, started_at, current_period_start, current_period_end, paused_at,
  canceled_at, s.xmin as version,
  (select p.watches_usage from plans p where p.environment_id = s.environment_id and p.id = s.plan_id) as is_watched`

export const meteredByReferences = statement(
  'usage.metered_by_references',
  `select ${meteredSelect} from subscriptions s where environment_id = $1::uuid and id = any($2::uuid[])
   union all
   select ${meteredSelect} from subscriptions s where environment_id = $1::uuid and external_id = any($3::text[])`,
  meteredColumns,
)

/** Those of which the row is no longer the one that was seen: whatever changes a row, another transaction wrote it. */
export const meteredChanged = statement(
  'usage.metered_changed',
  `select ${meteredSelect} from unnest($2::uuid[], $3::xid[]) as seen (seen_id, seen_version)
   join subscriptions s on s.environment_id = $1::uuid and s.id = seen_id and s.xmin <> seen_version`,
  meteredColumns,
)

/**
 * Takes events and adds up those that are new, in one statement: what has counted before, in this generation or a
 * neighbour, is left out, also when it arrives twice at once. Keys are taken in one order, so that two who bring the
 * same wait and do not block each other. Gives the ids of those left out, which are few: all ids would have to be told
 * for every batch. It names no key, which on Citus has the environment in it too.
 */
export const storeEvents = statement(
  'usage.store_events',
  `with added as (
     insert into usage_events (environment_id, id, generation, transaction_id, subscription_id, metric_id, occurred_at,
       received_at, properties, quantity, word, bucket_from, bucket_to, filter_values)
     select $1::uuid, u.id, $2::integer, u.transaction_id, u.subscription_id, u.metric_id, u.occurred_at, $4::timestamptz,
       u.properties, u.quantity::numeric, u.word, u.bucket_from, u.bucket_to, u.filter_values
     from unnest($5::uuid[], $6::text[], $7::uuid[], $8::uuid[], $9::timestamptz[], $10::json[], $11::text[],
       $12::text[], $13::timestamptz[], $14::timestamptz[], $15::text[])
       as u (id, transaction_id, subscription_id, metric_id, occurred_at, properties, quantity, word, bucket_from,
         bucket_to, filter_values)
     where not exists (
       select from usage_events e
       where e.environment_id = $1::uuid and e.id = u.id and e.generation = any($3::integer[])
     )
     order by u.id
     on conflict do nothing
     returning id, transaction_id, subscription_id, metric_id, occurred_at, quantity, word, bucket_from, bucket_to,
       filter_values
   ), counted as (
     insert into usage_buckets as b (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values,
       events, total, moment, highest, latest, latest_at, latest_transaction, first_generation, changed_by)
     select $1::uuid, subscription_id, metric_id, bucket_from, bucket_to, filter_values, count(*),
       coalesce(sum(quantity), 0), coalesce(sum(quantity * extract(epoch from occurred_at - bucket_from) * 1000), 0),
       max(quantity),
       (array_agg(quantity order by occurred_at desc, transaction_id collate "C" desc)
         filter (where metric_id = any($16::uuid[])))[1],
       max(occurred_at) filter (where metric_id = any($16::uuid[])),
       (array_agg(transaction_id order by occurred_at desc, transaction_id collate "C" desc)
         filter (where metric_id = any($16::uuid[])))[1],
       $2::integer, pg_current_xact_id()
     from added
     group by subscription_id, metric_id, bucket_from, bucket_to, filter_values
     order by subscription_id, metric_id, bucket_from, bucket_to, filter_values
     on conflict (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values) do update
     set events = b.events + excluded.events, total = b.total + excluded.total, moment = b.moment + excluded.moment,
       highest = greatest(b.highest, excluded.highest),
       latest = case when is_later(excluded.latest_at, excluded.latest_transaction, b.latest_at, b.latest_transaction)
         then excluded.latest else b.latest end,
       latest_transaction = case when is_later(excluded.latest_at, excluded.latest_transaction, b.latest_at, b.latest_transaction)
         then excluded.latest_transaction else b.latest_transaction end,
       latest_at = greatest(b.latest_at, excluded.latest_at),
       first_generation = least(b.first_generation, excluded.first_generation), changed_by = excluded.changed_by
   ), named as (
     insert into usage_words as w (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, word, first_at)
     select $1::uuid, subscription_id, metric_id, bucket_from, bucket_to, filter_values, word, min(occurred_at)
     from added
     where word is not null
     group by subscription_id, metric_id, bucket_from, bucket_to, filter_values, word
     order by subscription_id, metric_id, bucket_from, bucket_to, filter_values, word
     on conflict (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, word) do update
     set first_at = excluded.first_at where w.first_at > excluded.first_at
   )
   select u.id from unnest($5::uuid[]) as u (id)
   where (select count(*) from added) < cardinality($5::uuid[]) and u.id not in (select id from added)`,
  { id: uuid },
)

export const eventColumns = {
  id: uuid,
  transaction_id: text,
  subscription_id: uuid,
  code: text,
  occurred_at: instant,
  received_at: instant,
  properties: json<Record<string, string | number | boolean>>(),
}
export type EventRow = RowOf<typeof eventColumns>

export const eventSelect = `id, transaction_id, subscription_id, occurred_at, received_at, properties,
  (select m.code from billable_metrics m
   where m.environment_id = usage_events.environment_id and m.id = usage_events.metric_id) as code`

/** The newest of each, as an id may be used again after the generations in which it counts once. */
export const eventsByIds = statement(
  'usage.events_by_ids',
  `select distinct on (id) ${eventSelect} from usage_events where environment_id = $1::uuid and id = any($2::uuid[])
   order by id, generation desc`,
  eventColumns,
)

/** Where what has been billed within windows ends, for those of which something has. */
export const billedWithin = statement(
  'usage.billed_within',
  `select u.place::integer as place, max(k.period_to) as billed_to
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) with ordinality
     as u (environment_id, subscription_id, from_at, to_at, place)
   join usage_closings k on k.environment_id = u.environment_id and k.subscription_id = u.subscription_id
     and k.period_from >= u.from_at and k.period_to <= u.to_at
   group by u.place`,
  { place: integer, billed_to: instant },
)

/** Remembers windows as billed. What a transaction that this one cannot see adds to them is late. */
export const insertClosings = command(
  'usage.insert_closings',
  `insert into usage_closings as c (environment_id, subscription_id, period_from, period_to, seen)
   select u.environment_id, u.subscription_id, u.period_from, u.period_to, pg_snapshot_xmin(pg_current_snapshot())
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[])
     as u (environment_id, subscription_id, period_from, period_to)
   on conflict (environment_id, subscription_id, period_from, period_to) do update set seen = excluded.seen`,
)

/**
 * What came into billed windows after they were billed; for a recurring metric also what came before them, as its level
 * is carried on. Nobody has asked earlier than when the last of them ended, and no event is older than 35 days when it
 * comes, or begins in a bucket of more than two.
 */
export const lateWindows = statement(
  'usage.late_windows',
  `select c.environment_id, c.subscription_id, m.id as metric_id, c.period_from, c.period_to
   from unnest($1::uuid[], $2::uuid[]) as u (environment_id, subscription_id)
   cross join lateral (
     select k.period_to - interval '${countedOnceDays + 2} days' as since from usage_closings k
     where k.environment_id = u.environment_id and k.subscription_id = u.subscription_id
     order by k.period_from desc limit 1
   ) l
   join usage_closings c on c.environment_id = u.environment_id and c.subscription_id = u.subscription_id
     and c.period_to > l.since
   join billable_metrics m on m.environment_id = c.environment_id
   where exists (
     select from usage_buckets b
     where b.environment_id = c.environment_id and b.subscription_id = c.subscription_id and b.metric_id = m.id
       and b.bucket_from < c.period_to and b.bucket_from > l.since - interval '2 days'
       and (m.recurring or b.bucket_to > c.period_from) and b.changed_by >= c.seen
   )
   order by c.period_from, m.id`,
  {
    environment_id: uuid,
    subscription_id: uuid,
    metric_id: uuid,
    period_from: instant,
    period_to: instant,
  },
)
