-- How each line came about, kept as it was computed at issue: json, not jsonb, since nobody asks for a part of it.
-- Lines cannot be changed: no role may update them.
alter table invoice_lines add column derivation json;

-- Where the due date of an issued invoice comes from.
alter table invoices
  add column terms_days integer,
  add column terms_from text check (terms_from in ('CUSTOMER', 'PLAN', 'TENANT', 'DEFAULT'));

create trigger invoices_terms_frozen before update of terms_days, terms_from on invoices for each row
  when (old.status <> 'DRAFT' and (old.terms_days, old.terms_from) is distinct from (new.terms_days, new.terms_from))
  execute function refuse_invoice_change();

-- Deferred revenue. A line is NEW until it is counted among the lines of its cohort, which have the same days and
-- amount; null: nothing of it is deferred.
alter table invoice_lines add column deferral text check (deferral in ('NEW', 'FOLDED'));
create index invoice_lines_deferral_new on invoice_lines (environment_id) where deferral = 'NEW';
grant update (deferral) on invoice_lines to nova_worker;

-- Whether the cohorts have been told of a void.
alter table invoices add column deferral_undone boolean not null default false;
create index invoices_deferral_to_undo on invoices (environment_id) where status = 'VOID' and not deferral_undone;

create table revenue_cohorts (
  environment_id uuid not null,
  last_day date not null,
  first_day date not null,
  zone text not null,
  currency char(3) not null,
  -- of one line, net
  amount_minor bigint not null,
  lines bigint not null check (lines >= 0),
  primary key (environment_id, last_day, first_day, zone, currency, amount_minor)
);

-- Up to which of the tenant's days an environment's revenue is recognised, and when the next of them is over.
create table recognition_clocks (
  environment_id uuid primary key references environments,
  closed_through date not null,
  due_at timestamptz not null,
  -- earned before closed_through by what was counted after it; it goes with the next day. Minor units by currency
  carried jsonb not null default '{}',
  on_test_clock boolean not null
);
create index recognition_clocks_due on recognition_clocks (due_at) where not on_test_clock;

-- What was recognised on a day: once, by its key.
create table revenue_days (
  environment_id uuid not null,
  day date not null,
  currency char(3) not null,
  id uuid not null,
  amount_minor bigint not null,
  primary key (environment_id, day, currency)
);

update invoice_lines set deferral = 'NEW';
insert into recognition_clocks (environment_id, closed_through, due_at, on_test_clock)
select i.environment_id, (min(i.created_at) at time zone 'UTC')::date - 2, min(i.created_at), e.clock_now is not null
from invoices i
join environments e on e.id = i.environment_id
group by i.environment_id, e.clock_now is not null;

do $$
declare
  name text;
begin
  foreach name in array array['revenue_cohorts', 'recognition_clocks', 'revenue_days']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert on %I to nova_worker', name);
  end loop;
end $$;
grant update on revenue_cohorts, recognition_clocks to nova_worker;
-- an environment's clock is opened by its first invoice
grant select, insert on recognition_clocks to nova_api;
