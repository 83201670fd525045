-- What a plan charges for usage. What changes of it is a version, so that a subscription keeps what it was made with:
-- each change of a plan's charges has a number, its revision, and a subscription the one at which it took its plan.
alter table plans add column charges_revision integer not null default 0;
alter table subscriptions add column charges_revision integer not null default 0;

create function keep_charges_revision() returns trigger
  language plpgsql as $$
begin
  new.charges_revision := (
    select p.charges_revision from plans p where p.environment_id = new.environment_id and p.id = new.plan_id
  );
  return new;
end $$;
create trigger subscriptions_charges_of_new before insert on subscriptions for each row
  execute function keep_charges_revision();
create trigger subscriptions_charges_of_changed before update of plan_id, price_id on subscriptions for each row
  when ((old.plan_id, old.price_id) is distinct from (new.plan_id, new.price_id))
  execute function keep_charges_revision();

create table charges (
  environment_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  billable_metric_id uuid not null,
  charge_model text not null check (charge_model in ('STANDARD', 'GRADUATED', 'VOLUME', 'PACKAGE', 'PERCENTAGE')),
  prorated boolean not null,
  archived_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, plan_id) references plans,
  foreign key (environment_id, billable_metric_id) references billable_metrics
);
create index charges_plan on charges (environment_id, plan_id, created_at, id);
create index charges_metric on charges (environment_id, billable_metric_id);
create index charges_created on charges (environment_id, created_at, id);

create table charge_versions (
  environment_id uuid not null,
  charge_id uuid not null,
  -- of its plan
  revision integer not null,
  display_name text,
  -- [{"currency", "properties", "minimum"}]: properties are decimals in major units, a minimum is minor units
  prices jsonb not null,
  -- [{"key", "values"}]: only usage with one of these values for each key
  filters jsonb not null,
  -- whether subscriptions from before have it from their next period on
  moves_existing boolean not null,
  -- the charge ends with this version
  removed boolean not null,
  created_at timestamptz not null,
  primary key (environment_id, charge_id, revision),
  foreign key (environment_id, charge_id) references charges
);

do $$
declare
  name text;
begin
  foreach name in array array['charges', 'charge_versions']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select on %I to nova_worker', name);
    execute format('grant select, insert on %I to nova_api', name);
  end loop;
end $$;
grant update (archived_at) on charges to nova_api;
grant delete on charges, charge_versions to nova_api;
