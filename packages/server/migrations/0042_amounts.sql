-- Taxes that an environment charges. Of one code the row that became valid last counts, so a rate that changes is
-- another row with a day to begin. What an invoice was charged is kept with it, whatever becomes of these.
create table taxes (
  environment_id uuid not null references environments,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  -- of percent; the sum of the components where there are some
  rate numeric not null check (rate >= 0 and rate <= 100),
  components jsonb not null,
  -- charged to customers there; null: wherever they are
  country char(2),
  inclusive boolean not null,
  applied_by_default boolean not null,
  -- days of the customer, both inclusive
  valid_from date,
  valid_to date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  check (valid_to >= valid_from)
);
create unique index taxes_code_key on taxes (environment_id, code, valid_from) nulls not distinct;
create index taxes_created on taxes (environment_id, created_at, id);

-- Which taxes a customer or a plan has, by code, so that they keep them when a rate changes.
create table tax_assignments (
  environment_id uuid not null,
  id uuid not null,
  tax_code text not null,
  customer_id uuid,
  plan_id uuid,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, plan_id) references plans on delete cascade,
  check (num_nonnulls(customer_id, plan_id) = 1)
);
create unique index tax_assignments_key on tax_assignments (environment_id, tax_code, customer_id, plan_id) nulls not distinct;
create index tax_assignments_customer on tax_assignments (environment_id, customer_id) where customer_id is not null;
create index tax_assignments_plan on tax_assignments (environment_id, plan_id) where plan_id is not null;
create index tax_assignments_created on tax_assignments (environment_id, created_at, id);

alter table customers add column tax_treatment text not null default 'AUTOMATIC'
  check (tax_treatment in ('AUTOMATIC', 'EXEMPT', 'REVERSE_CHARGE'));

-- The taxes of a document, as they were when it was issued; null: none. Those of a line with what it bears of each.
alter table invoices add column taxes jsonb;
alter table invoice_lines
  add column taxes jsonb,
  -- taxes that were asked for by name; null: those of its plan, its customer or the default
  add column tax_codes jsonb;
alter table credit_notes add column taxes jsonb;

-- The plan of a draft of a period, whose taxes it will have when it is issued; null for all else.
alter table invoices add column plan_id uuid;
-- Drafts are issued by the worker too, and priced again with the taxes of that day.
grant delete on invoice_lines to nova_worker;

create trigger invoices_taxes_frozen before update of taxes on invoices for each row
  when (old.status <> 'DRAFT' and old.taxes is distinct from new.taxes)
  execute function refuse_invoice_change();
create trigger credit_notes_taxes_frozen before update of taxes on credit_notes for each row
  when (old.status <> 'DRAFT' and old.taxes is distinct from new.taxes)
  execute function refuse_credit_note_change();

do $$
declare
  name text;
begin
  foreach name in array array['taxes', 'tax_assignments']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert on %I to nova_api, nova_worker', name);
    execute format('grant update, delete on %I to nova_api', name);
  end loop;
end $$;
