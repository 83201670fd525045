-- Written by `npm run generate` from the migrations; not to be edited.

create table account_idempotency_keys (
  tenant_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  status integer not null,
  body bytea not null,
  created_at timestamp with time zone not null,
  constraint account_idempotency_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint account_idempotency_keys_pkey PRIMARY KEY (tenant_id, key)
);

CREATE INDEX account_idempotency_keys_created ON public.account_idempotency_keys USING btree (created_at);
alter table account_idempotency_keys force row level security;
create policy lookup on account_idempotency_keys to nova_lookup using true with check true;
create policy tenant on account_idempotency_keys using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on account_idempotency_keys to nova_worker using true with check true;
grant insert, select, update on account_idempotency_keys to nova_api;
grant delete, insert, select, update on account_idempotency_keys to nova_worker;

create table add_ons (
  environment_id uuid not null,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  prices jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint add_ons_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint add_ons_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX add_ons_created ON public.add_ons USING btree (environment_id, created_at, id);
CREATE UNIQUE INDEX add_ons_code_key ON public.add_ons USING btree (environment_id, code);
alter table add_ons force row level security;
create policy environment on add_ons using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on add_ons to nova_worker using true with check true;
grant delete, insert, select, update on add_ons to nova_api;
grant insert, select, update on add_ons to nova_worker;

create table api_key_routes (
  tenant_id uuid not null,
  api_key_id uuid not null,
  day date not null,
  operation text not null,
  status smallint not null,
  requests bigint not null,
  constraint api_key_routes_tenant_id_api_key_id_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys(tenant_id, id),
  constraint api_key_routes_pkey PRIMARY KEY (tenant_id, api_key_id, day, operation, status)
);

alter table api_key_routes force row level security;
create policy lookup on api_key_routes to nova_lookup using true with check true;
create policy tenant on api_key_routes using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on api_key_routes to nova_worker using true with check true;
grant select on api_key_routes to nova_api;
grant insert, select, update on api_key_routes to nova_lookup;
grant delete, select on api_key_routes to nova_worker;

create table api_key_usage (
  tenant_id uuid not null,
  api_key_id uuid not null,
  day date not null,
  requests bigint not null,
  constraint api_key_usage_tenant_id_api_key_id_fkey FOREIGN KEY (tenant_id, api_key_id) REFERENCES api_keys(tenant_id, id),
  constraint api_key_usage_pkey PRIMARY KEY (tenant_id, api_key_id, day)
);

alter table api_key_usage force row level security;
create policy lookup on api_key_usage to nova_lookup using true with check true;
create policy tenant on api_key_usage using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on api_key_usage to nova_worker using true with check true;
grant select on api_key_usage to nova_api;
grant insert, select, update on api_key_usage to nova_lookup;
grant delete, insert, select, update on api_key_usage to nova_worker;

create table api_keys (
  tenant_id uuid not null,
  id uuid not null,
  environment_id uuid not null,
  name text not null,
  prefix text not null,
  last4 text not null,
  hash bytea not null,
  scopes text[] not null,
  allowed_ips text[] not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  created_by uuid,
  created_at timestamp with time zone not null,
  constraint api_keys_scopes_check CHECK ((cardinality(scopes) > 0)),
  constraint api_keys_tenant_id_environment_id_fkey FOREIGN KEY (tenant_id, environment_id) REFERENCES environments(tenant_id, id),
  constraint api_keys_pkey PRIMARY KEY (tenant_id, id)
);

CREATE INDEX api_keys_expiring ON public.api_keys USING btree (expires_at) WHERE ((expires_at IS NOT NULL) AND (revoked_at IS NULL));
CREATE UNIQUE INDEX api_keys_hash_key ON public.api_keys USING btree (hash);
alter table api_keys force row level security;
create policy lookup on api_keys to nova_lookup using true with check true;
create policy tenant on api_keys using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on api_keys to nova_worker using true with check true;
grant delete, insert, select, update on api_keys to nova_api;
grant select, update on api_keys to nova_lookup;
grant delete, insert, select, update on api_keys to nova_worker;

create table applied_add_ons (
  environment_id uuid not null,
  id uuid not null,
  add_on_id uuid not null,
  customer_id uuid not null,
  subscription_id uuid,
  description text not null,
  quantity integer not null,
  unit_minor bigint not null,
  currency character(3) not null,
  invoice_now boolean not null,
  invoice_id uuid,
  removed_at timestamp with time zone,
  created_at timestamp with time zone not null,
  recurring boolean not null default false,
  recurring_id uuid,
  constraint applied_add_ons_check CHECK (((invoice_id IS NULL) OR (removed_at IS NULL))),
  constraint applied_add_ons_check1 CHECK (((NOT recurring) OR ((invoice_id IS NULL) AND (NOT invoice_now) AND (subscription_id IS NOT NULL)))),
  constraint applied_add_ons_quantity_check CHECK ((quantity > 0)),
  constraint applied_add_ons_unit_minor_check CHECK ((unit_minor >= 0)),
  constraint applied_add_ons_environment_id_add_on_id_fkey FOREIGN KEY (environment_id, add_on_id) REFERENCES add_ons(environment_id, id),
  constraint applied_add_ons_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint applied_add_ons_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint applied_add_ons_environment_id_recurring_id_fkey FOREIGN KEY (environment_id, recurring_id) REFERENCES applied_add_ons(environment_id, id),
  constraint applied_add_ons_environment_id_subscription_id_fkey FOREIGN KEY (environment_id, subscription_id) REFERENCES subscriptions(environment_id, id),
  constraint applied_add_ons_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX applied_add_ons_add_on ON public.applied_add_ons USING btree (environment_id, add_on_id);
CREATE INDEX applied_add_ons_created ON public.applied_add_ons USING btree (environment_id, created_at, id);
CREATE INDEX applied_add_ons_invoice ON public.applied_add_ons USING btree (environment_id, invoice_id) WHERE (invoice_id IS NOT NULL);
CREATE INDEX applied_add_ons_open ON public.applied_add_ons USING btree (environment_id, customer_id, created_at, id) WHERE ((invoice_id IS NULL) AND (removed_at IS NULL));
alter table applied_add_ons force row level security;
create policy environment on applied_add_ons using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on applied_add_ons to nova_worker using true with check true;
grant insert, select, update on applied_add_ons to nova_api;
grant insert, select, update on applied_add_ons to nova_worker;

create table applied_coupons (
  environment_id uuid not null,
  id uuid not null,
  coupon_id uuid not null,
  customer_id uuid not null,
  subscription_id uuid,
  used integer not null default 0,
  uses_left integer,
  covers_subscription_id uuid,
  covers_until timestamp with time zone,
  ended_at timestamp with time zone,
  removed_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint applied_coupons_used_check CHECK ((used >= 0)),
  constraint applied_coupons_uses_left_check CHECK ((uses_left >= 0)),
  constraint applied_coupons_environment_id_coupon_id_fkey FOREIGN KEY (environment_id, coupon_id) REFERENCES coupons(environment_id, id),
  constraint applied_coupons_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint applied_coupons_environment_id_subscription_id_fkey FOREIGN KEY (environment_id, subscription_id) REFERENCES subscriptions(environment_id, id),
  constraint applied_coupons_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX applied_coupons_coupon ON public.applied_coupons USING btree (environment_id, coupon_id);
CREATE INDEX applied_coupons_created ON public.applied_coupons USING btree (environment_id, created_at, id);
CREATE INDEX applied_coupons_open ON public.applied_coupons USING btree (environment_id, customer_id, created_at, id) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX applied_coupons_key ON public.applied_coupons USING btree (environment_id, coupon_id, customer_id, subscription_id) NULLS NOT DISTINCT WHERE (ended_at IS NULL);
alter table applied_coupons force row level security;
create policy environment on applied_coupons using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on applied_coupons to nova_worker using true with check true;
grant insert, select, update on applied_coupons to nova_api;
grant insert, select, update on applied_coupons to nova_worker;

create table audit_heads (
  tenant_id uuid not null,
  seq bigint not null,
  hash bytea not null,
  constraint audit_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint audit_heads_pkey PRIMARY KEY (tenant_id)
);

alter table audit_heads force row level security;
create policy lookup on audit_heads to nova_lookup using true with check true;
create policy tenant on audit_heads using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on audit_heads to nova_worker using true with check true;
grant insert, select, update on audit_heads to nova_lookup;
grant insert, select on audit_heads to nova_worker;

create table audit_log (
  tenant_id uuid not null,
  seq bigint not null,
  id uuid not null,
  at timestamp with time zone not null,
  action text not null,
  entry json not null,
  hash bytea not null,
  constraint audit_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint audit_log_pkey PRIMARY KEY (tenant_id, seq)
);

CREATE INDEX audit_log_at ON public.audit_log USING btree (tenant_id, at);
CREATE TRIGGER audit_log_append_only BEFORE DELETE OR UPDATE ON public.audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
alter table audit_log force row level security;
create policy lookup on audit_log to nova_lookup using true with check true;
create policy tenant on audit_log using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on audit_log to nova_worker using true with check true;
grant select on audit_log to nova_api;
grant insert on audit_log to nova_lookup;
grant insert, select on audit_log to nova_worker;

create table billable_metrics (
  environment_id uuid not null,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  aggregation_type text not null,
  field_name text,
  recurring boolean not null,
  filters jsonb not null,
  archived_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint billable_metrics_aggregation_type_check CHECK ((aggregation_type = ANY (ARRAY['COUNT'::text, 'SUM'::text, 'MAX'::text, 'UNIQUE_COUNT'::text, 'LATEST'::text, 'WEIGHTED_SUM'::text]))),
  constraint billable_metrics_check CHECK (((aggregation_type = 'COUNT'::text) = (field_name IS NULL))),
  constraint billable_metrics_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint billable_metrics_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX billable_metrics_created ON public.billable_metrics USING btree (environment_id, created_at, id);
CREATE UNIQUE INDEX billable_metrics_code_key ON public.billable_metrics USING btree (environment_id, code) WHERE (archived_at IS NULL);
alter table billable_metrics force row level security;
create policy environment on billable_metrics using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on billable_metrics to nova_worker using true with check true;
grant insert, select, update on billable_metrics to nova_api;
grant insert, select, update on billable_metrics to nova_worker;

create table billing_batches (
  environment_id uuid not null,
  id uuid not null,
  subscription_ids uuid[] not null,
  started_at timestamp with time zone not null,
  constraint billing_batches_pkey PRIMARY KEY (environment_id, id)
);

alter table billing_batches force row level security;
create policy environment on billing_batches using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on billing_batches to nova_worker using true with check true;
grant insert, select on billing_batches to nova_api;
grant delete, insert, select, update on billing_batches to nova_worker;

create table charge_overrides (
  environment_id uuid not null,
  charge_id uuid not null,
  revision integer not null,
  customer_id uuid not null,
  prices jsonb not null,
  moves_existing boolean not null,
  removed boolean not null,
  created_at timestamp with time zone not null,
  constraint charge_overrides_environment_id_charge_id_fkey FOREIGN KEY (environment_id, charge_id) REFERENCES charges(environment_id, id),
  constraint charge_overrides_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint charge_overrides_pkey PRIMARY KEY (environment_id, charge_id, revision)
);

CREATE INDEX charge_overrides_customer ON public.charge_overrides USING btree (environment_id, customer_id, charge_id, revision);
alter table charge_overrides force row level security;
create policy environment on charge_overrides using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on charge_overrides to nova_worker using true with check true;
grant delete, insert, select on charge_overrides to nova_api;
grant select on charge_overrides to nova_worker;

create table charge_versions (
  environment_id uuid not null,
  charge_id uuid not null,
  revision integer not null,
  display_name text,
  prices jsonb not null,
  filters jsonb not null,
  moves_existing boolean not null,
  removed boolean not null,
  created_at timestamp with time zone not null,
  constraint charge_versions_environment_id_charge_id_fkey FOREIGN KEY (environment_id, charge_id) REFERENCES charges(environment_id, id),
  constraint charge_versions_pkey PRIMARY KEY (environment_id, charge_id, revision)
);

alter table charge_versions force row level security;
create policy environment on charge_versions using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on charge_versions to nova_worker using true with check true;
grant delete, insert, select on charge_versions to nova_api;
grant select on charge_versions to nova_worker;

create table charges (
  environment_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  billable_metric_id uuid not null,
  charge_model text not null,
  prorated boolean not null,
  archived_at timestamp with time zone,
  created_at timestamp with time zone not null,
  billing_timing text not null default 'IN_ARREARS'::text,
  constraint charges_billing_timing_check CHECK ((billing_timing = ANY (ARRAY['IN_ARREARS'::text, 'IN_ADVANCE'::text]))),
  constraint charges_charge_model_check CHECK ((charge_model = ANY (ARRAY['STANDARD'::text, 'GRADUATED'::text, 'VOLUME'::text, 'PACKAGE'::text, 'PERCENTAGE'::text]))),
  constraint charges_environment_id_billable_metric_id_fkey FOREIGN KEY (environment_id, billable_metric_id) REFERENCES billable_metrics(environment_id, id),
  constraint charges_environment_id_plan_id_fkey FOREIGN KEY (environment_id, plan_id) REFERENCES plans(environment_id, id),
  constraint charges_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX charges_created ON public.charges USING btree (environment_id, created_at, id);
CREATE INDEX charges_metric ON public.charges USING btree (environment_id, billable_metric_id);
CREATE INDEX charges_plan ON public.charges USING btree (environment_id, plan_id, created_at, id);
alter table charges force row level security;
create policy environment on charges using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on charges to nova_worker using true with check true;
grant delete, insert, select on charges to nova_api;
grant select on charges to nova_worker;

create table checkout_sessions (
  environment_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  provider text not null,
  provider_id uuid,
  reference text not null,
  provider_handle text,
  amount_minor bigint not null,
  currency character(3) not null,
  status text not null,
  url text,
  success_url text not null,
  cancel_url text not null,
  phone text,
  keep_method boolean not null,
  attempts jsonb not null,
  failure_code text,
  failure_reason text,
  payment_id uuid,
  expires_at timestamp with time zone not null,
  due_at timestamp with time zone,
  lease_until timestamp with time zone,
  attempt integer not null default 0,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint checkout_sessions_amount_minor_check CHECK ((amount_minor > 0)),
  constraint checkout_sessions_check CHECK (((status = 'COMPLETED'::text) = (payment_id IS NOT NULL))),
  constraint checkout_sessions_check1 CHECK (((provider = 'SANDBOX'::text) = (provider_id IS NULL))),
  constraint checkout_sessions_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'COMPLETED'::text, 'EXPIRED'::text, 'FAILED'::text]))),
  constraint checkout_sessions_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint checkout_sessions_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint checkout_sessions_environment_id_payment_id_fkey FOREIGN KEY (environment_id, payment_id) REFERENCES payments(environment_id, id),
  constraint checkout_sessions_environment_id_provider_id_fkey FOREIGN KEY (environment_id, provider_id) REFERENCES payment_providers(environment_id, id),
  constraint checkout_sessions_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX checkout_sessions_due ON public.checkout_sessions USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX checkout_sessions_handle ON public.checkout_sessions USING btree (environment_id, provider_handle) WHERE (provider_handle IS NOT NULL);
CREATE INDEX checkout_sessions_invoice ON public.checkout_sessions USING btree (environment_id, invoice_id);
CREATE UNIQUE INDEX checkout_sessions_open_key ON public.checkout_sessions USING btree (environment_id, invoice_id) WHERE (status = 'OPEN'::text);
CREATE UNIQUE INDEX checkout_sessions_reference_key ON public.checkout_sessions USING btree (environment_id, reference);
alter table checkout_sessions force row level security;
create policy environment on checkout_sessions using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on checkout_sessions to nova_worker using true with check true;
grant insert, select, update on checkout_sessions to nova_api;
grant insert, select, update on checkout_sessions to nova_worker;

create table clock_runs (
  environment_id uuid not null,
  lease_until timestamp with time zone not null,
  attempt integer not null,
  constraint clock_runs_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint clock_runs_pkey PRIMARY KEY (environment_id)
);

alter table clock_runs force row level security;
create policy environment on clock_runs using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on clock_runs to nova_worker using true with check true;
grant insert, select, update on clock_runs to nova_api;
grant insert, select, update on clock_runs to nova_worker;

create table commitment_ratings (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamp with time zone not null,
  topped numeric[] not null,
  above numeric[] not null,
  constraint commitment_ratings_above_check CHECK ((array_length(above, 1) = 2)),
  constraint commitment_ratings_topped_check CHECK ((array_length(topped, 1) = 2)),
  constraint commitment_ratings_pkey PRIMARY KEY (environment_id, subscription_id, window_from)
);

alter table commitment_ratings force row level security;
create policy environment on commitment_ratings using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on commitment_ratings to nova_worker using true with check true;
grant insert, select, update on commitment_ratings to nova_api;
grant insert, select, update on commitment_ratings to nova_worker;

create table coupon_uses (
  environment_id uuid not null,
  applied_coupon_id uuid not null,
  invoice_id uuid not null,
  uses integer not null,
  amount_minor bigint not null,
  used_at timestamp with time zone not null,
  returned_at timestamp with time zone,
  constraint coupon_uses_amount_minor_check CHECK ((amount_minor > 0)),
  constraint coupon_uses_uses_check CHECK ((uses = ANY (ARRAY[0, 1]))),
  constraint coupon_uses_environment_id_applied_coupon_id_fkey FOREIGN KEY (environment_id, applied_coupon_id) REFERENCES applied_coupons(environment_id, id),
  constraint coupon_uses_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint coupon_uses_pkey PRIMARY KEY (environment_id, applied_coupon_id, invoice_id)
);

CREATE INDEX coupon_uses_invoice ON public.coupon_uses USING btree (environment_id, invoice_id);
alter table coupon_uses force row level security;
create policy environment on coupon_uses using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on coupon_uses to nova_worker using true with check true;
grant insert, select, update on coupon_uses to nova_api;
grant insert, select, update on coupon_uses to nova_worker;

create table coupons (
  environment_id uuid not null,
  id uuid not null,
  code text not null,
  name text not null,
  discount_type text not null,
  percent numeric,
  amount_minor bigint,
  currency character(3),
  duration text not null,
  periods integer,
  max_redemptions integer,
  redemptions integer not null default 0,
  plan_ids uuid[],
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint coupons_amount_minor_check CHECK ((amount_minor > 0)),
  constraint coupons_check CHECK (((redemptions >= 0) AND (redemptions <= COALESCE(max_redemptions, redemptions)))),
  constraint coupons_check1 CHECK (
CASE discount_type
    WHEN 'PERCENTAGE'::text THEN ((percent IS NOT NULL) AND (amount_minor IS NULL))
    ELSE ((percent IS NULL) AND (amount_minor IS NOT NULL) AND (currency IS NOT NULL))
END),
  constraint coupons_check2 CHECK (((periods IS NULL) = (duration = 'FOREVER'::text))),
  constraint coupons_discount_type_check CHECK ((discount_type = ANY (ARRAY['PERCENTAGE'::text, 'FIXED_AMOUNT'::text]))),
  constraint coupons_duration_check CHECK ((duration = ANY (ARRAY['ONCE'::text, 'REPEATING'::text, 'FOREVER'::text]))),
  constraint coupons_max_redemptions_check CHECK ((max_redemptions > 0)),
  constraint coupons_percent_check CHECK (((percent > (0)::numeric) AND (percent <= (100)::numeric))),
  constraint coupons_periods_check CHECK ((periods > 0)),
  constraint coupons_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint coupons_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX coupons_created ON public.coupons USING btree (environment_id, created_at, id);
CREATE UNIQUE INDEX coupons_code_key ON public.coupons USING btree (environment_id, lower(code));
alter table coupons force row level security;
create policy environment on coupons using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on coupons to nova_worker using true with check true;
grant delete, insert, select, update on coupons to nova_api;
grant insert, select, update on coupons to nova_worker;

create table credit_applications (
  environment_id uuid not null,
  credit_id uuid not null,
  invoice_id uuid not null,
  amount_minor bigint not null,
  applied_at timestamp with time zone not null,
  returned_at timestamp with time zone,
  constraint credit_applications_amount_minor_check CHECK ((amount_minor > 0)),
  constraint credit_applications_environment_id_credit_id_fkey FOREIGN KEY (environment_id, credit_id) REFERENCES customer_credits(environment_id, id),
  constraint credit_applications_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint credit_applications_pkey PRIMARY KEY (environment_id, credit_id, invoice_id)
);

CREATE INDEX credit_applications_invoice ON public.credit_applications USING btree (environment_id, invoice_id);
alter table credit_applications force row level security;
create policy environment on credit_applications using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on credit_applications to nova_worker using true with check true;
grant insert, select, update on credit_applications to nova_api;
grant insert, select, update on credit_applications to nova_worker;

create table credit_note_counters (
  environment_id uuid not null,
  year integer not null,
  last bigint not null,
  constraint credit_note_counters_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint credit_note_counters_pkey PRIMARY KEY (environment_id, year)
);

alter table credit_note_counters force row level security;
create policy environment on credit_note_counters using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on credit_note_counters to nova_worker using true with check true;
grant insert, select, update on credit_note_counters to nova_api;
grant insert, select, update on credit_note_counters to nova_worker;

create table credit_note_derivations (
  environment_id uuid not null,
  credit_note_id uuid not null,
  derivation json not null,
  constraint credit_note_derivations_environment_id_credit_note_id_fkey FOREIGN KEY (environment_id, credit_note_id) REFERENCES credit_notes(environment_id, id),
  constraint credit_note_derivations_pkey PRIMARY KEY (environment_id, credit_note_id)
);

alter table credit_note_derivations force row level security;
create policy environment on credit_note_derivations using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on credit_note_derivations to nova_worker using true with check true;
grant insert, select on credit_note_derivations to nova_api;
grant insert, select on credit_note_derivations to nova_worker;

create table credit_note_lines (
  environment_id uuid not null,
  credit_note_id uuid not null,
  id uuid not null,
  position integer not null,
  invoice_id uuid not null,
  invoice_line_id uuid not null,
  description text not null,
  units integer,
  amount_minor bigint not null,
  discount_minor bigint not null,
  period_start timestamp with time zone,
  period_end timestamp with time zone,
  zone text not null,
  deferral text,
  constraint credit_note_lines_amount_minor_check CHECK ((amount_minor >= 0)),
  constraint credit_note_lines_deferral_check CHECK ((deferral = ANY (ARRAY['NEW'::text, 'FOLDED'::text]))),
  constraint credit_note_lines_discount_minor_check CHECK ((discount_minor >= 0)),
  constraint credit_note_lines_units_check CHECK ((units > 0)),
  constraint credit_note_lines_environment_id_credit_note_id_fkey FOREIGN KEY (environment_id, credit_note_id) REFERENCES credit_notes(environment_id, id),
  constraint credit_note_lines_environment_id_invoice_id_invoice_line_i_fkey FOREIGN KEY (environment_id, invoice_id, invoice_line_id) REFERENCES invoice_lines(environment_id, invoice_id, id),
  constraint credit_note_lines_pkey PRIMARY KEY (environment_id, credit_note_id, id)
);

CREATE INDEX credit_note_lines_deferral_new ON public.credit_note_lines USING btree (environment_id) WHERE (deferral = 'NEW'::text);
CREATE INDEX credit_note_lines_line ON public.credit_note_lines USING btree (environment_id, invoice_id, invoice_line_id);
alter table credit_note_lines force row level security;
create policy environment on credit_note_lines using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on credit_note_lines to nova_worker using true with check true;
grant insert, select on credit_note_lines to nova_api;
grant insert, select on credit_note_lines to nova_worker;

create table credit_notes (
  environment_id uuid not null,
  id uuid not null,
  number text,
  status text not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  subscription_id uuid,
  currency character(3) not null,
  reason text not null,
  subtotal_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  settled_minor bigint not null,
  refund_minor bigint not null,
  balance_minor bigint not null,
  bill_to jsonb not null,
  issuer jsonb not null,
  issued_at timestamp with time zone,
  voided_at timestamp with time zone,
  deferral_undone boolean not null default false,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  taxes jsonb,
  constraint credit_notes_balance_minor_check CHECK ((balance_minor >= 0)),
  constraint credit_notes_check CHECK ((total_minor = ((subtotal_minor - discount_minor) + tax_minor))),
  constraint credit_notes_check1 CHECK ((total_minor = ((settled_minor + refund_minor) + balance_minor))),
  constraint credit_notes_check2 CHECK (((status = 'DRAFT'::text) OR ((number IS NOT NULL) AND (issued_at IS NOT NULL)))),
  constraint credit_notes_reason_check CHECK ((reason = ANY (ARRAY['DUPLICATE'::text, 'PRODUCT_UNSATISFACTORY'::text, 'ORDER_CHANGE'::text, 'OTHER'::text]))),
  constraint credit_notes_refund_minor_check CHECK ((refund_minor >= 0)),
  constraint credit_notes_settled_minor_check CHECK ((settled_minor >= 0)),
  constraint credit_notes_status_check CHECK ((status = ANY (ARRAY['DRAFT'::text, 'FINALIZED'::text, 'VOIDED'::text]))),
  constraint credit_notes_total_minor_check CHECK ((total_minor > 0)),
  constraint credit_notes_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint credit_notes_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint credit_notes_environment_id_subscription_id_fkey FOREIGN KEY (environment_id, subscription_id) REFERENCES subscriptions(environment_id, id),
  constraint credit_notes_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX credit_notes_created ON public.credit_notes USING btree (environment_id, created_at, id);
CREATE INDEX credit_notes_customer ON public.credit_notes USING btree (environment_id, customer_id, created_at, id);
CREATE INDEX credit_notes_deferral_to_undo ON public.credit_notes USING btree (environment_id) WHERE ((status = 'VOIDED'::text) AND (NOT deferral_undone));
CREATE INDEX credit_notes_invoice ON public.credit_notes USING btree (environment_id, invoice_id);
CREATE INDEX credit_notes_subscription ON public.credit_notes USING btree (environment_id, subscription_id) WHERE (subscription_id IS NOT NULL);
CREATE UNIQUE INDEX credit_notes_number_key ON public.credit_notes USING btree (environment_id, number);
CREATE TRIGGER credit_notes_frozen BEFORE UPDATE ON public.credit_notes FOR EACH ROW WHEN (((old.status <> 'DRAFT'::text) AND ((((((((((((((((old.number IS DISTINCT FROM new.number) OR (old.invoice_id IS DISTINCT FROM new.invoice_id)) OR (old.customer_id IS DISTINCT FROM new.customer_id)) OR (old.subscription_id IS DISTINCT FROM new.subscription_id)) OR (old.currency IS DISTINCT FROM new.currency)) OR (old.reason IS DISTINCT FROM new.reason)) OR (old.subtotal_minor IS DISTINCT FROM new.subtotal_minor)) OR (old.discount_minor IS DISTINCT FROM new.discount_minor)) OR (old.tax_minor IS DISTINCT FROM new.tax_minor)) OR (old.total_minor IS DISTINCT FROM new.total_minor)) OR (old.settled_minor IS DISTINCT FROM new.settled_minor)) OR (old.refund_minor IS DISTINCT FROM new.refund_minor)) OR (old.balance_minor IS DISTINCT FROM new.balance_minor)) OR (old.bill_to IS DISTINCT FROM new.bill_to)) OR (old.issuer IS DISTINCT FROM new.issuer)) OR (old.issued_at IS DISTINCT FROM new.issued_at)))) EXECUTE FUNCTION refuse_credit_note_change();
CREATE TRIGGER credit_notes_taxes_frozen BEFORE UPDATE OF taxes ON public.credit_notes FOR EACH ROW WHEN (((old.status <> 'DRAFT'::text) AND (old.taxes IS DISTINCT FROM new.taxes))) EXECUTE FUNCTION refuse_credit_note_change();
alter table credit_notes force row level security;
create policy environment on credit_notes using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on credit_notes to nova_worker using true with check true;
grant insert, select, update on credit_notes to nova_api;
grant insert, select, update on credit_notes to nova_worker;

create table customer_credits (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  currency character(3) not null,
  source text not null,
  source_id uuid not null,
  amount_minor bigint not null,
  left_minor bigint not null,
  created_at timestamp with time zone not null,
  constraint customer_credits_amount_minor_check CHECK ((amount_minor > 0)),
  constraint customer_credits_check CHECK (((left_minor >= 0) AND (left_minor <= amount_minor))),
  constraint customer_credits_source_check CHECK ((source = ANY (ARRAY['CREDIT_NOTE'::text, 'PAYMENT'::text, 'REFUND'::text]))),
  constraint customer_credits_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint customer_credits_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX customer_credits_left ON public.customer_credits USING btree (environment_id, customer_id, created_at, id) WHERE (left_minor > 0);
CREATE INDEX customer_credits_source ON public.customer_credits USING btree (environment_id, source_id);
alter table customer_credits force row level security;
create policy environment on customer_credits using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on customer_credits to nova_worker using true with check true;
grant insert, select, update on customer_credits to nova_api;
grant insert, select, update on customer_credits to nova_worker;

create table customer_mails (
  environment_id uuid not null,
  id uuid not null,
  kind text not null,
  occasion text not null,
  customer_id uuid not null,
  subject_id uuid not null,
  status text not null,
  is_asked boolean not null,
  recipient text,
  letter jsonb,
  failure text,
  attempt integer not null default 0,
  is_test boolean not null,
  due_at timestamp with time zone,
  again_at timestamp with time zone,
  occurred_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint customer_mails_check CHECK (((status = 'PENDING'::text) = (due_at IS NOT NULL))),
  constraint customer_mails_kind_check CHECK ((kind = ANY (ARRAY['INVOICE'::text, 'RECEIPT'::text, 'PAYMENT_FAILED'::text, 'PHONE_PROMPT'::text, 'REMINDER'::text, 'OVERDUE'::text, 'TRIAL_ENDING'::text, 'CARD_EXPIRING'::text, 'CREDIT_NOTE'::text]))),
  constraint customer_mails_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'SENT'::text, 'CAUGHT'::text, 'SKIPPED'::text, 'FAILED'::text]))),
  constraint customer_mails_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint customer_mails_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX customer_mails_created ON public.customer_mails USING btree (environment_id, created_at, id);
CREATE INDEX customer_mails_customer ON public.customer_mails USING btree (environment_id, customer_id);
CREATE INDEX customer_mails_due ON public.customer_mails USING btree (COALESCE(again_at, due_at)) WHERE ((due_at IS NOT NULL) AND (NOT is_test));
CREATE INDEX customer_mails_old ON public.customer_mails USING brin (created_at);
CREATE INDEX customer_mails_test_due ON public.customer_mails USING btree (environment_id, due_at) WHERE ((due_at IS NOT NULL) AND is_test);
CREATE UNIQUE INDEX customer_mails_occasion_key ON public.customer_mails USING btree (environment_id, kind, occasion);
alter table customer_mails force row level security;
create policy environment on customer_mails using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on customer_mails to nova_worker using true with check true;
grant insert, select on customer_mails to nova_api;
grant delete, insert, select, update on customer_mails to nova_worker;

create table customers (
  environment_id uuid not null,
  id uuid not null,
  email text,
  name text,
  external_id text,
  country character(2),
  currency character(3) not null,
  timezone text not null,
  address jsonb,
  tax_id text,
  locale text,
  net_payment_terms integer,
  metadata jsonb not null,
  status text not null,
  total_spent_minor bigint not null default 0,
  active_subscriptions integer not null default 0,
  balance_minor bigint not null default 0,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  tax_treatment text not null default 'AUTOMATIC'::text,
  constraint customers_active_subscriptions_check CHECK ((active_subscriptions >= 0)),
  constraint customers_balance_minor_check CHECK ((balance_minor >= 0)),
  constraint customers_email_check CHECK ((email = lower(email))),
  constraint customers_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'ARCHIVED'::text]))),
  constraint customers_tax_treatment_check CHECK ((tax_treatment = ANY (ARRAY['AUTOMATIC'::text, 'EXEMPT'::text, 'REVERSE_CHARGE'::text]))),
  constraint customers_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint customers_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX customers_created ON public.customers USING btree (environment_id, created_at, id);
CREATE INDEX customers_name ON public.customers USING btree (environment_id, name, id);
CREATE UNIQUE INDEX customers_email_key ON public.customers USING btree (environment_id, email);
CREATE UNIQUE INDEX customers_external_id_key ON public.customers USING btree (environment_id, external_id);
alter table customers force row level security;
create policy environment on customers using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy lookup on customers to nova_lookup using true with check true;
create policy worker on customers to nova_worker using true with check true;
grant insert, select, update on customers to nova_api;
grant select on customers to nova_lookup;
grant insert, select, update on customers to nova_worker;

create table dashboard_sessions (
  tenant_id uuid not null,
  id uuid not null,
  token_hash bytea not null,
  last_seen_at timestamp with time zone not null,
  constraint dashboard_sessions_tenant_id_id_fkey FOREIGN KEY (tenant_id, id) REFERENCES sessions(tenant_id, id) ON DELETE CASCADE,
  constraint dashboard_sessions_pkey PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX dashboard_sessions_token_hash_key ON public.dashboard_sessions USING btree (token_hash);
alter table dashboard_sessions force row level security;
create policy lookup on dashboard_sessions to nova_lookup using true with check true;
create policy tenant on dashboard_sessions using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on dashboard_sessions to nova_worker using true with check true;
grant insert on dashboard_sessions to nova_api;
grant select, update on dashboard_sessions to nova_lookup;
grant delete, select on dashboard_sessions to nova_worker;

create table dunnings (
  environment_id uuid not null,
  invoice_id uuid not null,
  started_at timestamp with time zone not null,
  step integer not null default 0,
  due_at timestamp with time zone,
  lease_until timestamp with time zone,
  attempt integer not null default 0,
  on_test_clock boolean not null,
  ended_at timestamp with time zone,
  outcome text,
  constraint dunnings_check CHECK (((ended_at IS NULL) = (outcome IS NULL))),
  constraint dunnings_check1 CHECK (((ended_at IS NULL) OR (due_at IS NULL))),
  constraint dunnings_outcome_check CHECK ((outcome = ANY (ARRAY['SETTLED'::text, 'CANCELED'::text, 'PAUSED'::text, 'LEFT'::text]))),
  constraint dunnings_step_check CHECK ((step >= 0)),
  constraint dunnings_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint dunnings_pkey PRIMARY KEY (environment_id, invoice_id)
);

CREATE INDEX dunnings_due ON public.dunnings USING btree (due_at) WHERE ((due_at IS NOT NULL) AND (NOT on_test_clock));
CREATE INDEX dunnings_due_on_test_clock ON public.dunnings USING btree (environment_id, due_at) WHERE ((due_at IS NOT NULL) AND on_test_clock);
alter table dunnings force row level security;
create policy environment on dunnings using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on dunnings to nova_worker using true with check true;
grant insert, select, update on dunnings to nova_api;
grant insert, select, update on dunnings to nova_worker;

create table environments (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  name text not null,
  clock_now timestamp with time zone,
  clock_target timestamp with time zone,
  clock_from timestamp with time zone,
  clock_status text not null default 'IDLE'::text,
  clock_error text,
  created_at timestamp with time zone not null,
  constraint environments_check CHECK (((kind = 'TEST'::text) OR (clock_now IS NULL))),
  constraint environments_clock_status_check CHECK ((clock_status = ANY (ARRAY['IDLE'::text, 'RUNNING'::text, 'FAILED'::text]))),
  constraint environments_kind_check CHECK ((kind = ANY (ARRAY['LIVE'::text, 'TEST'::text]))),
  constraint environments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint environments_pkey PRIMARY KEY (id),
  constraint environments_tenant_id_id_key UNIQUE (tenant_id, id),
  constraint environments_tenant_id_name_key UNIQUE (tenant_id, name)
);

CREATE UNIQUE INDEX environments_one_live ON public.environments USING btree (tenant_id) WHERE (kind = 'LIVE'::text);
alter table environments force row level security;
create policy lookup on environments to nova_lookup using true with check true;
create policy tenant on environments using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on environments to nova_worker using true with check true;
grant delete, insert, select, update on environments to nova_api;
grant select on environments to nova_lookup;
grant delete, insert, select, update on environments to nova_worker;

create table events (
  environment_id uuid not null,
  id uuid not null,
  type text not null,
  resource_id uuid not null,
  body json not null,
  occurred_at timestamp with time zone not null,
  transaction xid8 not null default pg_current_xact_id(),
  constraint events_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX events_stream ON public.events USING btree (environment_id, transaction, id);
CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
alter table events force row level security;
create policy environment on events using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on events to nova_worker using true with check true;
grant insert, select on events to nova_api;
grant insert, select on events to nova_worker;

create table idempotency_keys (
  environment_id uuid not null,
  key text not null,
  fingerprint bytea not null,
  status integer not null,
  body text not null,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (environment_id, key)
);

CREATE INDEX idempotency_keys_created ON public.idempotency_keys USING brin (created_at);
alter table idempotency_keys force row level security;
create policy environment on idempotency_keys using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on idempotency_keys to nova_worker using true with check true;
grant insert, select, update on idempotency_keys to nova_api;
grant delete, insert, select on idempotency_keys to nova_worker;

create table invitations (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  role text not null,
  token_hash bytea,
  invited_by uuid not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  constraint invitations_email_check CHECK ((email = lower(email))),
  constraint invitations_role_check CHECK ((role = ANY (ARRAY['ADMIN'::text, 'MEMBER'::text, 'VIEWER'::text]))),
  constraint invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint invitations_pkey PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX invitations_open ON public.invitations USING btree (tenant_id, email) WHERE (accepted_at IS NULL);
CREATE UNIQUE INDEX invitations_token_hash_key ON public.invitations USING btree (token_hash);
alter table invitations force row level security;
create policy lookup on invitations to nova_lookup using true with check true;
create policy tenant on invitations using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on invitations to nova_worker using true with check true;
grant delete, insert, select, update on invitations to nova_api;
grant select on invitations to nova_lookup;
grant delete, insert, select, update on invitations to nova_worker;

create table invoice_counters (
  environment_id uuid not null,
  year integer not null,
  last bigint not null,
  constraint invoice_counters_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint invoice_counters_pkey PRIMARY KEY (environment_id, year)
);

alter table invoice_counters force row level security;
create policy environment on invoice_counters using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on invoice_counters to nova_worker using true with check true;
grant insert, select, update on invoice_counters to nova_api;
grant insert, select, update on invoice_counters to nova_worker;

create table invoice_lines (
  environment_id uuid not null,
  invoice_id uuid not null,
  id uuid not null,
  position integer not null,
  type text not null,
  description text not null,
  quantity numeric not null,
  unit_amount numeric not null,
  amount_minor bigint not null,
  discount_minor bigint not null,
  period_start timestamp with time zone,
  period_end timestamp with time zone,
  derivation json,
  deferral text,
  taxes jsonb,
  tax_codes jsonb,
  metric_id uuid,
  constraint invoice_lines_deferral_check CHECK ((deferral = ANY (ARRAY['NEW'::text, 'FOLDED'::text]))),
  constraint invoice_lines_type_check CHECK ((type = ANY (ARRAY['PLAN'::text, 'USAGE'::text, 'COMMITMENT'::text, 'ADD_ON'::text, 'MANUAL'::text, 'CORRECTION'::text]))),
  constraint invoice_lines_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint invoice_lines_pkey PRIMARY KEY (environment_id, invoice_id, id)
);

CREATE INDEX invoice_lines_deferral_new ON public.invoice_lines USING btree (environment_id) WHERE (deferral = 'NEW'::text);
CREATE TRIGGER invoice_lines_kept BEFORE DELETE ON public.invoice_lines FOR EACH ROW EXECUTE FUNCTION refuse_invoice_removal();
alter table invoice_lines force row level security;
create policy environment on invoice_lines using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on invoice_lines to nova_worker using true with check true;
grant delete, insert, select on invoice_lines to nova_api;
grant delete, insert, select on invoice_lines to nova_worker;

create table invoices (
  environment_id uuid not null,
  id uuid not null,
  number text,
  kind text not null,
  customer_id uuid not null,
  subscription_id uuid,
  period_start timestamp with time zone,
  period_end timestamp with time zone,
  currency character(3) not null,
  status text not null,
  subtotal_minor bigint not null,
  discount_minor bigint not null,
  tax_minor bigint not null,
  total_minor bigint not null,
  paid_minor bigint not null default 0,
  credited_minor bigint not null default 0,
  bill_to jsonb not null,
  issuer jsonb not null,
  issued_at timestamp with time zone,
  due_date date,
  paid_at timestamp with time zone,
  voided_at timestamp with time zone,
  notes text,
  metadata jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  terms_days integer,
  terms_from text,
  deferral_undone boolean not null default false,
  overdue_at timestamp with time zone,
  on_test_clock boolean not null default false,
  finalize_at timestamp with time zone,
  taxes jsonb,
  plan_id uuid,
  discounts jsonb,
  wallet_id uuid,
  constraint invoices_check CHECK ((total_minor = ((subtotal_minor - discount_minor) + tax_minor))),
  constraint invoices_check1 CHECK (((paid_minor >= 0) AND (credited_minor >= 0) AND ((paid_minor + credited_minor) <= total_minor))),
  constraint invoices_check2 CHECK (((status = 'DRAFT'::text) OR ((number IS NOT NULL) AND (issued_at IS NOT NULL)))),
  constraint invoices_kind_check CHECK ((kind = ANY (ARRAY['CYCLE'::text, 'CHANGE'::text, 'RESTART'::text, 'MANUAL'::text]))),
  constraint invoices_status_check CHECK ((status = ANY (ARRAY['DRAFT'::text, 'PENDING'::text, 'PAID'::text, 'FAILED'::text, 'VOID'::text, 'UNCOLLECTIBLE'::text]))),
  constraint invoices_terms_from_check CHECK ((terms_from = ANY (ARRAY['CUSTOMER'::text, 'PLAN'::text, 'TENANT'::text, 'DEFAULT'::text]))),
  constraint invoices_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint invoices_environment_id_subscription_id_fkey FOREIGN KEY (environment_id, subscription_id) REFERENCES subscriptions(environment_id, id),
  constraint invoices_environment_id_wallet_id_fkey FOREIGN KEY (environment_id, wallet_id) REFERENCES wallets(environment_id, id),
  constraint invoices_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX invoices_created ON public.invoices USING btree (environment_id, created_at, id);
CREATE INDEX invoices_customer ON public.invoices USING btree (environment_id, customer_id, created_at, id);
CREATE INDEX invoices_deferral_to_undo ON public.invoices USING btree (environment_id) WHERE ((status = 'VOID'::text) AND (NOT deferral_undone));
CREATE INDEX invoices_finalize ON public.invoices USING btree (finalize_at) WHERE ((finalize_at IS NOT NULL) AND (status = 'DRAFT'::text) AND (NOT on_test_clock));
CREATE INDEX invoices_finalize_on_test_clock ON public.invoices USING btree (environment_id, finalize_at) WHERE ((finalize_at IS NOT NULL) AND (status = 'DRAFT'::text) AND on_test_clock);
CREATE INDEX invoices_overdue ON public.invoices USING btree (overdue_at) WHERE ((overdue_at IS NOT NULL) AND (status = ANY (ARRAY['PENDING'::text, 'FAILED'::text])) AND (NOT on_test_clock));
CREATE INDEX invoices_overdue_on_test_clock ON public.invoices USING btree (environment_id, overdue_at) WHERE ((overdue_at IS NOT NULL) AND (status = ANY (ARRAY['PENDING'::text, 'FAILED'::text])) AND on_test_clock);
CREATE UNIQUE INDEX invoices_number_key ON public.invoices USING btree (environment_id, number);
CREATE UNIQUE INDEX invoices_period_key ON public.invoices USING btree (environment_id, subscription_id, period_start, (
CASE
    WHEN (kind = 'CYCLE'::text) THEN environment_id
    ELSE id
END));
CREATE TRIGGER invoices_discounts_frozen BEFORE UPDATE OF discounts ON public.invoices FOR EACH ROW WHEN (((old.status <> 'DRAFT'::text) AND (old.discounts IS DISTINCT FROM new.discounts))) EXECUTE FUNCTION refuse_invoice_change();
CREATE TRIGGER invoices_frozen BEFORE UPDATE ON public.invoices FOR EACH ROW WHEN (((old.status <> 'DRAFT'::text) AND ((((((((((((((old.number IS DISTINCT FROM new.number) OR (old.customer_id IS DISTINCT FROM new.customer_id)) OR (old.subscription_id IS DISTINCT FROM new.subscription_id)) OR (old.period_start IS DISTINCT FROM new.period_start)) OR (old.period_end IS DISTINCT FROM new.period_end)) OR (old.currency IS DISTINCT FROM new.currency)) OR (old.subtotal_minor IS DISTINCT FROM new.subtotal_minor)) OR (old.discount_minor IS DISTINCT FROM new.discount_minor)) OR (old.tax_minor IS DISTINCT FROM new.tax_minor)) OR (old.total_minor IS DISTINCT FROM new.total_minor)) OR (old.bill_to IS DISTINCT FROM new.bill_to)) OR (old.issuer IS DISTINCT FROM new.issuer)) OR (old.issued_at IS DISTINCT FROM new.issued_at)) OR (old.due_date IS DISTINCT FROM new.due_date)))) EXECUTE FUNCTION refuse_invoice_change();
CREATE TRIGGER invoices_kept BEFORE DELETE ON public.invoices FOR EACH ROW EXECUTE FUNCTION refuse_invoice_removal();
CREATE TRIGGER invoices_taxes_frozen BEFORE UPDATE OF taxes ON public.invoices FOR EACH ROW WHEN (((old.status <> 'DRAFT'::text) AND (old.taxes IS DISTINCT FROM new.taxes))) EXECUTE FUNCTION refuse_invoice_change();
CREATE TRIGGER invoices_terms_frozen BEFORE UPDATE OF terms_days, terms_from ON public.invoices FOR EACH ROW WHEN (((old.status <> 'DRAFT'::text) AND ((old.terms_days IS DISTINCT FROM new.terms_days) OR (old.terms_from IS DISTINCT FROM new.terms_from)))) EXECUTE FUNCTION refuse_invoice_change();
alter table invoices force row level security;
create policy environment on invoices using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy lookup on invoices to nova_lookup using true with check true;
create policy worker on invoices to nova_worker using true with check true;
grant delete, insert, select, update on invoices to nova_api;
grant select on invoices to nova_lookup;
grant insert, select, update on invoices to nova_worker;

create table ledger_entries (
  environment_id uuid not null,
  transaction_id uuid not null,
  account text not null,
  currency character(3) not null,
  amount_minor bigint not null,
  document_kind text not null,
  document_id uuid not null,
  occurred_at timestamp with time zone not null,
  constraint ledger_entries_amount_minor_check CHECK ((amount_minor <> 0)),
  constraint ledger_entries_pkey PRIMARY KEY (environment_id, transaction_id, account, currency)
);

CREATE INDEX ledger_entries_account ON public.ledger_entries USING btree (environment_id, account, occurred_at);
CREATE INDEX ledger_entries_document ON public.ledger_entries USING btree (environment_id, document_id);
CREATE TRIGGER ledger_entries_append_only BEFORE DELETE OR UPDATE ON public.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_entries_balance AFTER INSERT ON public.ledger_entries REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION check_ledger_balance();
alter table ledger_entries force row level security;
create policy environment on ledger_entries using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on ledger_entries to nova_worker using true with check true;
grant insert, select on ledger_entries to nova_api;
grant insert, select on ledger_entries to nova_worker;

create table logos (
  tenant_id uuid not null,
  digest text not null,
  media_type text not null,
  bytes bytea not null,
  created_at timestamp with time zone not null,
  constraint logos_bytes_check CHECK ((length(bytes) <= 1048576)),
  constraint logos_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint logos_media_type_check CHECK ((media_type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text, 'image/svg+xml'::text]))),
  constraint logos_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint logos_pkey PRIMARY KEY (tenant_id, digest)
);

alter table logos force row level security;
create policy tenant on logos using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on logos to nova_worker using true with check true;
grant insert, select on logos to nova_api;
grant select on logos to nova_worker;

create table mail_readers (
  environment_id uuid not null,
  read_transaction xid8 not null,
  read_event_id uuid not null,
  constraint mail_readers_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id) ON DELETE CASCADE,
  constraint mail_readers_pkey PRIMARY KEY (environment_id)
);

alter table mail_readers force row level security;
create policy environment on mail_readers using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on mail_readers to nova_worker using true with check true;
grant delete, insert, select, update on mail_readers to nova_worker;

create table mails (
  id uuid not null,
  tenant_id uuid,
  kind text not null,
  recipient text not null,
  payload jsonb not null,
  due_at timestamp with time zone,
  attempt integer not null default 0,
  failure text,
  sent_at timestamp with time zone,
  created_at timestamp with time zone not null,
  occasion text,
  constraint mails_kind_check CHECK ((kind = ANY (ARRAY['password_reset'::text, 'invitation'::text, 'test'::text, 'webhook_disabled'::text, 'key_expiring'::text]))),
  constraint mails_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint mails_pkey PRIMARY KEY (id)
);

CREATE INDEX mails_due ON public.mails USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX mails_occasion_key ON public.mails USING btree (tenant_id, kind, occasion, recipient) WHERE (occasion IS NOT NULL);
alter table mails force row level security;
create policy lookup on mails to nova_lookup using true with check true;
create policy tenant on mails using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on mails to nova_worker using true with check true;
grant insert, select on mails to nova_api;
grant insert on mails to nova_lookup;
grant delete, insert, select, update on mails to nova_worker;

create table members (
  tenant_id uuid not null,
  id uuid not null,
  email text not null,
  name text not null,
  password_hash text not null,
  role text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint members_email_check CHECK ((email = lower(email))),
  constraint members_role_check CHECK ((role = ANY (ARRAY['OWNER'::text, 'ADMIN'::text, 'MEMBER'::text, 'VIEWER'::text]))),
  constraint members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint members_pkey PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX members_email_key ON public.members USING btree (email);
alter table members force row level security;
create policy lookup on members to nova_lookup using true with check true;
create policy tenant on members using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on members to nova_worker using true with check true;
grant delete, insert, select, update on members to nova_api;
grant select on members to nova_lookup;
grant delete, insert, select, update on members to nova_worker;

create table password_resets (
  tenant_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  token_hash bytea not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint password_resets_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, id) ON DELETE CASCADE,
  constraint password_resets_pkey PRIMARY KEY (tenant_id, id)
);

CREATE UNIQUE INDEX password_resets_token_hash_key ON public.password_resets USING btree (token_hash);
alter table password_resets force row level security;
create policy lookup on password_resets to nova_lookup using true with check true;
create policy tenant on password_resets using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on password_resets to nova_worker using true with check true;
grant insert, select, update on password_resets to nova_api;
grant select on password_resets to nova_lookup;
grant delete, insert, select, update on password_resets to nova_worker;

create table payment_disputes (
  environment_id uuid not null,
  id uuid not null,
  payment_id uuid not null,
  handle text not null,
  status text not null,
  reason text,
  amount_minor bigint not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint payment_disputes_amount_minor_check CHECK ((amount_minor > 0)),
  constraint payment_disputes_status_check CHECK ((status = ANY (ARRAY['OPEN'::text, 'WON'::text, 'LOST'::text]))),
  constraint payment_disputes_environment_id_payment_id_fkey FOREIGN KEY (environment_id, payment_id) REFERENCES payments(environment_id, id),
  constraint payment_disputes_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX payment_disputes_open ON public.payment_disputes USING btree (environment_id, payment_id) WHERE (status = 'OPEN'::text);
CREATE UNIQUE INDEX payment_disputes_handle_key ON public.payment_disputes USING btree (environment_id, payment_id, handle);
alter table payment_disputes force row level security;
create policy environment on payment_disputes using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on payment_disputes to nova_worker using true with check true;
grant insert, select, update on payment_disputes to nova_api;
grant insert, select, update on payment_disputes to nova_worker;

create table payment_methods (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  provider text not null,
  token_sealed bytea not null,
  type text not null,
  brand text,
  last4 text,
  exp_month integer,
  exp_year integer,
  phone text,
  is_default boolean not null,
  created_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  provider_id uuid,
  constraint payment_methods_type_check CHECK ((type = ANY (ARRAY['CARD'::text, 'BANK_ACCOUNT'::text, 'MOBILE_MONEY'::text, 'WALLET'::text]))),
  constraint payment_methods_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint payment_methods_environment_id_provider_id_fkey FOREIGN KEY (environment_id, provider_id) REFERENCES payment_providers(environment_id, id),
  constraint payment_methods_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX payment_methods_customer ON public.payment_methods USING btree (environment_id, customer_id);
CREATE INDEX payment_methods_expiring ON public.payment_methods USING btree ((((exp_year * 12) + exp_month))) WHERE (is_default AND (archived_at IS NULL) AND (exp_year IS NOT NULL));
CREATE UNIQUE INDEX payment_methods_default_key ON public.payment_methods USING btree (environment_id, customer_id) WHERE (is_default AND (archived_at IS NULL));
alter table payment_methods force row level security;
create policy environment on payment_methods using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on payment_methods to nova_worker using true with check true;
grant insert, select, update on payment_methods to nova_api;
grant insert, select, update on payment_methods to nova_worker;

create table payment_providers (
  environment_id uuid not null,
  id uuid not null,
  provider text not null,
  credentials_sealed bytea not null,
  is_active boolean not null,
  priority integer not null,
  countries text[] not null,
  currencies text[] not null,
  last_notice_at timestamp with time zone,
  refused_notices bigint not null default 0,
  last_refused_at timestamp with time zone,
  last_refused_reason text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  disputes_due_at timestamp with time zone,
  disputes_read_until timestamp with time zone,
  constraint payment_providers_priority_check CHECK ((priority >= 0)),
  constraint payment_providers_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint payment_providers_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX payment_providers_disputes_due ON public.payment_providers USING btree (disputes_due_at) WHERE (disputes_due_at IS NOT NULL);
CREATE INDEX payment_providers_id ON public.payment_providers USING btree (id);
alter table payment_providers force row level security;
create policy environment on payment_providers using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on payment_providers to nova_worker using true with check true;
grant insert, select, update on payment_providers to nova_api;
grant insert, select, update on payment_providers to nova_worker;

create table payments (
  environment_id uuid not null,
  id uuid not null,
  invoice_id uuid not null,
  customer_id uuid not null,
  payment_method_id uuid,
  amount_minor bigint not null,
  currency character(3) not null,
  status text not null,
  provider text not null,
  method text,
  reference text not null,
  provider_transaction_id text,
  failure_code text,
  failure_reason text,
  refunded_minor bigint not null default 0,
  refunding_minor bigint not null default 0,
  due_at timestamp with time zone,
  lease_until timestamp with time zone,
  called_at timestamp with time zone,
  attempt integer not null default 0,
  on_test_clock boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  provider_id uuid,
  provider_handle text,
  constraint payments_amount_minor_check CHECK ((amount_minor > 0)),
  constraint payments_refunds_check CHECK (((refunded_minor >= 0) AND (refunding_minor >= 0) AND ((refunded_minor + refunding_minor) <= amount_minor))),
  constraint payments_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'UNKNOWN'::text, 'SUCCEEDED'::text, 'FAILED'::text, 'REFUNDED'::text]))),
  constraint payments_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint payments_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint payments_environment_id_payment_method_id_fkey FOREIGN KEY (environment_id, payment_method_id) REFERENCES payment_methods(environment_id, id),
  constraint payments_environment_id_provider_id_fkey FOREIGN KEY (environment_id, provider_id) REFERENCES payment_providers(environment_id, id),
  constraint payments_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX payments_created ON public.payments USING btree (environment_id, created_at, id);
CREATE INDEX payments_customer ON public.payments USING btree (environment_id, customer_id, created_at, id);
CREATE INDEX payments_due ON public.payments USING btree (due_at) WHERE ((due_at IS NOT NULL) AND (NOT on_test_clock));
CREATE INDEX payments_due_on_test_clock ON public.payments USING btree (environment_id, due_at) WHERE ((due_at IS NOT NULL) AND on_test_clock);
CREATE INDEX payments_handle ON public.payments USING btree (environment_id, provider_handle) WHERE (provider_handle IS NOT NULL);
CREATE INDEX payments_invoice ON public.payments USING btree (environment_id, invoice_id);
CREATE INDEX payments_transaction ON public.payments USING btree (environment_id, provider_transaction_id) WHERE (provider_transaction_id IS NOT NULL);
CREATE UNIQUE INDEX payments_open_key ON public.payments USING btree (environment_id, invoice_id) WHERE (status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'UNKNOWN'::text]));
CREATE UNIQUE INDEX payments_reference_key ON public.payments USING btree (environment_id, reference);
alter table payments force row level security;
create policy environment on payments using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on payments to nova_worker using true with check true;
grant insert, select, update on payments to nova_api;
grant insert, select, update on payments to nova_worker;

create table plan_overrides (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  plan_id uuid not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint plan_overrides_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint plan_overrides_environment_id_plan_id_fkey FOREIGN KEY (environment_id, plan_id) REFERENCES plans(environment_id, id),
  constraint plan_overrides_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX plan_overrides_created ON public.plan_overrides USING btree (environment_id, created_at, id);
CREATE INDEX plan_overrides_plan ON public.plan_overrides USING btree (environment_id, plan_id, created_at, id);
CREATE UNIQUE INDEX plan_overrides_customer_key ON public.plan_overrides USING btree (environment_id, customer_id, plan_id);
alter table plan_overrides force row level security;
create policy environment on plan_overrides using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on plan_overrides to nova_worker using true with check true;
grant delete, insert, select, update on plan_overrides to nova_api;
grant select on plan_overrides to nova_worker;

create table plans (
  environment_id uuid not null,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  billing_interval text not null,
  interval_count integer not null,
  billing_timing text not null,
  features text[] not null,
  trial_days integer not null,
  net_payment_terms integer,
  is_active boolean not null,
  metadata jsonb not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  invoice_grace_days integer,
  charges_revision integer not null default 0,
  minimum_commitment jsonb not null default '[]'::jsonb,
  progressive_threshold jsonb not null default '[]'::jsonb,
  watches_usage boolean not null default false,
  constraint plans_billing_interval_check CHECK ((billing_interval = ANY (ARRAY['HOURLY'::text, 'DAILY'::text, 'WEEKLY'::text, 'MONTHLY'::text, 'QUARTERLY'::text, 'YEARLY'::text]))),
  constraint plans_billing_timing_check CHECK ((billing_timing = ANY (ARRAY['IN_ADVANCE'::text, 'IN_ARREARS'::text]))),
  constraint plans_interval_count_check CHECK ((interval_count > 0)),
  constraint plans_invoice_grace_days_check CHECK (((invoice_grace_days >= 0) AND (invoice_grace_days <= 90))),
  constraint plans_trial_days_check CHECK ((trial_days >= 0)),
  constraint plans_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint plans_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX plans_created ON public.plans USING btree (environment_id, created_at, id);
CREATE UNIQUE INDEX plans_code_key ON public.plans USING btree (environment_id, code);
alter table plans force row level security;
create policy environment on plans using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on plans to nova_worker using true with check true;
grant delete, insert, select, update on plans to nova_api;
grant insert, select, update on plans to nova_worker;

create table prices (
  environment_id uuid not null,
  id uuid not null,
  plan_id uuid not null,
  currency character(3) not null,
  amount_minor bigint not null,
  created_at timestamp with time zone not null,
  archived_at timestamp with time zone,
  successor_id uuid,
  succeeded_at timestamp with time zone,
  customer_id uuid,
  commitment_minor bigint,
  constraint prices_amount_minor_check CHECK ((amount_minor >= 0)),
  constraint prices_check CHECK (((successor_id IS NULL) = (succeeded_at IS NULL))),
  constraint prices_commitment_check CHECK (((commitment_minor IS NULL) OR (customer_id IS NOT NULL))),
  constraint prices_commitment_minor_check CHECK ((commitment_minor >= 0)),
  constraint prices_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint prices_environment_id_plan_id_fkey FOREIGN KEY (environment_id, plan_id) REFERENCES plans(environment_id, id),
  constraint prices_environment_id_successor_id_fkey FOREIGN KEY (environment_id, successor_id) REFERENCES prices(environment_id, id),
  constraint prices_pkey PRIMARY KEY (environment_id, id)
);

CREATE UNIQUE INDEX prices_currency_key ON public.prices USING btree (environment_id, plan_id, customer_id, currency) NULLS NOT DISTINCT WHERE (archived_at IS NULL);
alter table prices force row level security;
create policy environment on prices using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on prices to nova_worker using true with check true;
grant delete, insert, select, update on prices to nova_api;
grant insert, select, update on prices to nova_worker;

create table provider_reports (
  environment_id uuid not null,
  provider_id uuid not null,
  reference text not null,
  report jsonb not null,
  received_at timestamp with time zone not null,
  constraint provider_reports_pkey PRIMARY KEY (environment_id, provider_id, reference)
);

alter table provider_reports force row level security;
create policy environment on provider_reports using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on provider_reports to nova_worker using true with check true;
grant insert, select, update on provider_reports to nova_worker;

create table recognition_clocks (
  environment_id uuid not null,
  closed_through date not null,
  due_at timestamp with time zone not null,
  carried jsonb not null default '{}'::jsonb,
  on_test_clock boolean not null,
  constraint recognition_clocks_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint recognition_clocks_pkey PRIMARY KEY (environment_id)
);

CREATE INDEX recognition_clocks_due ON public.recognition_clocks USING btree (due_at) WHERE (NOT on_test_clock);
alter table recognition_clocks force row level security;
create policy environment on recognition_clocks using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on recognition_clocks to nova_worker using true with check true;
grant insert, select on recognition_clocks to nova_api;
grant insert, select, update on recognition_clocks to nova_worker;

create table recovery_codes (
  tenant_id uuid not null,
  member_id uuid not null,
  code_hash bytea not null,
  constraint recovery_codes_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES second_factors(tenant_id, member_id) ON DELETE CASCADE,
  constraint recovery_codes_pkey PRIMARY KEY (tenant_id, member_id, code_hash)
);

alter table recovery_codes force row level security;
create policy tenant on recovery_codes using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
grant delete, insert, select on recovery_codes to nova_api;

create table refunds (
  environment_id uuid not null,
  id uuid not null,
  payment_id uuid not null,
  amount_minor bigint not null,
  status text not null,
  reason text,
  reference text not null,
  failure_code text,
  failure_reason text,
  due_at timestamp with time zone,
  lease_until timestamp with time zone,
  called_at timestamp with time zone,
  attempt integer not null default 0,
  on_test_clock boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  credit_note_id uuid,
  provider_handle text,
  constraint refunds_amount_minor_check CHECK ((amount_minor > 0)),
  constraint refunds_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'UNKNOWN'::text, 'SUCCEEDED'::text, 'FAILED'::text]))),
  constraint refunds_environment_id_credit_note_id_fkey FOREIGN KEY (environment_id, credit_note_id) REFERENCES credit_notes(environment_id, id),
  constraint refunds_environment_id_payment_id_fkey FOREIGN KEY (environment_id, payment_id) REFERENCES payments(environment_id, id),
  constraint refunds_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX refunds_credit_note ON public.refunds USING btree (environment_id, credit_note_id) WHERE (credit_note_id IS NOT NULL);
CREATE INDEX refunds_due ON public.refunds USING btree (due_at) WHERE ((due_at IS NOT NULL) AND (NOT on_test_clock));
CREATE INDEX refunds_due_on_test_clock ON public.refunds USING btree (environment_id, due_at) WHERE ((due_at IS NOT NULL) AND on_test_clock);
CREATE INDEX refunds_handle ON public.refunds USING btree (environment_id, provider_handle) WHERE (provider_handle IS NOT NULL);
CREATE INDEX refunds_payment ON public.refunds USING btree (environment_id, payment_id);
CREATE UNIQUE INDEX refunds_reference_key ON public.refunds USING btree (environment_id, reference);
alter table refunds force row level security;
create policy environment on refunds using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on refunds to nova_worker using true with check true;
grant insert, select, update on refunds to nova_api;
grant insert, select, update on refunds to nova_worker;

create table request_log (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log force row level security;
create policy lookup on request_log to nova_lookup using true with check true;
create policy tenant on request_log using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log to nova_worker using true with check true;
grant select on request_log to nova_api;
grant insert on request_log to nova_lookup;
grant select on request_log to nova_worker;

create table request_log_0 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_0_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_0 force row level security;
create policy lookup on request_log_0 to nova_lookup using true with check true;
create policy tenant on request_log_0 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_0 to nova_worker using true with check true;

create table request_log_1 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_1_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_1 force row level security;
create policy lookup on request_log_1 to nova_lookup using true with check true;
create policy tenant on request_log_1 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_1 to nova_worker using true with check true;

create table request_log_2 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_2_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_2 force row level security;
create policy lookup on request_log_2 to nova_lookup using true with check true;
create policy tenant on request_log_2 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_2 to nova_worker using true with check true;

create table request_log_3 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_3_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_3 force row level security;
create policy lookup on request_log_3 to nova_lookup using true with check true;
create policy tenant on request_log_3 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_3 to nova_worker using true with check true;

create table request_log_4 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_4_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_4 force row level security;
create policy lookup on request_log_4 to nova_lookup using true with check true;
create policy tenant on request_log_4 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_4 to nova_worker using true with check true;

create table request_log_5 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_5_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_5 force row level security;
create policy lookup on request_log_5 to nova_lookup using true with check true;
create policy tenant on request_log_5 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_5 to nova_worker using true with check true;

create table request_log_6 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_6_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_6 force row level security;
create policy lookup on request_log_6 to nova_lookup using true with check true;
create policy tenant on request_log_6 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_6 to nova_worker using true with check true;

create table request_log_7 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_7_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_7 force row level security;
create policy lookup on request_log_7 to nova_lookup using true with check true;
create policy tenant on request_log_7 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_7 to nova_worker using true with check true;

create table request_log_8 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_8_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_8 force row level security;
create policy lookup on request_log_8 to nova_lookup using true with check true;
create policy tenant on request_log_8 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_8 to nova_worker using true with check true;

create table request_log_9 (
  tenant_id uuid not null,
  environment_id uuid not null,
  id uuid not null,
  slot smallint not null,
  day date not null,
  at timestamp with time zone not null,
  api_key_id uuid not null,
  method text not null,
  path text not null,
  operation text not null,
  status smallint not null,
  code text,
  duration_ms integer not null,
  ip text not null,
  constraint request_log_9_pkey PRIMARY KEY (tenant_id, environment_id, id, slot)
);

alter table request_log_9 force row level security;
create policy lookup on request_log_9 to nova_lookup using true with check true;
create policy tenant on request_log_9 using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on request_log_9 to nova_worker using true with check true;

create table revenue_cohorts (
  environment_id uuid not null,
  last_day date not null,
  first_day date not null,
  zone text not null,
  currency character(3) not null,
  amount_minor bigint not null,
  lines bigint not null,
  constraint revenue_cohorts_lines_check CHECK ((lines >= 0)),
  constraint revenue_cohorts_pkey PRIMARY KEY (environment_id, last_day, first_day, zone, currency, amount_minor)
);

alter table revenue_cohorts force row level security;
create policy environment on revenue_cohorts using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on revenue_cohorts to nova_worker using true with check true;
grant insert, select, update on revenue_cohorts to nova_worker;

create table revenue_days (
  environment_id uuid not null,
  day date not null,
  currency character(3) not null,
  id uuid not null,
  amount_minor bigint not null,
  constraint revenue_days_pkey PRIMARY KEY (environment_id, day, currency)
);

alter table revenue_days force row level security;
create policy environment on revenue_days using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on revenue_days to nova_worker using true with check true;
grant insert, select on revenue_days to nova_worker;

create table sandbox_book (
  environment_id uuid not null,
  reference text not null,
  kind text not null,
  behaviour text not null,
  amount_minor bigint not null,
  currency character(3) not null,
  outcome text not null,
  settles_at timestamp with time zone,
  calls integer not null,
  created_at timestamp with time zone not null,
  constraint sandbox_book_kind_check CHECK ((kind = ANY (ARRAY['CHARGE'::text, 'REFUND'::text]))),
  constraint sandbox_book_outcome_check CHECK ((outcome = ANY (ARRAY['SUCCEEDED'::text, 'DECLINED'::text, 'PENDING'::text, 'LOST'::text]))),
  constraint sandbox_book_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint sandbox_book_pkey PRIMARY KEY (environment_id, reference)
);

alter table sandbox_book force row level security;
create policy environment on sandbox_book using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on sandbox_book to nova_worker using true with check true;
grant insert, select, update on sandbox_book to nova_api;
grant insert, select, update on sandbox_book to nova_worker;

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null,
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

grant select on schema_migrations to nova_api;
grant select on schema_migrations to nova_worker;

create table second_factors (
  tenant_id uuid not null,
  member_id uuid not null,
  secret_sealed bytea not null,
  confirmed_at timestamp with time zone,
  last_step bigint not null,
  created_at timestamp with time zone not null,
  constraint second_factors_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, id) ON DELETE CASCADE,
  constraint second_factors_pkey PRIMARY KEY (tenant_id, member_id)
);

alter table second_factors force row level security;
create policy tenant on second_factors using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
grant delete, insert, select, update on second_factors to nova_api;

create table sessions (
  tenant_id uuid not null,
  id uuid not null,
  member_id uuid not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  refresh_id uuid not null,
  refreshed_at timestamp with time zone not null,
  previous_refresh_id uuid,
  replay_key_hash bytea,
  ip text not null,
  user_agent text not null,
  constraint sessions_tenant_id_member_id_fkey FOREIGN KEY (tenant_id, member_id) REFERENCES members(tenant_id, id) ON DELETE CASCADE,
  constraint sessions_pkey PRIMARY KEY (tenant_id, id)
);

CREATE INDEX sessions_member ON public.sessions USING btree (tenant_id, member_id);
alter table sessions force row level security;
create policy lookup on sessions to nova_lookup using true with check true;
create policy tenant on sessions using (tenant_id = scope_tenant()) with check (tenant_id = scope_tenant());
create policy worker on sessions to nova_worker using true with check true;
grant delete, insert, select, update on sessions to nova_api;
grant select on sessions to nova_lookup;
grant delete, insert, select, update on sessions to nova_worker;

create table subscription_worths (
  environment_id uuid not null,
  subscription_id uuid not null,
  at timestamp with time zone not null,
  currency character(3) not null,
  period_minor bigint not null,
  billing_interval text not null,
  interval_count integer not null,
  runs boolean not null,
  constraint subscription_worths_interval_count_check CHECK ((interval_count > 0)),
  constraint subscription_worths_period_minor_check CHECK ((period_minor >= 0)),
  constraint subscription_worths_environment_id_subscription_id_fkey FOREIGN KEY (environment_id, subscription_id) REFERENCES subscriptions(environment_id, id),
  constraint subscription_worths_pkey PRIMARY KEY (environment_id, subscription_id, at)
);

alter table subscription_worths force row level security;
create policy environment on subscription_worths using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on subscription_worths to nova_worker using true with check true;
grant insert, select, update on subscription_worths to nova_api;
grant insert, select, update on subscription_worths to nova_worker;

create table subscriptions (
  environment_id uuid not null,
  id uuid not null,
  external_id text,
  customer_id uuid not null,
  plan_id uuid not null,
  price_id uuid not null,
  status text not null,
  currency character(3) not null,
  quantity integer not null,
  timezone text not null,
  billing_anchor text not null,
  anchored_at timestamp with time zone not null,
  period_index integer not null,
  current_period_start timestamp with time zone,
  current_period_end timestamp with time zone,
  trial_start timestamp with time zone,
  trial_end timestamp with time zone,
  started_at timestamp with time zone not null,
  cancel_at timestamp with time zone,
  canceled_at timestamp with time zone,
  cancel_reason text,
  paused_at timestamp with time zone,
  ends_at timestamp with time zone,
  payment_method_id uuid,
  metadata jsonb not null,
  due_at timestamp with time zone,
  attempt integer not null default 0,
  retry_at timestamp with time zone,
  parked_reason text,
  on_test_clock boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  pending_plan_id uuid,
  pending_price_id uuid,
  pending_quantity integer,
  pending_at timestamp with time zone,
  resume_at timestamp with time zone,
  pause_credited boolean not null default false,
  arrears jsonb,
  trial_notice_at timestamp with time zone,
  billed_elsewhere_to timestamp with time zone,
  charges_revision integer not null default 0,
  next_price_id uuid,
  next_price_from timestamp with time zone,
  constraint subscriptions_billing_anchor_check CHECK ((billing_anchor = ANY (ARRAY['ANNIVERSARY'::text, 'CALENDAR'::text]))),
  constraint subscriptions_check CHECK ((num_nulls(pending_plan_id, pending_price_id, pending_quantity, pending_at) = ANY (ARRAY[0, 4]))),
  constraint subscriptions_next_price_check CHECK (((next_price_id IS NULL) = (next_price_from IS NULL))),
  constraint subscriptions_pending_quantity_check CHECK ((pending_quantity > 0)),
  constraint subscriptions_quantity_check CHECK ((quantity > 0)),
  constraint subscriptions_status_check CHECK ((status = ANY (ARRAY['TRIALING'::text, 'ACTIVE'::text, 'PAST_DUE'::text, 'PAUSED'::text, 'CANCELED'::text]))),
  constraint subscriptions_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint subscriptions_environment_id_next_price_id_fkey FOREIGN KEY (environment_id, next_price_id) REFERENCES prices(environment_id, id),
  constraint subscriptions_environment_id_payment_method_id_fkey FOREIGN KEY (environment_id, payment_method_id) REFERENCES payment_methods(environment_id, id),
  constraint subscriptions_environment_id_pending_plan_id_fkey FOREIGN KEY (environment_id, pending_plan_id) REFERENCES plans(environment_id, id),
  constraint subscriptions_environment_id_pending_price_id_fkey FOREIGN KEY (environment_id, pending_price_id) REFERENCES prices(environment_id, id),
  constraint subscriptions_environment_id_plan_id_fkey FOREIGN KEY (environment_id, plan_id) REFERENCES plans(environment_id, id),
  constraint subscriptions_environment_id_price_id_fkey FOREIGN KEY (environment_id, price_id) REFERENCES prices(environment_id, id),
  constraint subscriptions_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX subscriptions_created ON public.subscriptions USING btree (environment_id, created_at, id);
CREATE INDEX subscriptions_customer ON public.subscriptions USING btree (environment_id, customer_id);
CREATE INDEX subscriptions_due ON public.subscriptions USING btree (lane_of(environment_id), due_at, environment_id) WHERE ((due_at IS NOT NULL) AND (NOT on_test_clock) AND (attempt = 0));
CREATE INDEX subscriptions_due_on_test_clock ON public.subscriptions USING btree (environment_id, due_at) WHERE ((due_at IS NOT NULL) AND on_test_clock AND (parked_reason IS NULL));
CREATE INDEX subscriptions_next_price ON public.subscriptions USING btree (environment_id, plan_id) WHERE (next_price_id IS NOT NULL);
CREATE INDEX subscriptions_parked ON public.subscriptions USING btree (environment_id) WHERE (parked_reason IS NOT NULL);
CREATE INDEX subscriptions_pending_plan ON public.subscriptions USING btree (environment_id, pending_plan_id) WHERE (pending_plan_id IS NOT NULL);
CREATE INDEX subscriptions_plan ON public.subscriptions USING btree (environment_id, plan_id);
CREATE INDEX subscriptions_retry ON public.subscriptions USING btree (retry_at) WHERE ((retry_at IS NOT NULL) AND (NOT on_test_clock) AND (parked_reason IS NULL));
CREATE INDEX subscriptions_trial_notice ON public.subscriptions USING btree (trial_notice_at) WHERE ((trial_notice_at IS NOT NULL) AND (NOT on_test_clock));
CREATE INDEX subscriptions_trial_notice_on_test_clock ON public.subscriptions USING btree (environment_id, trial_notice_at) WHERE ((trial_notice_at IS NOT NULL) AND on_test_clock);
CREATE UNIQUE INDEX subscriptions_external_id_key ON public.subscriptions USING btree (environment_id, external_id) WHERE (external_id IS NOT NULL);
CREATE TRIGGER subscription_changes_worth AFTER UPDATE OF status, price_id, quantity ON public.subscriptions FOR EACH ROW WHEN ((((old.status = ANY (ARRAY['ACTIVE'::text, 'PAST_DUE'::text])) <> (new.status = ANY (ARRAY['ACTIVE'::text, 'PAST_DUE'::text]))) OR ((new.status = ANY (ARRAY['ACTIVE'::text, 'PAST_DUE'::text])) AND ((old.price_id IS DISTINCT FROM new.price_id) OR (old.quantity IS DISTINCT FROM new.quantity))))) EXECUTE FUNCTION keep_worth();
CREATE TRIGGER subscription_starts_running AFTER INSERT ON public.subscriptions FOR EACH ROW WHEN ((new.status = ANY (ARRAY['ACTIVE'::text, 'PAST_DUE'::text]))) EXECUTE FUNCTION keep_worth();
CREATE TRIGGER subscriptions_charges_of_new BEFORE INSERT ON public.subscriptions FOR EACH ROW EXECUTE FUNCTION keep_charges_revision();
alter table subscriptions force row level security;
create policy environment on subscriptions using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on subscriptions to nova_worker using true with check true;
grant insert, select, update on subscriptions to nova_api;
grant insert, select, update on subscriptions to nova_worker;

create table tax_assignments (
  environment_id uuid not null,
  id uuid not null,
  tax_code text not null,
  customer_id uuid,
  plan_id uuid,
  created_at timestamp with time zone not null,
  charge_id uuid,
  constraint tax_assignments_check CHECK ((num_nonnulls(customer_id, plan_id, charge_id) = 1)),
  constraint tax_assignments_environment_id_charge_id_fkey FOREIGN KEY (environment_id, charge_id) REFERENCES charges(environment_id, id) ON DELETE CASCADE,
  constraint tax_assignments_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint tax_assignments_environment_id_plan_id_fkey FOREIGN KEY (environment_id, plan_id) REFERENCES plans(environment_id, id) ON DELETE CASCADE,
  constraint tax_assignments_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX tax_assignments_charge ON public.tax_assignments USING btree (environment_id, charge_id) WHERE (charge_id IS NOT NULL);
CREATE INDEX tax_assignments_created ON public.tax_assignments USING btree (environment_id, created_at, id);
CREATE INDEX tax_assignments_customer ON public.tax_assignments USING btree (environment_id, customer_id) WHERE (customer_id IS NOT NULL);
CREATE INDEX tax_assignments_plan ON public.tax_assignments USING btree (environment_id, plan_id) WHERE (plan_id IS NOT NULL);
CREATE UNIQUE INDEX tax_assignments_key ON public.tax_assignments USING btree (environment_id, tax_code, customer_id, plan_id, charge_id) NULLS NOT DISTINCT;
alter table tax_assignments force row level security;
create policy environment on tax_assignments using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on tax_assignments to nova_worker using true with check true;
grant delete, insert, select, update on tax_assignments to nova_api;
grant insert, select on tax_assignments to nova_worker;

create table taxes (
  environment_id uuid not null,
  id uuid not null,
  name text not null,
  code text not null,
  description text,
  rate numeric not null,
  components jsonb not null,
  country character(2),
  inclusive boolean not null,
  applied_by_default boolean not null,
  valid_from date,
  valid_to date,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint taxes_check CHECK ((valid_to >= valid_from)),
  constraint taxes_rate_check CHECK (((rate >= (0)::numeric) AND (rate <= (100)::numeric))),
  constraint taxes_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id),
  constraint taxes_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX taxes_created ON public.taxes USING btree (environment_id, created_at, id);
CREATE UNIQUE INDEX taxes_code_key ON public.taxes USING btree (environment_id, code, valid_from) NULLS NOT DISTINCT;
alter table taxes force row level security;
create policy environment on taxes using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on taxes to nova_worker using true with check true;
grant delete, insert, select, update on taxes to nova_api;
grant insert, select on taxes to nova_worker;

create table tenants (
  id uuid not null,
  name text not null,
  company_name text not null,
  country character(2),
  currency character(3) not null,
  timezone text not null,
  webhook_url text,
  settings jsonb not null,
  smtp_password_sealed bytea,
  rate_limit_per_minute integer,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  logo_digest text,
  constraint tenants_rate_limit_per_minute_check CHECK ((rate_limit_per_minute > 0)),
  constraint tenants_pkey PRIMARY KEY (id)
);

alter table tenants force row level security;
create policy lookup on tenants to nova_lookup using true with check true;
create policy tenant on tenants using (id = scope_tenant()) with check (id = scope_tenant());
create policy worker on tenants to nova_worker using true with check true;
grant insert, select, update on tenants to nova_api;
grant select on tenants to nova_lookup;
grant select, update on tenants to nova_worker;

create table usage_advances (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamp with time zone not null,
  charge_id uuid not null,
  billed numeric[] not null,
  constraint usage_advances_billed_check CHECK ((array_length(billed, 1) = 2)),
  constraint usage_advances_pkey PRIMARY KEY (environment_id, subscription_id, window_from, charge_id)
);

alter table usage_advances force row level security;
create policy environment on usage_advances using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_advances to nova_worker using true with check true;
grant insert, select, update on usage_advances to nova_api;
grant insert, select, update on usage_advances to nova_worker;

create table usage_buckets (
  environment_id uuid not null,
  subscription_id uuid not null,
  metric_id uuid not null,
  bucket_from timestamp with time zone not null,
  bucket_to timestamp with time zone not null,
  filter_values text not null,
  events bigint not null,
  total numeric not null,
  moment numeric not null,
  highest numeric,
  latest numeric,
  latest_at timestamp with time zone,
  latest_transaction text,
  first_generation integer not null,
  changed_by xid8 not null,
  constraint usage_buckets_events_check CHECK ((events > 0)),
  constraint usage_buckets_pkey PRIMARY KEY (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values)
);

alter table usage_buckets force row level security;
create policy environment on usage_buckets using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_buckets to nova_worker using true with check true;
grant insert, select, update on usage_buckets to nova_api;
grant insert, select, update on usage_buckets to nova_worker;

create table usage_closings (
  environment_id uuid not null,
  subscription_id uuid not null,
  period_from timestamp with time zone not null,
  period_to timestamp with time zone not null,
  seen xid8 not null,
  constraint usage_closings_pkey PRIMARY KEY (environment_id, subscription_id, period_from, period_to)
);

alter table usage_closings force row level security;
create policy environment on usage_closings using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_closings to nova_worker using true with check true;
grant insert, select, update on usage_closings to nova_api;
grant insert, select, update on usage_closings to nova_worker;

create table usage_events (
  environment_id uuid not null,
  id uuid not null,
  generation integer not null,
  transaction_id text not null,
  subscription_id uuid not null,
  metric_id uuid not null,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  properties json not null,
  quantity numeric,
  word text,
  bucket_from timestamp with time zone not null,
  bucket_to timestamp with time zone not null,
  filter_values text not null,
  constraint usage_events_pkey PRIMARY KEY (id, generation)
);

CREATE INDEX usage_events_subscription ON ONLY public.usage_events USING btree (subscription_id, occurred_at);
alter table usage_events force row level security;
create policy environment on usage_events using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_events to nova_worker using true with check true;
grant insert, select on usage_events to nova_api;
grant insert, select on usage_events to nova_worker;

create table usage_ratings (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamp with time zone not null,
  charge_id uuid not null,
  window_to timestamp with time zone not null,
  revision integer not null,
  currency text not null,
  whole_from timestamp with time zone not null,
  whole_to timestamp with time zone not null,
  least numeric[] not null,
  billed numeric[] not null,
  credited numeric[] not null,
  own_revision integer,
  constraint usage_ratings_check CHECK (((array_length("least", 1) = 2) AND (array_length(billed, 1) = 2) AND (array_length(credited, 1) = 2))),
  constraint usage_ratings_pkey PRIMARY KEY (environment_id, subscription_id, window_from, charge_id)
);

alter table usage_ratings force row level security;
create policy environment on usage_ratings using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_ratings to nova_worker using true with check true;
grant insert, select, update on usage_ratings to nova_api;
grant insert, select, update on usage_ratings to nova_worker;

create table usage_thresholds (
  environment_id uuid not null,
  subscription_id uuid not null,
  window_from timestamp with time zone not null,
  reached_at timestamp with time zone not null,
  constraint usage_thresholds_pkey PRIMARY KEY (environment_id, subscription_id, window_from)
);

alter table usage_thresholds force row level security;
create policy environment on usage_thresholds using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_thresholds to nova_worker using true with check true;
grant insert, select, update on usage_thresholds to nova_api;
grant insert, select, update on usage_thresholds to nova_worker;

create table usage_watch (
  environment_id uuid not null,
  id uuid not null,
  subscription_id uuid not null,
  try_at timestamp with time zone,
  constraint usage_watch_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX usage_watch_due ON public.usage_watch USING btree (try_at NULLS FIRST);
alter table usage_watch force row level security;
create policy environment on usage_watch using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_watch to nova_worker using true with check true;
grant insert, select, update on usage_watch to nova_api;
grant delete, insert, select, update on usage_watch to nova_worker;

create table usage_words (
  environment_id uuid not null,
  subscription_id uuid not null,
  metric_id uuid not null,
  bucket_from timestamp with time zone not null,
  bucket_to timestamp with time zone not null,
  filter_values text not null,
  word text not null,
  first_at timestamp with time zone not null,
  constraint usage_words_pkey PRIMARY KEY (environment_id, subscription_id, metric_id, bucket_from, bucket_to, filter_values, word)
);

alter table usage_words force row level security;
create policy environment on usage_words using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on usage_words to nova_worker using true with check true;
grant insert, select, update on usage_words to nova_api;
grant insert, select, update on usage_words to nova_worker;

create table wallet_grants (
  environment_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  kind text not null,
  status text not null,
  amount_minor bigint not null,
  left_minor bigint not null,
  invoice_id uuid,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint wallet_grants_amount_minor_check CHECK ((amount_minor > 0)),
  constraint wallet_grants_check CHECK (((left_minor >= 0) AND (left_minor <= amount_minor))),
  constraint wallet_grants_check1 CHECK (((status = 'ACTIVE'::text) OR (left_minor = 0))),
  constraint wallet_grants_check2 CHECK (((kind = 'PAID'::text) = (invoice_id IS NOT NULL))),
  constraint wallet_grants_kind_check CHECK ((kind = ANY (ARRAY['PAID'::text, 'GRANTED'::text]))),
  constraint wallet_grants_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'ACTIVE'::text, 'CANCELED'::text]))),
  constraint wallet_grants_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint wallet_grants_environment_id_wallet_id_fkey FOREIGN KEY (environment_id, wallet_id) REFERENCES wallets(environment_id, id),
  constraint wallet_grants_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX wallet_grants_expiry ON public.wallet_grants USING btree (expires_at) WHERE (left_minor > 0);
CREATE INDEX wallet_grants_expiry_in ON public.wallet_grants USING btree (environment_id, expires_at) WHERE (left_minor > 0);
CREATE INDEX wallet_grants_invoice ON public.wallet_grants USING btree (environment_id, invoice_id) WHERE (invoice_id IS NOT NULL);
CREATE INDEX wallet_grants_wallet ON public.wallet_grants USING btree (environment_id, wallet_id);
alter table wallet_grants force row level security;
create policy environment on wallet_grants using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on wallet_grants to nova_worker using true with check true;
grant insert, select, update on wallet_grants to nova_api;
grant insert, select, update on wallet_grants to nova_worker;

create table wallet_transactions (
  environment_id uuid not null,
  id uuid not null,
  wallet_id uuid not null,
  grant_id uuid not null,
  type text not null,
  amount_minor bigint not null,
  invoice_id uuid,
  created_at timestamp with time zone not null,
  constraint wallet_transactions_amount_minor_check CHECK ((amount_minor <> 0)),
  constraint wallet_transactions_type_check CHECK ((type = ANY (ARRAY['TOP_UP'::text, 'SPENT'::text, 'RETURNED'::text, 'VOIDED'::text, 'EXPIRED'::text]))),
  constraint wallet_transactions_environment_id_grant_id_fkey FOREIGN KEY (environment_id, grant_id) REFERENCES wallet_grants(environment_id, id),
  constraint wallet_transactions_environment_id_invoice_id_fkey FOREIGN KEY (environment_id, invoice_id) REFERENCES invoices(environment_id, id),
  constraint wallet_transactions_environment_id_wallet_id_fkey FOREIGN KEY (environment_id, wallet_id) REFERENCES wallets(environment_id, id),
  constraint wallet_transactions_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX wallet_transactions_invoice ON public.wallet_transactions USING btree (environment_id, invoice_id) WHERE (invoice_id IS NOT NULL);
CREATE INDEX wallet_transactions_wallet ON public.wallet_transactions USING btree (environment_id, wallet_id, created_at, id);
CREATE TRIGGER wallet_transactions_append_only BEFORE DELETE OR UPDATE ON public.wallet_transactions FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
alter table wallet_transactions force row level security;
create policy environment on wallet_transactions using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on wallet_transactions to nova_worker using true with check true;
grant insert, select on wallet_transactions to nova_api;
grant insert, select on wallet_transactions to nova_worker;

create table wallets (
  environment_id uuid not null,
  id uuid not null,
  customer_id uuid not null,
  currency character(3) not null,
  name text,
  credit_rate numeric not null,
  priority integer not null,
  status text not null,
  balance_minor bigint not null default 0,
  expires_at timestamp with time zone,
  top_up_threshold numeric,
  top_up_threshold_minor bigint,
  top_up_credits numeric,
  top_up_due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  plan_ids uuid[],
  metric_ids uuid[],
  constraint wallets_balance_minor_check CHECK ((balance_minor >= 0)),
  constraint wallets_check CHECK ((num_nulls(top_up_threshold, top_up_threshold_minor, top_up_credits) = ANY (ARRAY[0, 3]))),
  constraint wallets_credit_rate_check CHECK ((credit_rate > (0)::numeric)),
  constraint wallets_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'TERMINATED'::text]))),
  constraint wallets_top_up_credits_check CHECK ((top_up_credits > (0)::numeric)),
  constraint wallets_environment_id_customer_id_fkey FOREIGN KEY (environment_id, customer_id) REFERENCES customers(environment_id, id),
  constraint wallets_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX wallets_created ON public.wallets USING btree (environment_id, created_at, id);
CREATE INDEX wallets_customer ON public.wallets USING btree (environment_id, customer_id, created_at, id);
CREATE INDEX wallets_top_up_due ON public.wallets USING btree (top_up_due_at) WHERE (top_up_due_at IS NOT NULL);
alter table wallets force row level security;
create policy environment on wallets using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on wallets to nova_worker using true with check true;
grant insert, select, update on wallets to nova_api;
grant insert, select, update on wallets to nova_worker;

create table webhook_deliveries (
  environment_id uuid not null,
  id uuid not null,
  endpoint_id uuid not null,
  event_id uuid not null,
  transaction xid8 not null,
  status text not null,
  attempt integer not null default 0,
  last_attempt integer not null,
  due_at timestamp with time zone,
  attempts jsonb not null default '[]'::jsonb,
  created_at timestamp with time zone not null,
  constraint webhook_deliveries_check CHECK (((status = 'PENDING'::text) = (due_at IS NOT NULL))),
  constraint webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'SUCCEEDED'::text, 'FAILED'::text]))),
  constraint webhook_deliveries_environment_id_endpoint_id_fkey FOREIGN KEY (environment_id, endpoint_id) REFERENCES webhook_endpoints(environment_id, id) ON DELETE CASCADE,
  constraint webhook_deliveries_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (environment_id, endpoint_id, due_at, event_id) WHERE (due_at IS NOT NULL);
CREATE UNIQUE INDEX webhook_deliveries_event_key ON public.webhook_deliveries USING btree (environment_id, endpoint_id, event_id);
alter table webhook_deliveries force row level security;
create policy environment on webhook_deliveries using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on webhook_deliveries to nova_worker using true with check true;
grant insert, select, update on webhook_deliveries to nova_api;
grant delete, insert, select, update on webhook_deliveries to nova_worker;

create table webhook_endpoints (
  environment_id uuid not null,
  id uuid not null,
  tenant_id uuid not null,
  is_default boolean not null,
  url text not null,
  description text,
  events text[] not null,
  resources text[] not null,
  secret_sealed bytea not null,
  previous_secret_sealed bytea,
  previous_secret_until timestamp with time zone,
  is_active boolean not null,
  disabled_at timestamp with time zone,
  disabled_reason text,
  archived_at timestamp with time zone,
  read_transaction xid8 not null,
  read_event_id uuid not null,
  steady_since xid8 not null,
  failing_since timestamp with time zone,
  due_at timestamp with time zone,
  lease_until timestamp with time zone,
  attempt integer not null default 0,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint webhook_endpoints_check CHECK (((previous_secret_sealed IS NULL) = (previous_secret_until IS NULL))),
  constraint webhook_endpoints_check1 CHECK (((NOT is_active) OR (disabled_at IS NULL))),
  constraint webhook_endpoints_events_check CHECK ((cardinality(events) > 0)),
  constraint webhook_endpoints_environment_id_fkey FOREIGN KEY (environment_id) REFERENCES environments(id) ON DELETE CASCADE,
  constraint webhook_endpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants(id),
  constraint webhook_endpoints_pkey PRIMARY KEY (environment_id, id)
);

CREATE INDEX webhook_endpoints_created ON public.webhook_endpoints USING btree (environment_id, created_at, id);
CREATE INDEX webhook_endpoints_due ON public.webhook_endpoints USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX webhook_endpoints_leased ON public.webhook_endpoints USING btree (lease_until) WHERE (lease_until IS NOT NULL);
CREATE UNIQUE INDEX webhook_endpoints_default_key ON public.webhook_endpoints USING btree (environment_id) WHERE is_default;
alter table webhook_endpoints force row level security;
create policy account on webhook_endpoints using (is_default AND (scope_environment() IS NULL) AND (tenant_id = scope_tenant())) with check (is_default AND (scope_environment() IS NULL) AND (tenant_id = scope_tenant()));
create policy environment on webhook_endpoints using (environment_id = scope_environment()) with check (environment_id = scope_environment());
create policy worker on webhook_endpoints to nova_worker using true with check true;
grant insert, select, update on webhook_endpoints to nova_api;
grant delete, insert, select, update on webhook_endpoints to nova_worker;

CREATE OR REPLACE FUNCTION public.append_audit(tenant uuid, entry_id uuid, at timestamp with time zone, action text, entry text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  head public.audit_heads;
begin
  insert into public.audit_heads (tenant_id, seq, hash) values (tenant, 0, '') on conflict (tenant_id) do nothing;
  select * into strict head from public.audit_heads h where h.tenant_id = tenant for update;
  head.seq := head.seq + 1;
  head.hash := sha256(head.hash || convert_to(entry, 'UTF8'));
  insert into public.audit_log (tenant_id, seq, id, at, action, entry, hash)
  values (tenant, head.seq, entry_id, at, action, entry::json, head.hash);
  update public.audit_heads h set seq = head.seq, hash = head.hash where h.tenant_id = tenant;
end $function$
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.check_ledger_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  wrong record;
begin
  select transaction_id, currency, sum(amount_minor) as off into wrong
  from inserted group by environment_id, transaction_id, currency having sum(amount_minor) <> 0 limit 1;
  if found then
    raise exception 'ledger transaction % is off by % %', wrong.transaction_id, wrong.off, wrong.currency
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.drop_usage_generations(before integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  old text;
  dropped integer := 0;
begin
  for old in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.usage_events'::regclass
      and substring(c.relname from 'usage_events_(-?\d+)$')::integer < before
  loop
    execute format('drop table public.%I', old);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.forget_requests(today date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  name text := 'request_log_' || (today + 2 - date '2000-01-01') % 10;
begin
  if pg_relation_size(format('public.%I', name)::regclass) > 0 then
    execute format('truncate public.%I', name);
  end if;
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.invitation_by_hash(wanted bytea)
 RETURNS TABLE(tenant_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT i.tenant_id,
     i.id
    FROM invitations i
   WHERE (i.token_hash = invitation_by_hash.wanted);
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.is_later(at timestamp with time zone, transaction text, than_at timestamp with time zone, than_transaction text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN COALESCE(((at > than_at) OR ((at = than_at) AND ((transaction COLLATE "C") > (than_transaction COLLATE "C")))), (at IS NOT NULL))
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.keep_charges_revision()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.charges_revision := (
    select p.charges_revision from plans p where p.environment_id = new.environment_id and p.id = new.plan_id
  );
  return new;
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.keep_usage_generation(number integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  name text := 'usage_events_' || number;
begin
  if to_regclass('public.' || quote_ident(name)) is not null then
    return;
  end if;
  perform pg_advisory_xact_lock(7306318482155922);
  if to_regclass('public.' || quote_ident(name)) is not null then
    return;
  end if;
  -- Made first and attached then: a partition that is made in place would stop all who read and write.
  execute format('create table public.%I (like public.usage_events including all, check (generation = %s))', name, number);
  execute format('alter table public.%I enable row level security', name);
  execute format('alter table public.%I force row level security', name);
  execute format('create policy environment on public.%I using (environment_id = public.scope_environment()) with check (environment_id = public.scope_environment())', name);
  execute format('alter table public.usage_events attach partition public.%I for values in (%s)', name, number);
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.keep_worth()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public'
AS $function$
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
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.key_by_hash(wanted bytea)
 RETURNS TABLE(key_id uuid, tenant_id uuid, environment_id uuid, environment_kind text, scopes text[], allowed_ips text[], expires_at timestamp with time zone, revoked_at timestamp with time zone, rate_limit_per_minute integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT k.id,
     k.tenant_id,
     k.environment_id,
     e.kind,
     k.scopes,
     k.allowed_ips,
     k.expires_at,
     k.revoked_at,
     t.rate_limit_per_minute
    FROM ((api_keys k
      JOIN environments e ON (((e.tenant_id = k.tenant_id) AND (e.id = k.environment_id))))
      JOIN tenants t ON ((t.id = k.tenant_id)))
   WHERE (k.hash = key_by_hash.wanted);
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.lane_of(environment uuid)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (get_byte(uuid_send(environment), 15) & 15)
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.matches_filters(filter_values text, filters text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (NOT (EXISTS (SELECT FROM jsonb_each((matches_filters.filters)::jsonb) f(key, value) WHERE (NOT COALESCE((f.value ? ((matches_filters.filter_values)::jsonb ->> f.key)), false)))))
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.member_by_email(wanted text)
 RETURNS TABLE(tenant_id uuid, member_id uuid, password_hash text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT m.tenant_id,
     m.id,
     m.password_hash
    FROM members m
   WHERE (m.email = member_by_email.wanted);
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.page_of_invoice(environment uuid, invoice uuid, at timestamp with time zone)
 RETURNS TABLE(tenant_id uuid, environment_kind text, customer_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT e.tenant_id,
     e.kind,
     i.customer_id
    FROM (invoices i
      JOIN environments e ON ((e.id = i.environment_id)))
   WHERE ((i.environment_id = page_of_invoice.environment) AND (i.id = page_of_invoice.invoice) AND (i.status <> 'DRAFT'::text) AND ((i.status = ANY (ARRAY['PENDING'::text, 'FAILED'::text])) OR (COALESCE(i.paid_at, i.voided_at, i.updated_at) > (COALESCE(e.clock_now, page_of_invoice.at) - '90 days'::interval))));
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.password_reset_by_hash(wanted bytea)
 RETURNS TABLE(tenant_id uuid, id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT r.tenant_id,
     r.id
    FROM password_resets r
   WHERE (r.token_hash = password_reset_by_hash.wanted);
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.portal_of_customer(environment uuid, customer uuid)
 RETURNS TABLE(tenant_id uuid, environment_kind text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 SELECT e.tenant_id,
     e.kind
    FROM (customers c
      JOIN environments e ON ((e.id = c.environment_id)))
   WHERE ((c.environment_id = portal_of_customer.environment) AND (c.id = portal_of_customer.customer) AND (c.status = 'ACTIVE'::text));
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.record_key_routes(tenants uuid[], keys uuid[], days date[], operations text[], statuses smallint[], counts bigint[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 INSERT INTO api_key_routes AS known (tenant_id, api_key_id, day, operation, status, requests)  SELECT u.tenant_id,
             u.api_key_id,
             u.day,
             u.operation,
             u.status,
             u.requests
            FROM UNNEST(record_key_routes.tenants, record_key_routes.keys, record_key_routes.days, record_key_routes.operations, record_key_routes.statuses, record_key_routes.counts) u(tenant_id, api_key_id, day, operation, status, requests)
           ORDER BY u.tenant_id, u.api_key_id, u.day, u.operation, u.status ON CONFLICT(tenant_id, api_key_id, day, operation, status) DO UPDATE SET requests = (known.requests + excluded.requests);
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.record_key_usage(tenants uuid[], keys uuid[], days date[], counts bigint[], used_at timestamp with time zone[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 INSERT INTO api_key_usage AS usage (tenant_id, api_key_id, day, requests)  SELECT u.tenant_id,
             u.api_key_id,
             u.day,
             u.requests
            FROM UNNEST(record_key_usage.tenants, record_key_usage.keys, record_key_usage.days, record_key_usage.counts) u(tenant_id, api_key_id, day, requests) ON CONFLICT(tenant_id, api_key_id, day) DO UPDATE SET requests = (usage.requests + excluded.requests);
 UPDATE api_keys k SET last_used_at = u.used_at
    FROM UNNEST(record_key_usage.tenants, record_key_usage.keys, record_key_usage.used_at) u(tenant_id, id, used_at)
   WHERE ((k.tenant_id = u.tenant_id) AND (k.id = u.id) AND ((k.last_used_at IS NULL) OR (k.last_used_at < u.used_at)));
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.record_requests(tenants uuid[], environments uuid[], ids uuid[], days date[], instants timestamp with time zone[], keys uuid[], methods text[], paths text[], operations text[], statuses smallint[], codes text[], durations integer[], ips text[])
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 INSERT INTO request_log (tenant_id, environment_id, id, slot, day, at, api_key_id, method, path, operation, status, code, duration_ms, ip)  SELECT u.tenant_id,
             u.environment_id,
             u.id,
             ((u.day - '2000-01-01'::date) % 10),
             u.day,
             u.at,
             u.api_key_id,
             u.method,
             u.path,
             u.operation,
             u.status,
             u.code,
             u.duration_ms,
             u.ip
            FROM UNNEST(record_requests.tenants, record_requests.environments, record_requests.ids, record_requests.days, record_requests.instants, record_requests.keys, record_requests.methods, record_requests.paths, record_requests.operations, record_requests.statuses, record_requests.codes, record_requests.durations, record_requests.ips) u(tenant_id, environment_id, id, day, at, api_key_id, method, path, operation, status, code, duration_ms, ip) ON CONFLICT DO NOTHING;
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'integrity_constraint_violation';
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.refuse_credit_note_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a finalized credit note never changes' using errcode = 'integrity_constraint_violation';
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.refuse_invoice_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'an issued invoice never changes' using errcode = 'integrity_constraint_violation';
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.refuse_invoice_removal()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.request_password_reset(id uuid, address text, at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 INSERT INTO mails (id, tenant_id, kind, recipient, payload, due_at, created_at)
   VALUES (request_password_reset.id, NULL::uuid, 'password_reset'::text, request_password_reset.address, '{}'::jsonb, request_password_reset.at, request_password_reset.at);
END
 -- owner: nova_lookup;

CREATE OR REPLACE FUNCTION public.scope_environment()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('nova.environment'::text, true), ''::text))::uuid
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.scope_tenant()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
RETURN (NULLIF(current_setting('nova.tenant'::text, true), ''::text))::uuid
 -- owner: the migrating role;

CREATE OR REPLACE FUNCTION public.use_dashboard_session(wanted bytea, environment uuid, at timestamp with time zone)
 RETURNS TABLE(tenant_id uuid, session_id uuid, member_id uuid, role text, environment_kind text)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
BEGIN ATOMIC
 UPDATE dashboard_sessions d SET last_seen_at = use_dashboard_session.at
   WHERE ((d.token_hash = use_dashboard_session.wanted) AND (d.last_seen_at <= (use_dashboard_session.at - '00:01:00'::interval)) AND (d.last_seen_at > (use_dashboard_session.at - '00:30:00'::interval)));
 SELECT d.tenant_id,
     d.id,
     s.member_id,
     m.role,
     e.kind
    FROM (((dashboard_sessions d
      JOIN sessions s ON (((s.tenant_id = d.tenant_id) AND (s.id = d.id))))
      JOIN members m ON (((m.tenant_id = s.tenant_id) AND (m.id = s.member_id))))
      LEFT JOIN environments e ON (((e.tenant_id = d.tenant_id) AND (e.id = use_dashboard_session.environment))))
   WHERE ((d.token_hash = use_dashboard_session.wanted) AND (d.last_seen_at > (use_dashboard_session.at - '00:30:00'::interval)) AND (s.revoked_at IS NULL) AND (s.expires_at > use_dashboard_session.at));
END
 -- owner: nova_lookup;
