-- What has been billed of a window of usage, by charge: what comes late is the difference to it, and it is billed once.
-- Charges are never removed once a subscription has them, so there is no reference for each of many lines to keep.
create table usage_ratings (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamptz not null,
  charge_id uuid not null,
  window_to timestamptz not null,
  -- the version of the charge that its price is of
  revision integer not null,
  currency text not null,
  -- the whole nominal period
  whole_from timestamptz not null,
  whole_to timestamptz not null,
  -- fractions of a minor unit: the least that the window costs, what lines have billed of it, what was given back
  least numeric[] not null,
  billed numeric[] not null,
  credited numeric[] not null,
  primary key (environment_id, subscription_id, window_from, charge_id),
  check (array_length(least, 1) = 2 and array_length(billed, 1) = 2 and array_length(credited, 1) = 2)
);

alter table usage_ratings enable row level security;
alter table usage_ratings force row level security;
create policy environment on usage_ratings using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_ratings to nova_worker using (true) with check (true);
grant select, insert, update on usage_ratings to nova_api, nova_worker;
