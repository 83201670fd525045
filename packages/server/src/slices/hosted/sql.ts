import {
  bigint,
  boolean,
  integer,
  instantText,
  nullable,
  oneOf,
  statement,
  text,
  textArray,
  uuid,
} from '../../db/statement.ts'

/** Who bills, as a customer sees it. */
export const companyOf = statement(
  'hosted.company',
  `select company_name, settings->>'brandColor' as brand_color, logo_digest,
     coalesce((settings->'portal'->>'cancel')::boolean, false) as may_cancel,
     settings->'portal'->>'returnUrl' as return_url,
     array(select jsonb_array_elements_text(settings->'portal'->'plans')) as plans
   from tenants where id = $1::uuid`,
  {
    company_name: text,
    brand_color: nullable(text),
    logo_digest: nullable(text),
    may_cancel: boolean,
    return_url: nullable(text),
    plans: textArray,
  },
)

/** What a customer has now, and what ended within the last 90 days. $3: the environment's or the real time. */
export const subscriptionsOfPortal = statement(
  'hosted.subscriptions',
  `select s.id, s.plan_id, p.name as plan_name, s.status, s.currency, s.quantity, c.amount_minor, p.billing_interval,
     p.interval_count, s.timezone, s.current_period_end, s.trial_end, s.cancel_at, n.name as pending_name, s.pending_at
   from subscriptions s
   join plans p on p.environment_id = s.environment_id and p.id = s.plan_id
   join prices c on c.environment_id = s.environment_id and c.id = s.price_id
   left join plans n on n.environment_id = s.environment_id and n.id = s.pending_plan_id
   where s.environment_id = $1::uuid and s.customer_id = $2::uuid
     and (s.status <> 'CANCELED' or s.canceled_at > $3::timestamptz - interval '90 days')
   order by s.status = 'CANCELED', s.created_at desc, s.id
   limit 100`,
  {
    id: uuid,
    plan_id: uuid,
    plan_name: text,
    status: oneOf('TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED'),
    currency: text,
    quantity: integer,
    amount_minor: bigint,
    billing_interval: oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'),
    interval_count: integer,
    timezone: text,
    current_period_end: nullable(instantText),
    trial_end: nullable(instantText),
    cancel_at: nullable(instantText),
    pending_name: nullable(text),
    pending_at: nullable(instantText),
  },
)

/** Plans of these codes that are sold, in every currency, at the prices of a customer: its own where it has any. */
export const plansOfPortal = statement(
  'hosted.plans',
  `select p.id, p.name, p.description, p.features, c.currency, c.amount_minor, p.billing_interval, p.interval_count
   from plans p
   join prices c on c.environment_id = p.environment_id and c.plan_id = p.id and c.archived_at is null
     and (c.customer_id = $3::uuid or (c.customer_id is null and not exists (
       select from prices o
       where o.environment_id = p.environment_id and o.plan_id = p.id and o.customer_id = $3::uuid
         and o.currency = c.currency and o.archived_at is null
     )))
   where p.environment_id = $1::uuid and p.code = any($2::text[]) and p.is_active
   order by array_position($2::text[], p.code), c.currency`,
  {
    id: uuid,
    name: text,
    description: nullable(text),
    features: textArray,
    currency: text,
    amount_minor: bigint,
    billing_interval: oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'),
    interval_count: integer,
  },
)

/** What a customer owes, by currency, and when the next invoice comes. $3: real time. */
export const outstandingOf = statement(
  'hosted.outstanding',
  `select i.currency, sum(i.total_minor - i.paid_minor - i.credited_minor)::bigint as due_minor, count(*)::integer as invoices,
     coalesce(sum(i.total_minor - i.paid_minor - i.credited_minor) filter (
       where i.due_date < (coalesce(e.clock_now, $3::timestamptz) at time zone (i.bill_to->>'timezone'))::date
     ), 0)::bigint as overdue_minor
   from invoices i
   join environments e on e.id = i.environment_id
   where i.environment_id = $1::uuid and i.customer_id = $2::uuid and i.status in ('PENDING', 'FAILED')
   group by i.currency
   order by i.currency`,
  { currency: text, due_minor: bigint, invoices: integer, overdue_minor: bigint },
)
export const nextInvoiceOf = statement(
  'hosted.next_invoice',
  `select min(due_at) as at from subscriptions
   where environment_id = $1::uuid and customer_id = $2::uuid and status in ('TRIALING', 'ACTIVE', 'PAST_DUE')
     and cancel_at is null`,
  { at: nullable(instantText) },
)

/** The environment's own time. $2: real time. */
export const timeOf = statement(
  'hosted.time',
  `select coalesce(clock_now, $2::timestamptz) as now from environments where id = $1::uuid`,
  { now: instantText },
)

/** Charges to a saved method that have no outcome yet. */
export const chargesUnderWay = statement(
  'hosted.charges_under_way',
  `select id from payments
   where environment_id = $1::uuid and invoice_id = $2::uuid and status in ('PENDING', 'PROCESSING', 'UNKNOWN')`,
  { id: uuid },
)
