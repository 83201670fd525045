-- Where the mails to customers have read an environment's stream of events.
create table mail_readers (
  environment_id uuid primary key references environments on delete cascade,
  read_transaction xid8 not null,
  read_event_id uuid not null
);
-- What happened before there were mails is not told of.
insert into mail_readers (environment_id, read_transaction, read_event_id)
select id, pg_current_xact_id(), '00000000-0000-0000-0000-000000000000' from environments;

-- A mail to a customer: what it is about, and once it was written, what it says.
create table customer_mails (
  environment_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('INVOICE', 'RECEIPT', 'PAYMENT_FAILED', 'REMINDER', 'OVERDUE', 'TRIAL_ENDING',
    'CARD_EXPIRING', 'CREDIT_NOTE')),
  -- what it is told about once: an event, a due date, a card's last month, a request
  occasion text not null,
  customer_id uuid not null,
  -- an invoice, payment, subscription, payment method or credit note, by the kind
  subject_id uuid not null,
  status text not null check (status in ('PENDING', 'SENT', 'CAUGHT', 'SKIPPED', 'FAILED')),
  -- asked for by hand: told whatever became of its subject since
  is_asked boolean not null,
  -- the address it went to, or was asked to go to; it and the letter go with the customer's profile
  recipient text,
  letter jsonb,
  failure text,
  attempt integer not null default 0,
  is_test boolean not null,
  -- by the environment's time; null once it is over
  due_at timestamptz,
  -- by real time: not before this, while somebody is at it or after it failed
  again_at timestamptz,
  occurred_at timestamptz not null,
  sent_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, customer_id) references customers,
  check ((status = 'PENDING') = (due_at is not null))
);
create unique index customer_mails_occasion_key on customer_mails (environment_id, kind, occasion);
create index customer_mails_created on customer_mails (environment_id, created_at, id);
create index customer_mails_customer on customer_mails (environment_id, customer_id);
create index customer_mails_due on customer_mails (coalesce(again_at, due_at)) where due_at is not null and not is_test;
create index customer_mails_test_due on customer_mails (environment_id, due_at) where due_at is not null and is_test;
create index customer_mails_old on customer_mails using brin (created_at);

do $$
declare
  name text;
begin
  foreach name in array array['mail_readers', 'customer_mails']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on %I to nova_worker', name);
  end loop;
end $$;
grant select, insert on customer_mails to nova_api;
