-- Discounts that can be given. What they take off never changes.
create table coupons (
  environment_id uuid not null references environments,
  id uuid not null,
  code text not null,
  name text not null,
  discount_type text not null check (discount_type in ('PERCENTAGE', 'FIXED_AMOUNT')),
  percent numeric check (percent > 0 and percent <= 100),
  amount_minor bigint check (amount_minor > 0),
  currency char(3),
  duration text not null check (duration in ('ONCE', 'REPEATING', 'FOREVER')),
  -- how many periods it discounts; null for FOREVER
  periods integer check (periods > 0),
  max_redemptions integer check (max_redemptions > 0),
  redemptions integer not null default 0,
  -- null: every plan
  plan_ids uuid[],
  expires_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (environment_id, id),
  check (redemptions >= 0 and redemptions <= coalesce(max_redemptions, redemptions)),
  check (case discount_type when 'PERCENTAGE' then percent is not null and amount_minor is null
    else percent is null and amount_minor is not null and currency is not null end),
  check ((periods is null) = (duration = 'FOREVER'))
);
create unique index coupons_code_key on coupons (environment_id, lower(code));
create index coupons_created on coupons (environment_id, created_at, id);

-- A coupon that a customer has, for one subscription or for all.
create table applied_coupons (
  environment_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  customer_id uuid not null,
  subscription_id uuid,
  -- periods that it discounted, and has left to discount; null: for ever
  used integer not null default 0 check (used >= 0),
  uses_left integer check (uses_left >= 0),
  -- the period it discounted last: what a change within it charges is discounted too
  covers_subscription_id uuid,
  covers_until timestamptz,
  ended_at timestamptz,
  removed_at timestamptz,
  created_at timestamptz not null,
  primary key (environment_id, id),
  foreign key (environment_id, coupon_id) references coupons,
  foreign key (environment_id, customer_id) references customers,
  foreign key (environment_id, subscription_id) references subscriptions
);
create index applied_coupons_open on applied_coupons (environment_id, customer_id, created_at, id) where ended_at is null;
create unique index applied_coupons_key on applied_coupons (environment_id, coupon_id, customer_id, subscription_id)
  nulls not distinct where ended_at is null;
create index applied_coupons_coupon on applied_coupons (environment_id, coupon_id);
create index applied_coupons_created on applied_coupons (environment_id, created_at, id);

-- What a coupon took off which invoice.
create table coupon_uses (
  environment_id uuid not null,
  applied_coupon_id uuid not null,
  invoice_id uuid not null,
  -- 0 for a change within a period that it discounts already
  uses integer not null check (uses in (0, 1)),
  amount_minor bigint not null check (amount_minor > 0),
  used_at timestamptz not null,
  -- the invoice was voided, and the coupon has the use back
  returned_at timestamptz,
  primary key (environment_id, applied_coupon_id, invoice_id),
  foreign key (environment_id, applied_coupon_id) references applied_coupons,
  foreign key (environment_id, invoice_id) references invoices
);
create index coupon_uses_invoice on coupon_uses (environment_id, invoice_id);

-- The discounts of an invoice, as they came off its lines; null: none.
alter table invoices add column discounts jsonb;
create trigger invoices_discounts_frozen before update of discounts on invoices for each row
  when (old.status <> 'DRAFT' and old.discounts is distinct from new.discounts)
  execute function refuse_invoice_change();

do $$
declare
  name text;
begin
  foreach name in array array['coupons', 'applied_coupons', 'coupon_uses']
  loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy environment on %I using (environment_id = scope_environment()) with check (environment_id = scope_environment())', name);
    execute format('create policy worker on %I to nova_worker using (true) with check (true)', name);
    execute format('grant select, insert, update on %I to nova_api, nova_worker', name);
  end loop;
end $$;
grant delete on coupons to nova_api;
