import { type Invariant, invariant } from './invariant.ts'

/**
 * The oldest generation of which events are still kept. What has older ones cannot be recomputed, and is not looked at.
 */
const oldestKept = `(select coalesce(min(generation), 0) from usage_events where environment_id is not null)`

/** What has to hold of usage and what it adds up to. */
export const usageInvariants: readonly Invariant[] = [
  invariant(
    'usage_adds_up',
    'what every bucket of usage holds is what its events add up to',
    `select coalesce(b.environment_id, e.environment_id) as environment_id,
       'usage of metric ' || coalesce(b.metric_id, e.metric_id) || ' of subscription '
         || coalesce(b.subscription_id, e.subscription_id) || ' from ' || coalesce(b.bucket_from, e.bucket_from) as place,
       'is ' || coalesce(b.total, 0) || ' of ' || coalesce(b.events, 0) || ' events, while '
         || coalesce(e.events, 0) || ' events are over ' || coalesce(e.total, 0) as fault
     from (select * from usage_buckets where first_generation >= ${oldestKept}) b
     full join (
       select e.environment_id, e.subscription_id, e.metric_id, e.bucket_from, e.bucket_to, e.filter_values,
         count(*) as events, coalesce(sum(e.quantity), 0) as total, max(e.quantity) as highest,
         coalesce(sum(e.quantity * (extract(epoch from e.occurred_at) - extract(epoch from e.bucket_from)) * 1000), 0)
           as moment,
         bool_or(e.occurred_at < e.bucket_from or e.occurred_at >= e.bucket_to) as strays,
         case when m.aggregation_type = 'LATEST' then
           (array_agg(e.quantity order by e.occurred_at desc, e.transaction_id collate "C" desc))[1] end as latest
       from usage_events e
       join billable_metrics m on m.environment_id = e.environment_id and m.id = e.metric_id
       group by e.environment_id, e.subscription_id, e.metric_id, e.bucket_from, e.bucket_to, e.filter_values,
         m.aggregation_type
     ) e using (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values)
     where (b.events, b.total, b.moment, b.highest, b.latest, e.strays)
         is distinct from (e.events, e.total, e.moment, e.highest, e.latest, false)
       and not (b.events is null and exists (
         select from usage_buckets o
         where o.environment_id = e.environment_id and o.subscription_id = e.subscription_id and o.metric_id = e.metric_id
           and o.bucket_from = e.bucket_from and o.bucket_to = e.bucket_to and o.filter_values = e.filter_values
       ))`,
  ),
  invariant(
    'usage_words_are_distinct',
    'the values that a UNIQUE_COUNT holds are those of its events, from the first of each on',
    `select environment_id, 'usage of metric ' || metric_id || ' of subscription ' || subscription_id as place,
       'has the value ' || word || ' from ' || coalesce(w.first_at::text, 'never') || ' on, its events from '
         || coalesce(e.first_at::text, 'never') as fault
     from (
       select w.environment_id, w.subscription_id, w.metric_id, w.bucket_from, w.bucket_to, w.filter_values, w.word, w.first_at
       from usage_words w
       join usage_buckets b using (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values)
       where b.first_generation >= ${oldestKept}
     ) w
     full join (
       select e.environment_id, e.subscription_id, e.metric_id, e.bucket_from, e.bucket_to, e.filter_values, e.word,
         min(e.occurred_at) as first_at
       from usage_events e
       join usage_buckets b using (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values)
       where e.word is not null and b.first_generation >= ${oldestKept}
       group by e.environment_id, e.subscription_id, e.metric_id, e.bucket_from, e.bucket_to, e.filter_values, e.word
     ) e using (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, word)
     where w.first_at is distinct from e.first_at`,
  ),
  invariant(
    'usage_counts_once',
    'no transaction id counts twice within 35 days',
    `select environment_id, 'usage event ' || transaction_id as place,
       'counts ' || count(*) || ' times' as fault
     from (
       select environment_id, id, transaction_id,
         received_at - lag(received_at) over (partition by environment_id, id order by received_at) as since
       from usage_events
     ) e
     where since < interval '35 days'
     group by environment_id, id, transaction_id`,
  ),
]
