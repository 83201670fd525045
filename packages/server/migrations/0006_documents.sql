-- Invoices that are written by hand: they begin as drafts, which change and vanish until they are issued.
alter table invoices drop constraint invoices_kind_check;
alter table invoices add constraint invoices_kind_check check (kind in ('CYCLE', 'MANUAL'));

-- When it is to be announced as overdue: the first instant after its due date in the customer's zone; null when that
-- has been done.
alter table invoices add column overdue_at timestamptz;
alter table invoices add column on_test_clock boolean not null default false;

-- The owner of the tables may be held to row-level security too, and would see no row.
alter table invoices no force row level security;
alter table environments no force row level security;
update invoices i
set on_test_clock = e.clock_now is not null,
  overdue_at = case when i.status in ('PENDING', 'FAILED')
    then (i.due_date + 1)::timestamp at time zone (i.bill_to->>'timezone') end
from environments e
where e.id = i.environment_id;
alter table invoices force row level security;
alter table environments force row level security;

create index invoices_overdue on invoices (overdue_at)
  where overdue_at is not null and status in ('PENDING', 'FAILED') and not on_test_clock;
create index invoices_overdue_on_test_clock on invoices (environment_id, overdue_at)
  where overdue_at is not null and status in ('PENDING', 'FAILED') and on_test_clock;

create function refuse_invoice_removal() returns trigger
  language plpgsql as $$
begin
  if tg_table_name = 'invoices' then
    if old.status <> 'DRAFT' then
      raise exception 'an issued invoice is never removed' using errcode = 'integrity_constraint_violation';
    end if;
  elsif not exists (
    select from invoices i
    where i.environment_id = old.environment_id and i.id = old.invoice_id and i.status = 'DRAFT'
  ) then
    raise exception 'a line of an issued invoice is never removed' using errcode = 'integrity_constraint_violation';
  end if;
  return old;
end $$;
create trigger invoices_kept before delete on invoices for each row execute function refuse_invoice_removal();
create trigger invoice_lines_kept before delete on invoice_lines for each row execute function refuse_invoice_removal();
grant delete on invoices, invoice_lines to nova_api;
