-- Payments that the payer's bank asks back, as the provider tells of them.
create table payment_disputes (
  environment_id uuid not null,
  id uuid not null,
  payment_id uuid not null,
  -- what the provider calls it
  handle text not null,
  status text not null check (status in ('OPEN', 'WON', 'LOST')),
  reason text,
  amount_minor bigint not null check (amount_minor > 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, payment_id) references payments
);
create unique index payment_disputes_handle_key on payment_disputes (environment_id, payment_id, handle);
-- a dispute names the payment by what the provider calls it
create index payments_transaction on payments (environment_id, provider_transaction_id)
  where provider_transaction_id is not null;

alter table payment_disputes enable row level security;
alter table payment_disputes force row level security;
create policy environment on payment_disputes
  using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on payment_disputes to nova_worker using (true) with check (true);
grant select, insert, update on payment_disputes to nova_api, nova_worker;
