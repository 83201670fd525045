-- When an account is next asked for disputes that nobody told us of, null where its provider cannot be; and up to when it
-- has told, null for never. Both in real time.
alter table payment_providers
  add column disputes_due_at timestamptz,
  add column disputes_read_until timestamptz;

update payment_providers set disputes_due_at = created_at where provider in ('PAYSTACK', 'STRIPE');

create index payment_providers_disputes_due on payment_providers (disputes_due_at) where disputes_due_at is not null;
-- those that may have ended since are asked about one by one
create index payment_disputes_open on payment_disputes (environment_id, payment_id) where status = 'OPEN';
