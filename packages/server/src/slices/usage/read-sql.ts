import { aggregations } from '@novabilling/core/usage'
import {
  bigint,
  boolean,
  instant,
  integer,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

/**
 * What the events of many windows add up to, by buckets: those inside a window (and, for a recurring metric, before it)
 * are taken whole; only of those that an edge cuts through are the events looked at, in the clip that is asked for.
 * A bucket is a local day at most, of which the longest has 26 hours; 2 days below an edge hold every one that it cuts.
 */
export const totalsOfWindows = statement(
  'usage.totals_of_windows',
  `select a.place::integer as place, m.aggregation_type, coalesce(t.events, 0)::bigint as events, t.total::text as total,
     t.highest::text as highest, t.latest::text as latest, coalesce(w.words, 0)::bigint as words,
     case when m.aggregation_type = 'UNIQUE_COUNT' then w.unit_ms else t.unit_ms end::text as unit_ms,
     coalesce(t.is_kept, true) as is_kept
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::text[]) with ordinality
     as a (environment_id, subscription_id, metric_id, from_at, to_at, filters, place)
   join billable_metrics m on m.environment_id = a.environment_id and m.id = a.metric_id
   cross join lateral (
     select case when m.recurring then '-infinity'::timestamptz else a.from_at end as since
   ) s
   left join lateral (
     select sum(p.events) as events, sum(p.total) as total, max(p.highest) as highest,
       (array_agg(p.latest order by p.latest_at desc nulls last, p.latest_transaction collate "C" desc))[1] as latest,
       sum(p.unit_ms) as unit_ms, bool_and(p.is_kept) as is_kept
     from (
       select case when b.bucket_from >= a.from_at then b.events else 0 end as events, b.total, b.highest, b.latest,
         b.latest_at, b.latest_transaction,
         case when b.bucket_from >= a.from_at
           then b.total * extract(epoch from a.to_at - b.bucket_from) * 1000 - b.moment
           else b.total * extract(epoch from a.to_at - a.from_at) * 1000 end as unit_ms,
         true as is_kept
       from usage_buckets b
       where b.environment_id = a.environment_id and b.subscription_id = a.subscription_id and b.metric_id = a.metric_id
         and b.bucket_from >= s.since and b.bucket_from < a.to_at and b.bucket_to <= a.to_at
         and (b.bucket_from >= a.from_at or b.bucket_to <= a.from_at)
         and (a.filters = '{}' or matches_filters(b.filter_values, a.filters))
       union all
       select e.events, e.total, e.highest, e.latest, e.latest_at, e.latest_transaction, e.unit_ms, e.kept = b.events
       from usage_buckets b
       cross join lateral (
         select count(*) as kept, count(*) filter (where c.is_in and r.occurred_at >= a.from_at) as events,
           sum(r.quantity) filter (where c.is_in) as total, max(r.quantity) filter (where c.is_in) as highest,
           (array_agg(r.quantity order by r.occurred_at desc, r.transaction_id collate "C" desc)
             filter (where c.is_in))[1] as latest,
           max(r.occurred_at) filter (where c.is_in) as latest_at,
           (array_agg(r.transaction_id order by r.occurred_at desc, r.transaction_id collate "C" desc)
             filter (where c.is_in))[1] as latest_transaction,
           sum(r.quantity * extract(epoch from a.to_at - greatest(r.occurred_at, a.from_at)) * 1000)
             filter (where c.is_in) as unit_ms
         from usage_events r
         cross join lateral (select r.occurred_at >= s.since and r.occurred_at < a.to_at as is_in) c
         where r.environment_id = b.environment_id and r.subscription_id = b.subscription_id
           and r.occurred_at >= b.bucket_from and r.occurred_at < b.bucket_to
           and r.metric_id = b.metric_id and r.bucket_from = b.bucket_from and r.bucket_to = b.bucket_to
           and r.filter_values = b.filter_values
       ) e
       where b.environment_id = a.environment_id and b.subscription_id = a.subscription_id and b.metric_id = a.metric_id
         and b.bucket_from > a.from_at - interval '2 days' and b.bucket_from < a.to_at and b.bucket_to > a.from_at
         and (b.bucket_from < a.from_at or b.bucket_to > a.to_at)
         and (a.filters = '{}' or matches_filters(b.filter_values, a.filters))
     ) p
   ) t on true
   left join lateral (
     select count(*) as words, sum(extract(epoch from a.to_at - greatest(f.first_at, a.from_at)) * 1000) as unit_ms
     from (
       select p.word, min(p.first_at) as first_at
       from (
         select n.word, n.first_at
         from usage_words n
         where n.environment_id = a.environment_id and n.subscription_id = a.subscription_id and n.metric_id = a.metric_id
           and n.bucket_from >= s.since and n.bucket_from < a.to_at and n.bucket_to <= a.to_at
           and (a.filters = '{}' or matches_filters(n.filter_values, a.filters))
         union all
         select r.word, r.occurred_at
         from usage_buckets b
         join usage_events r on r.environment_id = b.environment_id and r.subscription_id = b.subscription_id
           and r.occurred_at >= greatest(b.bucket_from, s.since) and r.occurred_at < least(b.bucket_to, a.to_at)
           and r.metric_id = b.metric_id and r.bucket_from = b.bucket_from and r.bucket_to = b.bucket_to
           and r.filter_values = b.filter_values
         where b.environment_id = a.environment_id and b.subscription_id = a.subscription_id and b.metric_id = a.metric_id
           and b.bucket_from > a.from_at - interval '2 days' and b.bucket_from < a.to_at and b.bucket_to > a.from_at
           and (b.bucket_from < s.since or b.bucket_to > a.to_at)
           and (a.filters = '{}' or matches_filters(b.filter_values, a.filters))
       ) p
       group by p.word
     ) f
   ) w on m.aggregation_type = 'UNIQUE_COUNT'
   order by a.place`,
  {
    place: integer,
    aggregation_type: oneOf(...aggregations),
    events: bigint,
    total: nullable(text),
    highest: nullable(text),
    latest: nullable(text),
    words: bigint,
    unit_ms: nullable(text),
    is_kept: boolean,
  },
)

/** What each event of a window brought, and when, in the order of time. */
export const eventsOfWindow = statement(
  'usage.events_of_window',
  `select e.occurred_at, coalesce(e.quantity, 1)::text as quantity from usage_events e
   where e.environment_id = $1::uuid and e.subscription_id = $2::uuid and e.metric_id = $3::uuid
     and e.occurred_at >= $4::timestamptz and e.occurred_at < $5::timestamptz
     and ($6 = '{}' or matches_filters(e.filter_values, $6))
   order by e.occurred_at, e.transaction_id collate "C"`,
  { occurred_at: instant, quantity: text },
)

export const groupsOfWindow = statement(
  'usage.groups_of_window',
  `select distinct m.id as metric_id, b.filter_values
   from billable_metrics m
   join usage_buckets b on b.environment_id = m.environment_id and b.subscription_id = $2::uuid and b.metric_id = m.id
   where m.environment_id = $1::uuid and b.bucket_from < $4::timestamptz
     and (m.recurring or (b.bucket_from > $3::timestamptz - interval '2 days' and b.bucket_to > $3::timestamptz))
   order by m.id, b.filter_values`,
  { metric_id: uuid, filter_values: text },
)
