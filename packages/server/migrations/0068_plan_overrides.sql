-- What one customer pays for a plan, where that is its own. A price of its own is a row of prices that only its
-- subscriptions have, so that what they pay is known by the price they have, as everywhere.
alter table prices add column customer_id uuid;
alter table prices add column commitment_minor bigint check (commitment_minor >= 0);
alter table prices add foreign key (environment_id, customer_id) references customers;
alter table prices add constraint prices_commitment_check check (commitment_minor is null or customer_id is not null);
drop index prices_currency_key;
create unique index prices_currency_key on prices (environment_id, plan_id, customer_id, currency) nulls not distinct
  where archived_at is null;

-- The price that a subscription has from the next period that begins after an instant, where that is its own affair; the
-- successor of its price is for all that have it.
alter table subscriptions add column next_price_id uuid;
alter table subscriptions add column next_price_from timestamptz;
alter table subscriptions add foreign key (environment_id, next_price_id) references prices;
alter table subscriptions add constraint subscriptions_next_price_check
  check ((next_price_id is null) = (next_price_from is null));
create index subscriptions_next_price on subscriptions (environment_id, plan_id) where next_price_id is not null;

-- Whoever gives a subscription another price says whether the charges that its plan has by now come with it.
drop trigger subscriptions_charges_of_changed on subscriptions;

create table plan_overrides (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  plan_id uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, plan_id) references plans
);
create unique index plan_overrides_customer_key on plan_overrides (environment_id, customer_id, plan_id);
create index plan_overrides_plan on plan_overrides (environment_id, plan_id, created_at, id);
create index plan_overrides_created on plan_overrides (environment_id, created_at, id);

-- Prices of a charge for one customer, as versions beside those of the charge: their revision is of the plan too.
create table charge_overrides (
  environment_id uuid not null,
  charge_id uuid not null,
  revision integer not null,
  customer_id uuid not null,
  -- as charge_versions
  prices jsonb not null,
  moves_existing boolean not null,
  -- the prices of the charge hold from this version on
  removed boolean not null,
  created_at timestamptz not null,
  primary key (environment_id, charge_id, revision),
  foreign key (environment_id, charge_id) references charges,
  foreign key (environment_id, customer_id) references customers
);
-- of a window of usage: the newest version that holds for it
create index charge_overrides_customer on charge_overrides (environment_id, customer_id, charge_id, revision);

-- the version of the customer's own price that a window was billed by
alter table usage_ratings add column own_revision integer;

do $$
declare
  name text;
begin
  foreach name in array array['plan_overrides', 'charge_overrides']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select on %I to nova_worker', name);
    execute format('grant select, insert, delete on %I to nova_api', name);
  end loop;
end $$;
grant update on plan_overrides to nova_api;
