-- What a provider has told by itself of a charge or a refund, where it cannot be asked for it: M-Pesa's receipts, and how
-- its reversals ended. By our reference; what it says last stands.
create table provider_reports (
  environment_id uuid not null,
  provider_id uuid not null,
  reference text not null,
  report jsonb not null,
  received_at timestamptz not null,
  primary key (environment_id, provider_id, reference)
);
alter table provider_reports enable row level security;
alter table provider_reports force row level security;
create policy environment on provider_reports using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on provider_reports to nova_worker using (true) with check (true);
grant select, insert, update on provider_reports to nova_worker;
