import type pg from 'pg'

export const dueAt = '2026-03-01T00:00:00Z'

/** Fills a migrated database with subscriptions whose second period begins at `dueAt`, spread over tenants. */
export async function seed(owner: pg.Client, subscriptions: number, tenants: number): Promise<void> {
  const run = (text: string, values: unknown[] = []): Promise<unknown> => owner.query(text, values)
  const start = '2026-02-01T00:00:00Z'
  await run(
    `insert into tenants (id, name, company_name, country, currency, timezone, settings, created_at, updated_at)
     select gen_random_uuid(), 'Tenant ' || n, 'Company ' || n, 'KE', 'KES', 'Africa/Nairobi', '{}', $2, $2 from generate_series(1, $1) n`,
    [tenants, start],
  )
  await run(
    `insert into environments (tenant_id, id, kind, name, created_at) select id, gen_random_uuid(), 'LIVE', 'live', $1 from tenants`,
    [start],
  )
  await run(
    `insert into plans (environment_id, id, name, code, billing_interval, interval_count, billing_timing, features, trial_days, is_active, metadata, created_at, updated_at)
     select id, gen_random_uuid(), 'Pro plan', 'pro', 'MONTHLY', 1, 'IN_ADVANCE', '{}', 0, true, '{}', $1, $1 from environments`,
    [start],
  )
  await run(
    `insert into prices (environment_id, id, plan_id, currency, amount_minor, created_at)
     select environment_id, gen_random_uuid(), id, 'KES', 250000, $1 from plans`,
    [start],
  )
  await run(
    `insert into customers (environment_id, id, email, name, country, currency, timezone, metadata, status, active_subscriptions, created_at, updated_at)
     select e.id, gen_random_uuid(), 'c' || n || '@example.com', 'Customer ' || n, 'KE', 'KES', 'UTC', '{}', 'ACTIVE', 1, $3, $3
     from (select id, row_number() over (order by id) as place from environments) e
     join generate_series(1, $1::integer) n on n % $2::integer + 1 = e.place`,
    [subscriptions, tenants, start],
  )
  await run(
    `insert into subscriptions (environment_id, id, customer_id, plan_id, price_id, status, currency, quantity, timezone, billing_anchor,
       anchored_at, period_index, current_period_start, current_period_end, started_at, metadata, due_at, on_test_clock, created_at, updated_at)
     select c.environment_id, gen_random_uuid(), c.id, l.id, p.id, 'ACTIVE', 'KES', 1, 'UTC', 'ANNIVERSARY', $1, 0, $1, $2, $1, '{}', $2, false, $1, $1
     from customers c
     join plans l on l.environment_id = c.environment_id
     join prices p on p.environment_id = c.environment_id and p.plan_id = l.id
     order by random()`,
    [start, dueAt],
  )
  await run('vacuum analyze')
  await run('checkpoint')
}

/**
 * The limit: one statement that writes the same rows, with no program between. The same tables, keys, policies
 * and triggers; two resources of the same size for each subscription, in three events.
 */
export const pureSql = `
with locked as materialized (
  select * from subscriptions s where s.due_at <= $1 and not s.on_test_clock for no key update
), due as materialized (
  select s.environment_id, s.id, s.customer_id, s.plan_id, s.current_period_end as period_start,
    s.current_period_end + interval '1 month' as period_end, s.currency, p.amount_minor * s.quantity as amount,
    l.name as plan_name, c.name as customer_name, c.email, e.tenant_id, t.company_name,
    gen_random_uuid() as invoice_id, row_number() over (partition by s.environment_id order by s.id) as place
  from locked s
  join plans l on l.environment_id = s.environment_id and l.id = s.plan_id
  join prices p on p.environment_id = s.environment_id and p.id = s.price_id
  join customers c on c.environment_id = s.environment_id and c.id = s.customer_id
  join environments e on e.id = s.environment_id
  join tenants t on t.id = e.tenant_id
), counted as (
  insert into invoice_counters (environment_id, year, last)
  select environment_id, 2026, count(*) from due group by environment_id
  on conflict (environment_id, year) do update set last = invoice_counters.last + excluded.last
), bodies as materialized (
  select due.*,
    json_build_object('id', 'inv_' || invoice_id, 'number', 'INV-2026-' || lpad(place::text, 6, '0'), 'customerId', 'cust_' || customer_id,
      'subscriptionId', 'sub_' || id, 'currency', currency, 'status', 'PENDING', 'subtotal', amount, 'discountAmount', 0, 'taxAmount', 0,
      'total', amount, 'amount', amount, 'amountPaid', 0, 'amountCredited', 0, 'amountDue', amount,
      'items', json_build_array(json_build_object('id', 'line_' || invoice_id, 'type', 'PLAN', 'description', plan_name, 'quantity', 1,
        'unitAmount', amount, 'amount', amount, 'discountAmount', 0, 'periodStart', period_start, 'periodEnd', period_end, 'taxes', json_build_array())),
      'taxes', json_build_array(), 'billTo', json_build_object('name', customer_name, 'email', email, 'taxId', null, 'country', 'KE', 'address', null),
      'from', json_build_object('name', company_name, 'email', null, 'taxId', null, 'country', 'KE', 'address', null),
      'issuedAt', period_start, 'dueDate', '2026-03-31', 'paidAt', null, 'voidedAt', null, 'pdfUrl', 'http://localhost:3000/api/invoices/inv_' || invoice_id || '/pdf',
      'hostedUrl', null, 'notes', null, 'metadata', json_build_object(), 'createdAt', period_start, 'updatedAt', period_start) as invoice_body,
    json_build_object('id', 'sub_' || id, 'externalId', null, 'customerId', 'cust_' || customer_id, 'planId', 'plan_' || plan_id, 'status', 'ACTIVE',
      'currency', currency, 'quantity', 1, 'currentPeriodStart', period_start, 'currentPeriodEnd', period_end, 'trialStart', null, 'trialEnd', null,
      'cancelAt', null, 'canceledAt', null, 'pausedAt', null, 'startedAt', period_start, 'pendingChange', null, 'nextInvoiceAt', period_end,
      'metadata', json_build_object(), 'createdAt', period_start, 'updatedAt', period_start) as subscription_body
  from due
), issued as (
  insert into invoices (environment_id, id, number, kind, customer_id, subscription_id, period_start, period_end, currency, status,
    subtotal_minor, discount_minor, tax_minor, total_minor, bill_to, issuer, issued_at, due_date, terms_days, terms_from, overdue_at, on_test_clock, metadata, created_at, updated_at)
  select environment_id, invoice_id, 'INV-2026-' || lpad(place::text, 6, '0'), 'CYCLE', customer_id, id, period_start, period_end, currency, 'PENDING',
    amount, 0, 0, amount, json_build_object('name', customer_name, 'email', email, 'taxId', null, 'country', 'KE', 'address', null, 'locale', null, 'timezone', 'UTC')::jsonb,
    json_build_object('name', company_name, 'email', null, 'taxId', null, 'country', 'KE', 'address', null, 'footer', null, 'brandColor', null)::jsonb,
    period_start, '2026-03-31', 30, 'DEFAULT', '2026-04-01T00:00:00Z', false, '{}', period_start, period_start
  from bodies
), lined as (
  insert into invoice_lines (environment_id, invoice_id, id, position, type, description, quantity, unit_amount, amount_minor, discount_minor, period_start, period_end, derivation, deferral)
  select environment_id, invoice_id, gen_random_uuid(), 0, 'PLAN', plan_name, 1, amount / 100.0, amount, 0, period_start, period_end,
    json_build_object('zone', 'UTC', 'unit', 'PERIOD', 'share', json_build_array('1', '1'), 'exact', json_build_array(amount::text, '1'),
      'wholeFrom', period_start, 'wholeTo', period_end), 'NEW' from bodies
), posted as (
  insert into ledger_entries (environment_id, transaction_id, account, currency, amount_minor, document_kind, document_id, occurred_at)
  select environment_id, invoice_id, side.account, currency, side.sign * amount, 'INVOICE', invoice_id, period_start
  from bodies, (values ('receivable', 1), ('deferred_revenue', -1)) as side (account, sign)
), announced as (
  insert into events (environment_id, id, type, resource_id, body, occurred_at)
  select environment_id, gen_random_uuid(), kind.type, case when kind.of_invoice then invoice_id else id end,
    case when kind.of_invoice then invoice_body else subscription_body end, period_start
  from bodies, (values ('subscription.renewed', false), ('invoice.created', true), ('invoice.finalized', true)) as kind (type, of_invoice)
)
update subscriptions s
set period_index = s.period_index + 1, current_period_start = due.period_start, current_period_end = due.period_end,
  due_at = due.period_end, updated_at = due.period_start
from due where s.environment_id = due.environment_id and s.id = due.id`
