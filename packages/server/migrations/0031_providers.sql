-- A tenant's account at a payment provider.
create table payment_providers (
  environment_id uuid not null references environments,
  id uuid not null,
  provider text not null,
  -- a JSON object of texts
  credentials_sealed bytea not null,
  is_active boolean not null,
  -- the lower one is asked first
  priority integer not null check (priority >= 0),
  -- empty: all that the provider serves
  countries text[] not null,
  currencies text[] not null,
  -- what came in at its address: the last that could be believed, and those that could not
  last_notice_at timestamptz,
  refused_notices bigint not null default 0,
  last_refused_at timestamptz,
  last_refused_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  archived_at timestamptz,
  primary key (environment_id, id)
);
-- what comes in names nothing but the account
create index payment_providers_id on payment_providers (id);

-- The account that a method was saved at, and that a payment is made through. Null: the sandbox, or by hand.
alter table payment_methods add column provider_id uuid;
alter table payment_methods add foreign key (environment_id, provider_id) references payment_providers;
alter table payments add column provider_id uuid;
alter table payments add foreign key (environment_id, provider_id) references payment_providers;
-- what the provider knows it by, where it cannot be asked by our reference
alter table payments add column provider_handle text;
alter table refunds add column provider_handle text;
create index payments_handle on payments (environment_id, provider_handle) where provider_handle is not null;
create index refunds_handle on refunds (environment_id, provider_handle) where provider_handle is not null;

-- A page of a provider's on which an invoice can be paid, or a prompt on a phone.
create table checkout_sessions (
  environment_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  provider text not null,
  provider_id uuid not null,
  -- what the provider knows it by: one for each provider that was asked for a page
  reference text not null,
  provider_handle text,
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  status text not null check (status in ('OPEN', 'COMPLETED', 'EXPIRED', 'FAILED')),
  url text,
  success_url text not null,
  cancel_url text not null,
  phone text,
  keep_method boolean not null,
  -- the providers that were asked before this one, and why they gave no page
  attempts jsonb not null,
  failure_code text,
  failure_reason text,
  payment_id uuid,
  -- all in real time: somebody sits before it
  expires_at timestamptz not null,
  due_at timestamptz,
  lease_until timestamptz,
  attempt integer not null default 0,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, invoice_id) references invoices,
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, provider_id) references payment_providers,
  foreign key (environment_id, payment_id) references payments,
  check ((status = 'COMPLETED') = (payment_id is not null))
);
create unique index checkout_sessions_reference_key on checkout_sessions (environment_id, reference);
create unique index checkout_sessions_open_key on checkout_sessions (environment_id, invoice_id) where status = 'OPEN';
create index checkout_sessions_invoice on checkout_sessions (environment_id, invoice_id);
create index checkout_sessions_handle on checkout_sessions (environment_id, provider_handle)
  where provider_handle is not null;
create index checkout_sessions_due on checkout_sessions (due_at) where due_at is not null;

-- Invoices whose charge has failed: when each is tried again, and what becomes of its subscription in the end.
create table dunnings (
  environment_id uuid not null,
  invoice_id uuid not null,
  -- the first failure
  started_at timestamptz not null,
  -- retries that have had their turn
  step integer not null default 0 check (step >= 0),
  due_at timestamptz,
  lease_until timestamptz,
  attempt integer not null default 0,
  on_test_clock boolean not null,
  ended_at timestamptz,
  outcome text check (outcome in ('SETTLED', 'CANCELED', 'PAUSED', 'LEFT')),
  primary key (environment_id, invoice_id),
  foreign key (environment_id, invoice_id) references invoices,
  check ((ended_at is null) = (outcome is null)),
  check (ended_at is null or due_at is null)
);
create index dunnings_due on dunnings (due_at) where due_at is not null and not on_test_clock;
create index dunnings_due_on_test_clock on dunnings (environment_id, due_at) where due_at is not null and on_test_clock;

do $$
declare
  name text;
begin
  foreach name in array array['payment_providers', 'checkout_sessions', 'dunnings']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to nova_api, nova_worker', name);
  end loop;
end $$;
