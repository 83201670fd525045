-- The least that a period of a plan costs, fee and usage together: [{"currency", "minor"}].
alter table plans add column minimum_commitment jsonb not null default '[]';

-- Of a window with a commitment: what its line topped up, and where fee and usage stand above (or below) it by now, so
-- that usage that is reported late is taken by the commitment first. Fractions of a minor unit.
create table commitment_ratings (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamptz not null,
  topped numeric[] not null check (array_length(topped, 1) = 2),
  above numeric[] not null check (array_length(above, 1) = 2),
  primary key (environment_id, subscription_id, window_from)
);
alter table commitment_ratings enable row level security;
alter table commitment_ratings force row level security;
create policy environment on commitment_ratings using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on commitment_ratings to nova_worker using (true) with check (true);
grant select, insert, update on commitment_ratings to nova_api, nova_worker;
