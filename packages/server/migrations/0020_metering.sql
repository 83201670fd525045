create table billable_metrics (
  environment_id uuid not null references environments,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  aggregation_type text not null
    check (aggregation_type in ('COUNT', 'SUM', 'MAX', 'UNIQUE_COUNT', 'LATEST', 'WEIGHTED_SUM')),
  field_name text,
  -- the level is carried from period to period
  recurring boolean not null,
  -- [{"key", "values"}], in the order that filter_values of its usage has
  filters jsonb not null,
  -- a metric that has been used is retired, never deleted: what it counted stays
  archived_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  check ((aggregation_type = 'COUNT') = (field_name is null))
);
create unique index billable_metrics_code_key on billable_metrics (environment_id, code) where archived_at is null;
create index billable_metrics_created on billable_metrics (environment_id, created_at, id);

-- Usage as it came. A generation is 35 days of arrival in real time: a transaction id is unique in its own and looked
-- for in the one before, so every id counts once within 35 days, with two small keys instead of one that grows for ever;
-- and what is old goes with its table.
create table usage_events (
  environment_id uuid not null,
  -- made from the transaction id: the key that finds an event is the one that counts it once
  id uuid not null,
  generation integer not null,
  transaction_id text not null,
  subscription_id uuid not null,
  metric_id uuid not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  properties json not null,
  -- what is counted of it: a number, or for UNIQUE_COUNT the value as text
  quantity numeric,
  word text,
  -- where it was added up
  bucket_from timestamptz not null,
  bucket_to timestamptz not null,
  filter_values text not null,
  primary key (environment_id, id, generation)
) partition by list (generation);
-- the events of a subscription; the edges of a window that cuts through a bucket
create index usage_events_subscription on usage_events (environment_id, subscription_id, occurred_at);

-- What the events of a local day, or the part of it that belongs to one period, add up to: kept in the transaction that
-- takes an event, so that a period is closed without looking at its events.
create table usage_buckets (
  environment_id uuid not null,
  subscription_id uuid not null,
  metric_id uuid not null,
  bucket_from timestamptz not null,
  bucket_to timestamptz not null,
  -- {"key": "value"} of the filters of the metric, as text
  filter_values text not null,
  events bigint not null check (events > 0),
  total numeric not null,
  -- each quantity times the milliseconds from the start of the bucket to its event
  moment numeric not null,
  highest numeric,
  latest numeric,
  latest_at timestamptz,
  latest_transaction text,
  -- the oldest generation that has events of it
  first_generation integer not null,
  -- tells what a closed period has not seen
  changed_by xid8 not null,
  primary key (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values)
) with (fillfactor = 70);

-- The distinct values of a UNIQUE_COUNT in each bucket.
create table usage_words (
  environment_id uuid not null,
  subscription_id uuid not null,
  metric_id uuid not null,
  bucket_from timestamptz not null,
  bucket_to timestamptz not null,
  filter_values text not null,
  word text not null,
  first_at timestamptz not null,
  primary key (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, word)
);

-- Windows of usage that have been billed. Whatever a transaction of `seen` or later adds to one is late.
create table usage_closings (
  environment_id uuid not null,
  subscription_id uuid not null,
  period_from timestamptz not null,
  period_to timestamptz not null,
  seen xid8 not null,
  primary key (environment_id, subscription_id, period_from, period_to)
);

do $$
declare
  name text;
begin
  foreach name in array array['billable_metrics', 'usage_events', 'usage_buckets', 'usage_words', 'usage_closings']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert on %I to nova_api, nova_worker', name);
  end loop;
end $$;
grant update on billable_metrics, usage_buckets, usage_words, usage_closings to nova_api, nova_worker;

-- Of two events the later one; of two at the same instant the one with the greater transaction id, so that the order in
-- which they come never matters.
create function is_later(at timestamptz, transaction text, than_at timestamptz, than_transaction text) returns boolean
  language sql immutable parallel safe
  return coalesce(at > than_at or (at = than_at and transaction collate "C" > than_transaction collate "C"), at is not null);

-- Whether usage that was kept apart by these values is asked for: filters are {"key": ["value", …]}.
create function matches_filters(filter_values text, filters text) returns boolean
  language sql immutable parallel safe
  return not exists (
    select from jsonb_each(filters::jsonb) f
    where not coalesce(f.value ? (filter_values::jsonb ->> f.key), false)
  );

-- The roles that answer and work own no table, so the tables of a generation are made and dropped by these two.
create function keep_usage_generation(number integer) returns void
  language plpgsql volatile security definer set search_path = pg_catalog, public as $$
declare
  name text := 'usage_events_' || number;
begin
  if to_regclass('public.' || quote_ident(name)) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(7306318482155922);
  if to_regclass('public.' || quote_ident(name)) is not null then
    return;
  end if;
  -- Made first and attached then: a partition that is made in place would stop all who read and write.
  execute format('create table public.%I (like public.usage_events including all, check (generation = %s))', name, number);
  execute format('alter table public.%I enable row level security', name);
  execute format('alter table public.%I force row level security', name);
  execute format('create policy environment on public.%I using (environment_id = public.scope_environment()) with check (environment_id = public.scope_environment())', name);
  execute format('alter table public.usage_events attach partition public.%I for values in (%s)', name, number);
end $$;

create function drop_usage_generations(before integer) returns integer
  language plpgsql volatile security definer set search_path = pg_catalog, public as $$
declare
  old text;
  dropped integer := 0;
begin
  for old in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.usage_events'::regclass
      and substring(c.relname from 'usage_events_(-?\d+)$')::integer < before
  loop
    execute format('drop table public.%I', old);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;
revoke all on function keep_usage_generation(integer), drop_usage_generations(integer) from public;
grant execute on function keep_usage_generation(integer) to nova_api, nova_worker;
grant execute on function drop_usage_generations(integer) to nova_worker;
