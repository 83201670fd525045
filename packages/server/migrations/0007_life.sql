-- What customers have to their credit, by where it came from. It is spent oldest first.
create table customer_credits (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  currency char(3) not null,
  source text not null check (source in ('CREDIT_NOTE', 'PAYMENT', 'REFUND')),
  -- the credit note; the payment that was too much; the refund that failed
  source_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  left_minor bigint not null,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers,
  check (left_minor >= 0 and left_minor <= amount_minor)
);
create index customer_credits_left on customer_credits (environment_id, customer_id, created_at, id) where left_minor > 0;
create index customer_credits_source on customer_credits (environment_id, source_id);

-- What of a credit paid for which invoice.
create table credit_applications (
  environment_id uuid not null,
  credit_id uuid not null,
  invoice_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  applied_at timestamptz not null,
  -- the invoice was voided, and the credit has it back
  returned_at timestamptz,
  primary key (environment_id, credit_id, invoice_id),
  foreign key (environment_id, credit_id) references customer_credits,
  foreign key (environment_id, invoice_id) references invoices
);
create index credit_applications_invoice on credit_applications (environment_id, invoice_id);

create table credit_note_counters (
  environment_id uuid not null references environments,
  year integer not null,
  last bigint not null,
  primary key (environment_id, year)
);

create table credit_notes (
  environment_id uuid not null,
  id uuid not null,
  number text,
  status text not null check (status in ('DRAFT', 'FINALIZED', 'VOIDED')),
  invoice_id uuid not null,
  customer_id uuid not null,
  subscription_id uuid,
  currency char(3) not null,
  reason text not null check (reason in ('DUPLICATE', 'PRODUCT_UNSATISFACTORY', 'ORDER_CHANGE', 'OTHER')),
  subtotal_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null check (total_minor > 0),
  -- where it went: to what was owed on its invoice, back to the customer, to the customer's balance
  settled_minor bigint not null check (settled_minor >= 0),
  refund_minor bigint not null check (refund_minor >= 0),
  balance_minor bigint not null check (balance_minor >= 0),
  bill_to jsonb not null,
  issuer jsonb not null,
  issued_at timestamptz,
  voided_at timestamptz,
  -- whether the cohorts of deferred revenue have been told of a void
  deferral_undone boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, invoice_id) references invoices,
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, subscription_id) references subscriptions,
  check (total_minor = subtotal_minor - discount_minor + tax_minor),
  check (total_minor = settled_minor + refund_minor + balance_minor),
  check (status = 'DRAFT' or (number is not null and issued_at is not null))
);
create unique index credit_notes_number_key on credit_notes (environment_id, number);
create index credit_notes_invoice on credit_notes (environment_id, invoice_id);
create index credit_notes_customer on credit_notes (environment_id, customer_id, created_at, id);
create index credit_notes_subscription on credit_notes (environment_id, subscription_id) where subscription_id is not null;
create index credit_notes_created on credit_notes (environment_id, created_at, id);
create index credit_notes_deferral_to_undo on credit_notes (environment_id) where status = 'VOIDED' and not deferral_undone;

create function refuse_credit_note_change() returns trigger
  language plpgsql as $$
begin
  raise exception 'a finalized credit note never changes' using errcode = 'integrity_constraint_violation';
end $$;
create trigger credit_notes_frozen before update on credit_notes for each row
  when (
    old.status <> 'DRAFT'
    and (old.number, old.invoice_id, old.customer_id, old.subscription_id, old.currency, old.reason, old.subtotal_minor,
      old.discount_minor, old.tax_minor, old.total_minor, old.settled_minor, old.refund_minor, old.balance_minor,
      old.bill_to, old.issuer, old.issued_at)
    is distinct from (new.number, new.invoice_id, new.customer_id, new.subscription_id, new.currency, new.reason,
      new.subtotal_minor, new.discount_minor, new.tax_minor, new.total_minor, new.settled_minor, new.refund_minor,
      new.balance_minor, new.bill_to, new.issuer, new.issued_at)
  )
  execute function refuse_credit_note_change();

create table credit_note_lines (
  environment_id uuid not null,
  credit_note_id uuid not null,
  id uuid not null,
  position integer not null,
  invoice_id uuid not null,
  invoice_line_id uuid not null,
  description text not null,
  -- units of a plan that are given back for the rest of their period; null where an amount was credited by hand
  units integer check (units > 0),
  amount_minor bigint not null check (amount_minor >= 0),
  discount_minor bigint not null check (discount_minor >= 0),
  -- what of the charge is given back: over these days what it earned is taken back
  period_start timestamptz,
  period_end timestamptz,
  zone text not null,
  -- as of invoice_lines: null where nothing was deferred
  deferral text check (deferral in ('NEW', 'FOLDED')),
  primary key (environment_id, credit_note_id, id),
  foreign key (environment_id, credit_note_id) references credit_notes,
  foreign key (environment_id, invoice_id, invoice_line_id) references invoice_lines
);
create index credit_note_lines_line on credit_note_lines (environment_id, invoice_id, invoice_line_id);
create index credit_note_lines_deferral_new on credit_note_lines (environment_id) where deferral = 'NEW';

-- A refund that a credit note asked for.
alter table refunds add column credit_note_id uuid;
alter table refunds add foreign key (environment_id, credit_note_id) references credit_notes;
create index refunds_credit_note on refunds (environment_id, credit_note_id) where credit_note_id is not null;

-- A period of the run is invoiced once. A change within a period (CHANGE) and the first period after a change of
-- interval or a pause (RESTART) are made under the lock of their subscription, and may share an instant with another.
alter table invoices drop constraint invoices_kind_check;
alter table invoices add constraint invoices_kind_check check (kind in ('CYCLE', 'CHANGE', 'RESTART', 'MANUAL'));
drop index invoices_period_key;
create unique index invoices_period_key on invoices (environment_id, subscription_id, period_start,
  (case when kind = 'CYCLE' then environment_id else id end));

alter table subscriptions
  add column pending_plan_id uuid,
  add column pending_price_id uuid,
  add column pending_quantity integer check (pending_quantity > 0),
  -- when a pending change takes effect
  add column pending_at timestamptz,
  add column resume_at timestamptz,
  -- the rest of the period was credited with the pause
  add column pause_credited boolean not null default false,
  add foreign key (environment_id, pending_plan_id) references plans,
  add foreign key (environment_id, pending_price_id) references prices,
  add check (
    num_nulls(pending_plan_id, pending_price_id, pending_quantity, pending_at) in (0, 4)
  );
create index subscriptions_pending_plan on subscriptions (environment_id, pending_plan_id) where pending_plan_id is not null;

-- Money that was too much for its invoice was booked to the customer before it was kept by its source.
-- The owner of the tables may be held to row-level security too, and would see no row.
alter table ledger_entries no force row level security;
alter table payments no force row level security;
insert into customer_credits (environment_id, id, customer_id, currency, source, source_id, amount_minor, left_minor, created_at)
select p.environment_id, p.id, p.customer_id, p.currency, 'PAYMENT', p.id, sum(-e.amount_minor), sum(-e.amount_minor),
  min(e.occurred_at)
from ledger_entries e
join payments p on p.environment_id = e.environment_id and p.id = e.document_id
where e.account = 'customer_credit' and e.document_kind = 'PAYMENT'
group by p.environment_id, p.id, p.customer_id, p.currency
having sum(-e.amount_minor) > 0;
alter table ledger_entries force row level security;
alter table payments force row level security;

do $$
declare
  name text;
begin
  foreach name in array array['customer_credits', 'credit_applications', 'credit_note_counters', 'credit_notes',
    'credit_note_lines']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert on %I to nova_api, nova_worker', name);
  end loop;
  foreach name in array array['customer_credits', 'credit_applications', 'credit_note_counters', 'credit_notes']
  loop
    execute format('grant update on %I to nova_api, nova_worker', name);
  end loop;
end $$;
grant update (deferral) on credit_note_lines to nova_worker;
