-- Prepaid credits of customers. What is in a wallet is the sum of what is left of its grants.
create table wallets (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  currency char(3) not null,
  name text,
  -- of the currency for one credit
  credit_rate numeric not null check (credit_rate > 0),
  -- the lower is spent first
  priority integer not null,
  status text not null check (status in ('ACTIVE', 'TERMINATED')),
  balance_minor bigint not null default 0 check (balance_minor >= 0),
  expires_at timestamptz,
  -- below so much, so many credits are bought
  top_up_threshold numeric,
  top_up_threshold_minor bigint,
  top_up_credits numeric check (top_up_credits > 0),
  top_up_due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers,
  check (num_nulls(top_up_threshold, top_up_threshold_minor, top_up_credits) in (0, 3))
);
create index wallets_customer on wallets (environment_id, customer_id, created_at, id);
create index wallets_created on wallets (environment_id, created_at, id);
create index wallets_top_up_due on wallets (top_up_due_at) where top_up_due_at is not null;

-- Credits that came into a wallet at once. Paid ones await the payment of their invoice.
create table wallet_grants (
  environment_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  kind text not null check (kind in ('PAID', 'GRANTED')),
  status text not null check (status in ('PENDING', 'ACTIVE', 'CANCELED')),
  amount_minor bigint not null check (amount_minor > 0),
  left_minor bigint not null,
  invoice_id uuid,
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, wallet_id) references wallets,
  foreign key (environment_id, invoice_id) references invoices,
  check (left_minor >= 0 and left_minor <= amount_minor),
  check (status = 'ACTIVE' or left_minor = 0),
  check ((kind = 'PAID') = (invoice_id is not null))
);
create index wallet_grants_wallet on wallet_grants (environment_id, wallet_id);
create index wallet_grants_invoice on wallet_grants (environment_id, invoice_id) where invoice_id is not null;
create index wallet_grants_expiry on wallet_grants (expires_at) where left_minor > 0;
-- a test clock asks for the next of its environment
create index wallet_grants_expiry_in on wallet_grants (environment_id, expires_at) where left_minor > 0;

-- Each movement of a grant: what came in above zero, what went out below.
create table wallet_transactions (
  environment_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  grant_id uuid not null,
  type text not null check (type in ('TOP_UP', 'SPENT', 'RETURNED', 'VOIDED', 'EXPIRED')),
  amount_minor bigint not null check (amount_minor <> 0),
  invoice_id uuid,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, wallet_id) references wallets,
  foreign key (environment_id, grant_id) references wallet_grants,
  foreign key (environment_id, invoice_id) references invoices
);
create index wallet_transactions_wallet on wallet_transactions (environment_id, wallet_id, created_at, id);
create index wallet_transactions_invoice on wallet_transactions (environment_id, invoice_id) where invoice_id is not null;
create trigger wallet_transactions_append_only before update or delete on wallet_transactions
  for each statement execute function refuse_change();

-- The wallet that an invoice tops up.
alter table invoices add column wallet_id uuid;
alter table invoices add foreign key (environment_id, wallet_id) references wallets;

do $$
declare
  name text;
begin
  foreach name in array array['wallets', 'wallet_grants']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to nova_api, nova_worker', name);
  end loop;
end $$;

alter table wallet_transactions enable row level security;
alter table wallet_transactions force row level security;
create policy environment on wallet_transactions using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on wallet_transactions to nova_worker using (true) with check (true);
grant select, insert on wallet_transactions to nova_api, nova_worker;
