-- Things that are sold once beside a plan.
create table add_ons (
  environment_id uuid not null references environments,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  -- [{currency, minor}], one a currency
  prices jsonb not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id)
);
create unique index add_ons_code_key on add_ons (environment_id, code);
create index add_ons_created on add_ons (environment_id, created_at, id);

-- An add-on that a customer is charged for, at the price of the moment; on its next invoice of a subscription, or of this
-- one.
create table applied_add_ons (
  environment_id uuid not null,
  id uuid not null,
  add_on_id uuid not null,
  customer_id uuid not null,
  subscription_id uuid,
  description text not null,
  quantity integer not null check (quantity > 0),
  unit_minor bigint not null check (unit_minor >= 0),
  currency char(3) not null,
  -- by itself, at once
  invoice_now boolean not null,
  invoice_id uuid,
  removed_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, add_on_id) references add_ons,
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, subscription_id) references subscriptions,
  foreign key (environment_id, invoice_id) references invoices,
  check (invoice_id is null or removed_at is null)
);
create index applied_add_ons_open on applied_add_ons (environment_id, customer_id, created_at, id)
  where invoice_id is null and removed_at is null;
create index applied_add_ons_add_on on applied_add_ons (environment_id, add_on_id);
create index applied_add_ons_invoice on applied_add_ons (environment_id, invoice_id) where invoice_id is not null;
create index applied_add_ons_created on applied_add_ons (environment_id, created_at, id);

do $$
declare
  name text;
begin
  foreach name in array array['add_ons', 'applied_add_ons']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to nova_api, nova_worker', name);
  end loop;
end $$;
grant delete on add_ons to nova_api;
