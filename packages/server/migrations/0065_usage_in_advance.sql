-- Usage that is invoiced before its period ends: of plans with a threshold, once it is reached; of charges in advance, as
-- it comes.
alter table plans
  -- [{"currency", "minor"}]
  add column progressive_threshold jsonb not null default '[]',
  -- whether usage of its subscriptions is looked at as it comes: it has a threshold, or has had a charge in advance
  add column watches_usage boolean not null default false;
alter table charges
  add column billing_timing text not null default 'IN_ARREARS' check (billing_timing in ('IN_ARREARS', 'IN_ADVANCE'));

-- What has been invoiced of a window of usage before it ended, by charge: a fraction of a minor unit. What the window
-- comes to in the end is invoiced less this.
create table usage_advances (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamptz not null,
  charge_id uuid not null,
  billed numeric[] not null check (array_length(billed, 1) = 2),
  primary key (environment_id, subscription_id, window_from, charge_id)
);

-- Windows in which the threshold of their plan was reached: once each.
create table usage_thresholds (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamptz not null,
  reached_at timestamptz not null,
  primary key (environment_id, subscription_id, window_from)
);

-- Subscriptions whose usage has changed and is to be looked at: a row each time, so that nobody who counts usage waits
-- for who looks at it. `try_at`: where it could not be looked at, when it is tried again, in real time.
create table usage_watch (
  environment_id uuid not null,
  id uuid not null,
  subscription_id uuid not null,
  try_at timestamptz,
  primary key (environment_id, id)
);
create index usage_watch_due on usage_watch (try_at nulls first);

do $$
declare
  name text;
begin
  foreach name in array array['usage_advances', 'usage_thresholds', 'usage_watch']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to nova_api, nova_worker', name);
  end loop;
end $$;
grant delete on usage_watch to nova_worker;
