-- What a subscription is worth from an instant on: what its period costs while it runs, and nothing while it does not.
-- Kept by a trigger, so that no way to change a subscription can leave it out.
create table subscription_worths (
  environment_id uuid not null,
  subscription_id uuid not null,
  at timestamptz not null,
  currency char(3) not null,
  period_minor bigint not null check (period_minor >= 0),
  billing_interval text not null,
  interval_count integer not null check (interval_count > 0),
  runs boolean not null,
  primary key (environment_id, subscription_id, at),
  foreign key (environment_id, subscription_id) references subscriptions
);

do $$
begin
  execute 'alter table subscription_worths enable row level security';
  execute 'alter table subscription_worths force row level security';
  execute 'create policy environment on subscription_worths using (environment_id = scope_environment()) with check (environment_id = scope_environment())';
  execute 'create policy worker on subscription_worths to nova_worker using (true) with check (true)';
  execute 'grant select, insert, update on subscription_worths to nova_api, nova_worker';
end $$;

-- A start in the past counts from its day, an end from the instant of the end, anything else from when it takes effect;
-- never before what is known already. Of several changes at one instant the last counts.
create function keep_worth() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
  effective timestamptz := case
    when tg_op = 'INSERT' then least(new.started_at, new.updated_at)
    when new.status = 'CANCELED' then least(new.canceled_at, new.updated_at)
    else new.updated_at end;
  latest timestamptz := (select max(w.at) from public.subscription_worths w
    where w.environment_id = new.environment_id and w.subscription_id = new.id);
begin
  insert into public.subscription_worths as w (environment_id, subscription_id, at, currency, period_minor, billing_interval,
    interval_count, runs)
  select new.environment_id, new.id, greatest(effective, latest), new.currency, p.amount_minor * new.quantity,
    l.billing_interval, l.interval_count, new.status in ('ACTIVE', 'PAST_DUE')
  from public.prices p
  join public.plans l on l.environment_id = p.environment_id and l.id = p.plan_id
  where p.environment_id = new.environment_id and p.id = new.price_id
  on conflict (environment_id, subscription_id, at) do update
  set period_minor = excluded.period_minor, billing_interval = excluded.billing_interval,
    interval_count = excluded.interval_count, runs = excluded.runs;
  return null;
end $$;

create trigger subscription_starts_running
after insert on subscriptions
for each row when (new.status in ('ACTIVE', 'PAST_DUE'))
execute function keep_worth();

create trigger subscription_changes_worth
after update of status, price_id, quantity on subscriptions
for each row when (
  (old.status in ('ACTIVE', 'PAST_DUE')) <> (new.status in ('ACTIVE', 'PAST_DUE'))
  or (new.status in ('ACTIVE', 'PAST_DUE') and (old.price_id, old.quantity) is distinct from (new.price_id, new.quantity))
)
execute function keep_worth();

-- Of those that there are it is known when they began to run, and when they ended, at what they pay now.
insert into subscription_worths
select s.environment_id, s.id, r.at, s.currency, p.amount_minor * s.quantity, l.billing_interval, l.interval_count, r.runs
from subscriptions s
join prices p on p.environment_id = s.environment_id and p.id = s.price_id
join plans l on l.environment_id = p.environment_id and l.id = p.plan_id
cross join lateral (
  select coalesce(s.trial_end, s.started_at) as at, true as runs
  where s.status <> 'TRIALING'
    and (s.status <> 'CANCELED' or s.canceled_at > coalesce(s.trial_end, s.started_at))
  union all
  select case when s.status = 'CANCELED' then s.canceled_at else coalesce(s.paused_at, s.updated_at) end, false
  where s.status = 'PAUSED' or (s.status = 'CANCELED' and s.canceled_at > coalesce(s.trial_end, s.started_at))
) r
on conflict do nothing;
