create table customers (
  environment_id uuid not null references environments,
  id uuid not null,
  -- null once the profile has been erased
  email text check (email = lower(email)),
  name text,
  external_id text,
  country char(2),
  currency char(3) not null,
  timezone text not null,
  address jsonb,
  tax_id text,
  locale text,
  net_payment_terms integer,
  metadata jsonb not null,
  status text not null check (status in ('ACTIVE', 'ARCHIVED')),
  -- kept by the operations that change them, so that a page of customers reads one row each
  total_spent_minor bigint not null default 0,
  active_subscriptions integer not null default 0 check (active_subscriptions >= 0),
  balance_minor bigint not null default 0 check (balance_minor >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id)
);
create unique index customers_email_key on customers (environment_id, email);
create unique index customers_external_id_key on customers (environment_id, external_id);
create index customers_created on customers (environment_id, created_at, id);
create index customers_name on customers (environment_id, name, id);

create table plans (
  environment_id uuid not null references environments,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  billing_interval text not null check (billing_interval in ('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY')),
  interval_count integer not null check (interval_count > 0),
  billing_timing text not null check (billing_timing in ('IN_ADVANCE', 'IN_ARREARS')),
  features text[] not null,
  trial_days integer not null check (trial_days >= 0),
  net_payment_terms integer,
  is_active boolean not null,
  metadata jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id)
);
create unique index plans_code_key on plans (environment_id, code);
create index plans_created on plans (environment_id, created_at, id);

create table prices (
  environment_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor >= 0),
  created_at timestamptz not null,
  -- a price that has been used is retired, never deleted: its subscriptions keep it
  archived_at timestamptz,
  primary key (environment_id, id),
  foreign key (environment_id, plan_id) references plans
);
create unique index prices_currency_key on prices (environment_id, plan_id, currency) where archived_at is null;

create table payment_methods (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  provider text not null,
  token_sealed bytea not null,
  type text not null check (type in ('CARD', 'BANK_ACCOUNT', 'MOBILE_MONEY', 'WALLET')),
  brand text,
  last4 text,
  exp_month integer,
  exp_year integer,
  phone text,
  is_default boolean not null,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers
);
create unique index payment_methods_default_key on payment_methods (environment_id, customer_id)
  where is_default and archived_at is null;
create index payment_methods_customer on payment_methods (environment_id, customer_id);

-- The environments share sixteen lanes, and a worker bills one lane at a time: two that met in an environment would
-- wait for each other over its invoice counter.
create function lane_of(environment uuid) returns integer
  language sql immutable parallel safe
  return get_byte(uuid_send(environment), 15) & 15;

create table subscriptions (
  environment_id uuid not null,
  id uuid not null,
  external_id text,
  customer_id uuid not null,
  plan_id uuid not null,
  price_id uuid not null,
  status text not null check (status in ('TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED')),
  currency char(3) not null,
  quantity integer not null check (quantity > 0),
  -- what the periods are counted from; fixed when the subscription is made
  timezone text not null,
  billing_anchor text not null check (billing_anchor in ('ANNIVERSARY', 'CALENDAR')),
  anchored_at timestamptz not null,
  -- the n-th period from the anchor; -1 before the first
  period_index integer not null,
  current_period_start timestamptz,
  current_period_end timestamptz,
  trial_start timestamptz,
  trial_end timestamptz,
  started_at timestamptz not null,
  cancel_at timestamptz,
  canceled_at timestamptz,
  cancel_reason text,
  paused_at timestamptz,
  ends_at timestamptz,
  payment_method_id uuid,
  metadata jsonb not null,
  -- when the billing run has to look at it next; null when never
  due_at timestamptz,
  -- how often billing it failed; from the first failure on it is tried alone, not before retry_at, and at last parked
  attempt integer not null default 0,
  retry_at timestamptz,
  parked_reason text,
  on_test_clock boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, plan_id) references plans,
  foreign key (environment_id, price_id) references prices,
  foreign key (environment_id, payment_method_id) references payment_methods
);
create unique index subscriptions_external_id_key on subscriptions (environment_id, external_id)
  where external_id is not null;
create index subscriptions_customer on subscriptions (environment_id, customer_id);
create index subscriptions_plan on subscriptions (environment_id, plan_id);
create index subscriptions_created on subscriptions (environment_id, created_at, id);
-- the billing run's claims: over all environments on real time, of what failed before, and on one test clock
create index subscriptions_due on subscriptions (lane_of(environment_id), due_at, environment_id)
  where due_at is not null and not on_test_clock and attempt = 0;
create index subscriptions_retry on subscriptions (retry_at)
  where retry_at is not null and not on_test_clock and parked_reason is null;
create index subscriptions_parked on subscriptions (environment_id) where parked_reason is not null;
create index subscriptions_due_on_test_clock on subscriptions (environment_id, due_at)
  where due_at is not null and on_test_clock and parked_reason is null;

-- What a worker was billing, written before it began. A row that is still here when nobody holds its subscriptions
-- tells that a process died over them, and counts as an attempt of each.
create table billing_batches (
  environment_id uuid not null,
  id uuid not null,
  subscription_ids uuid[] not null,
  started_at timestamptz not null,
  primary key (environment_id, id)
);

create table invoice_counters (
  environment_id uuid not null references environments,
  year integer not null,
  last bigint not null,
  primary key (environment_id, year)
);

create table invoices (
  environment_id uuid not null,
  id uuid not null,
  number text,
  kind text not null check (kind in ('CYCLE')),
  customer_id uuid not null,
  subscription_id uuid,
  period_start timestamptz,
  period_end timestamptz,
  currency char(3) not null,
  status text not null check (status in ('DRAFT', 'PENDING', 'PAID', 'FAILED', 'VOID', 'UNCOLLECTIBLE')),
  subtotal_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  paid_minor bigint not null default 0,
  credited_minor bigint not null default 0,
  bill_to jsonb not null,
  issuer jsonb not null,
  issued_at timestamptz,
  due_date date,
  paid_at timestamptz,
  voided_at timestamptz,
  notes text,
  metadata jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, subscription_id) references subscriptions,
  check (total_minor = subtotal_minor - discount_minor + tax_minor),
  check (paid_minor >= 0 and credited_minor >= 0 and paid_minor + credited_minor <= total_minor),
  check (status = 'DRAFT' or (number is not null and issued_at is not null))
);
-- each period of a subscription is invoiced once
create unique index invoices_period_key on invoices (environment_id, subscription_id, period_start, kind);
create unique index invoices_number_key on invoices (environment_id, number);
create index invoices_customer on invoices (environment_id, customer_id, created_at, id);
create index invoices_created on invoices (environment_id, created_at, id);

create function refuse_invoice_change() returns trigger
  language plpgsql as $$
begin
  raise exception 'an issued invoice never changes' using errcode = 'integrity_constraint_violation';
end $$;
create trigger invoices_frozen before update on invoices for each row
  when (
    old.status <> 'DRAFT'
    and (old.number, old.customer_id, old.subscription_id, old.period_start, old.period_end, old.currency,
      old.subtotal_minor, old.discount_minor, old.tax_minor, old.total_minor, old.bill_to, old.issuer,
      old.issued_at, old.due_date)
    is distinct from (new.number, new.customer_id, new.subscription_id, new.period_start, new.period_end, new.currency,
      new.subtotal_minor, new.discount_minor, new.tax_minor, new.total_minor, new.bill_to, new.issuer,
      new.issued_at, new.due_date)
  )
  execute function refuse_invoice_change();

create table invoice_lines (
  environment_id uuid not null,
  invoice_id uuid not null,
  id uuid not null,
  position integer not null,
  type text not null check (type in ('PLAN', 'USAGE', 'COMMITMENT', 'ADD_ON', 'MANUAL', 'CORRECTION')),
  description text not null,
  quantity numeric not null,
  -- in major units, as prices of usage may have more decimals than the currency
  unit_amount numeric not null,
  amount_minor bigint not null,
  discount_minor bigint not null,
  period_start timestamptz,
  period_end timestamptz,
  primary key (environment_id, invoice_id, id),
  foreign key (environment_id, invoice_id) references invoices
);

create table payments (
  environment_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  payment_method_id uuid,
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  -- UNKNOWN: we asked and do not know what happened; shown as PROCESSING, asked about, never charged again
  status text not null check (status in ('PENDING', 'PROCESSING', 'UNKNOWN', 'SUCCEEDED', 'FAILED', 'REFUNDED')),
  provider text not null,
  -- how it was paid, for one recorded by hand
  method text,
  -- what the provider knows this attempt by
  reference text not null,
  provider_transaction_id text,
  failure_code text,
  failure_reason text,
  -- given back, and on its way back
  refunded_minor bigint not null default 0,
  refunding_minor bigint not null default 0,
  -- when the collection has to look at it next, in the environment's time; leases and calls are in real time
  due_at timestamptz,
  lease_until timestamptz,
  called_at timestamptz,
  attempt integer not null default 0,
  on_test_clock boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, invoice_id) references invoices,
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, payment_method_id) references payment_methods,
  constraint payments_refunds_check
    check (refunded_minor >= 0 and refunding_minor >= 0 and refunded_minor + refunding_minor <= amount_minor)
);
create unique index payments_reference_key on payments (environment_id, reference);
-- one attempt at a time
create unique index payments_open_key on payments (environment_id, invoice_id)
  where status in ('PENDING', 'PROCESSING', 'UNKNOWN');
create index payments_invoice on payments (environment_id, invoice_id);
create index payments_customer on payments (environment_id, customer_id, created_at, id);
create index payments_created on payments (environment_id, created_at, id);
create index payments_due on payments (due_at) where due_at is not null and not on_test_clock;
create index payments_due_on_test_clock on payments (environment_id, due_at) where due_at is not null and on_test_clock;

create table refunds (
  environment_id uuid not null,
  id uuid not null,
  payment_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  status text not null check (status in ('PENDING', 'PROCESSING', 'UNKNOWN', 'SUCCEEDED', 'FAILED')),
  reason text,
  reference text not null,
  failure_code text,
  failure_reason text,
  due_at timestamptz,
  lease_until timestamptz,
  called_at timestamptz,
  attempt integer not null default 0,
  on_test_clock boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, payment_id) references payments
);
create unique index refunds_reference_key on refunds (environment_id, reference);
create index refunds_payment on refunds (environment_id, payment_id);
create index refunds_due on refunds (due_at) where due_at is not null and not on_test_clock;
create index refunds_due_on_test_clock on refunds (environment_id, due_at) where due_at is not null and on_test_clock;

-- The sandbox provider's own book: what a real provider would know and we would have to ask for.
create table sandbox_book (
  environment_id uuid not null references environments,
  reference text not null,
  kind text not null check (kind in ('CHARGE', 'REFUND')),
  -- the token whose behaviour this charge, or the charge behind this refund, shows
  behaviour text not null,
  amount_minor bigint not null,
  currency char(3) not null,
  -- LOST: the message came and was not acted upon; asked about, the sandbox knows nothing of it
  outcome text not null check (outcome in ('SUCCEEDED', 'DECLINED', 'PENDING', 'LOST')),
  settles_at timestamptz,
  calls integer not null,
  created_at timestamptz not null,
  primary key (environment_id, reference)
);

-- Who is moving a test environment's clock, and until when nobody else may.
create table clock_runs (
  environment_id uuid primary key references environments,
  lease_until timestamptz not null,
  attempt integer not null
);

create table ledger_entries (
  environment_id uuid not null,
  transaction_id uuid not null,
  account text not null,
  currency char(3) not null,
  -- debit > 0, credit < 0
  amount_minor bigint not null check (amount_minor <> 0),
  document_kind text not null,
  document_id uuid not null,
  occurred_at timestamptz not null,
  primary key (environment_id, transaction_id, account, currency)
);
create index ledger_entries_account on ledger_entries (environment_id, account, occurred_at);
create index ledger_entries_document on ledger_entries (environment_id, document_id);

create trigger ledger_entries_append_only before update or delete on ledger_entries
  for each statement execute function refuse_change();

-- Every insert must balance on its own, so no commit can leave the books unbalanced. A check over the whole
-- statement costs one aggregate a batch where a deferred row trigger costs one query an entry.
create function check_ledger_balance() returns trigger
  language plpgsql as $$
declare
  wrong record;
begin
  select transaction_id, currency, sum(amount_minor) as off into wrong
  from inserted group by environment_id, transaction_id, currency having sum(amount_minor) <> 0 limit 1;
  if found then
    raise exception 'ledger transaction % is off by % %', wrong.transaction_id, wrong.off, wrong.currency
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create trigger ledger_entries_balance after insert on ledger_entries
  referencing new table as inserted for each statement execute function check_ledger_balance();

-- One row for each change, written in the transaction of the change. Tables that get a row with every request or
-- line do not refer to their environment: each such check would lock the one row of the environment, and many at
-- once make PostgreSQL keep lists of who holds it. Row-level security holds them to a scope that exists.
create table events (
  environment_id uuid not null,
  id uuid not null,
  type text not null,
  resource_id uuid not null,
  body json not null,
  occurred_at timestamptz not null,
  -- orders the stream by commit: a reader goes up to pg_snapshot_xmin and misses nothing
  transaction xid8 not null default pg_current_xact_id(),
  primary key (environment_id, id)
);
create trigger events_append_only before update or delete on events
  for each statement execute function refuse_change();

create table idempotency_keys (
  environment_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  status integer not null,
  body text not null,
  created_at timestamptz not null,
  primary key (environment_id, key)
);
create index idempotency_keys_created on idempotency_keys using brin (created_at);

do $$
declare
  name text;
begin
  foreach name in array array['customers', 'plans', 'prices', 'payment_methods', 'subscriptions', 'billing_batches',
    'invoice_counters', 'invoices', 'invoice_lines', 'payments', 'refunds', 'sandbox_book', 'clock_runs', 'ledger_entries', 'events', 'idempotency_keys']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert on %I to nova_api, nova_worker', name);
  end loop;
  foreach name in array array['customers', 'plans', 'prices', 'payment_methods', 'subscriptions', 'invoice_counters',
    'invoices', 'payments', 'refunds', 'sandbox_book', 'clock_runs']
  loop
    execute format('grant update on %I to nova_api, nova_worker', name);
  end loop;
end $$;
grant delete on plans, prices to nova_api;
grant update, delete on billing_batches to nova_worker;
grant delete on idempotency_keys to nova_worker;
-- an operation in stages takes its key first and gets its answer later
grant update on idempotency_keys, account_idempotency_keys to nova_api;
