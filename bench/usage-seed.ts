import type pg from 'pg'

/** What the usage bench works on: its subscriptions and metrics, all of one environment. */
export type Metered = {
  readonly environmentId: string
  readonly subscriptions: string[]
  readonly metrics: string[]
}

/** Subscriptions like the one that is there, and as many events over the days before `at` as are asked for. */
export async function seedUsage(
  owner: pg.Client,
  options: { subscriptions: number; events: number; at: string; generation: number },
): Promise<Metered> {
  const { subscriptions, events, at, generation } = options
  await owner.query(
    `insert into subscriptions (environment_id, id, customer_id, plan_id, price_id, status, currency, quantity, timezone, billing_anchor,
       anchored_at, period_index, current_period_start, current_period_end, started_at, metadata, due_at, on_test_clock, created_at, updated_at)
     select environment_id, gen_random_uuid(), customer_id, plan_id, price_id, status, currency, quantity, timezone, billing_anchor,
       anchored_at, period_index, current_period_start, current_period_end, started_at, metadata, due_at, on_test_clock, created_at, updated_at
     from subscriptions cross join generate_series(1, $1::integer)`,
    [subscriptions - 1],
  )
  await owner.query('select keep_usage_generation($1)', [generation])
  const chunk = 500_000
  for (let done = 0; done < events; done += chunk) {
    await owner.query(fill, [Math.min(chunk, events - done), done, at, generation])
  }
  await owner.query('vacuum analyze')
  await owner.query('checkpoint')
  const { rows } = await owner.query(
    `select environment_id, array_agg(id::text order by id) as ids, (select array_agg(id::text order by code) from billable_metrics) as metrics
     from subscriptions group by environment_id`,
  )
  const [row] = rows as { environment_id: string; ids: string[]; metrics: string[] }[]
  if (!row) throw new Error('there is no subscription')
  return { environmentId: row.environment_id, subscriptions: row.ids, metrics: row.metrics }
}

/** Events at random instants of the last 20 days, added up as they would have been. */
const fill = `
with subs as (select environment_id, id, row_number() over (order by id) - 1 as place, count(*) over () as all from subscriptions),
meters as (select id, row_number() over (order by code) - 1 as place, count(*) over () as all from billable_metrics),
drawn as materialized (
  select n, md5('seed ' || n)::uuid as id, floor(random() * s.all) as sub, floor(random() * m.all) as meter,
    date_trunc('milliseconds', $3::timestamptz - random() * interval '20 days') as occurred_at
  from generate_series($2::bigint + 1, $2::bigint + $1::bigint) n,
    (select count(*) as all from subscriptions) s, (select count(*) as all from billable_metrics) m
), added as (
  insert into usage_events (environment_id, id, generation, transaction_id, subscription_id, metric_id, occurred_at, received_at,
    properties, quantity, word, bucket_from, bucket_to, filter_values)
  select s.environment_id, d.id, $4::integer, 'seed ' || d.n, s.id, m.id, d.occurred_at, $3, '{"size":5}', 5, null,
    date_trunc('day', d.occurred_at, 'UTC'), date_trunc('day', d.occurred_at, 'UTC') + interval '1 day', '{}'
  from drawn d join subs s on s.place = d.sub join meters m on m.place = d.meter
  returning *
)
insert into usage_buckets as b (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, events, total,
  moment, highest, first_generation, changed_by)
select environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, count(*), sum(quantity),
  sum(quantity * extract(epoch from occurred_at - bucket_from) * 1000), max(quantity), $4::integer, pg_current_xact_id()
from added group by 1, 2, 3, 4, 5, 6
on conflict (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values) do update
set events = b.events + excluded.events, total = b.total + excluded.total, moment = b.moment + excluded.moment,
  highest = greatest(b.highest, excluded.highest), changed_by = excluded.changed_by`
