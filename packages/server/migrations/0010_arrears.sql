-- What a subscription has to pay for the period under way when it is over, and when; null where it pays in advance.
alter table subscriptions add column arrears jsonb;

-- When the end of a trial is to be told of; null once it has been, or where there is none.
alter table subscriptions add column trial_notice_at timestamptz;
create index subscriptions_trial_notice on subscriptions (trial_notice_at)
  where trial_notice_at is not null and not on_test_clock;
create index subscriptions_trial_notice_on_test_clock on subscriptions (environment_id, trial_notice_at)
  where trial_notice_at is not null and on_test_clock;

-- The owner of the tables may be held to row-level security too, and would see no row.
alter table subscriptions no force row level security;
update subscriptions set trial_notice_at = greatest(trial_start, trial_end - interval '3 days') where status = 'TRIALING';
alter table subscriptions force row level security;

-- The price that subscriptions with this one have from their next period on, and since when.
alter table prices
  add column successor_id uuid,
  add column succeeded_at timestamptz,
  add foreign key (environment_id, successor_id) references prices,
  add check ((successor_id is null) = (succeeded_at is null));

-- How long an invoice of a period stays a draft; null: as the tenant's settings say.
alter table plans add column invoice_grace_days integer check (invoice_grace_days between 0 and 90);

-- When a draft of a period is issued by itself; null for drafts by hand, and once it has been.
alter table invoices add column finalize_at timestamptz;
create index invoices_finalize on invoices (finalize_at)
  where finalize_at is not null and status = 'DRAFT' and not on_test_clock;
create index invoices_finalize_on_test_clock on invoices (environment_id, finalize_at)
  where finalize_at is not null and status = 'DRAFT' and on_test_clock;

-- Up to when a subscription that was taken over had been billed elsewhere.
alter table subscriptions add column billed_elsewhere_to timestamptz;
