import {
  type RowOf,
  bigint,
  boolean,
  command,
  instantText,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import { creditNoteColumns, creditNoteSelect } from '../credit-notes/index.ts'
import { invoiceColumns, invoiceSelect } from '../invoices/index.ts'
import { subscriptionStatuses } from './schema.ts'

/** What is charged for a stretch of a period when the period is over: so many units, at the price they had then. */
export type ArrearsTerms = {
  readonly name: string
  readonly priceMinor: string
  readonly quantity: number
  readonly from: string
}

/**
 * What a subscription has to pay for the period under way when it is over. Where a change within the period cut it,
 * each stretch before has its own part. Nothing at all: `parts` is empty and nothing is `open`.
 */
type Arrears = {
  readonly kind: 'CYCLE' | 'CHANGE' | 'RESTART'
  /** When it is invoiced, if it does not end before. */
  readonly at: string
  readonly parts: readonly (ArrearsTerms & {
    readonly to: string
    readonly share: readonly [numerator: string, denominator: string]
  })[]
  readonly open: ArrearsTerms | null
}

export const subscriptionColumns = {
  id: uuid,
  external_id: nullable(text),
  customer_id: uuid,
  plan_id: uuid,
  price_id: uuid,
  status: oneOf(...subscriptionStatuses),
  currency: text,
  quantity: integer,
  timezone: text,
  billing_anchor: oneOf('ANNIVERSARY', 'CALENDAR'),
  anchored_at: instantText,
  period_index: integer,
  current_period_start: nullable(instantText),
  current_period_end: nullable(instantText),
  trial_start: nullable(instantText),
  trial_end: nullable(instantText),
  started_at: instantText,
  cancel_at: nullable(instantText),
  canceled_at: nullable(instantText),
  cancel_reason: nullable(text),
  paused_at: nullable(instantText),
  resume_at: nullable(instantText),
  pause_credited: boolean,
  ends_at: nullable(instantText),
  pending_plan_id: nullable(uuid),
  pending_price_id: nullable(uuid),
  pending_quantity: nullable(integer),
  pending_at: nullable(instantText),
  arrears: nullable(json<Arrears>()),
  billed_elsewhere_to: nullable(instantText),
  payment_method_id: nullable(uuid),
  metadata: json<Record<string, string | number | boolean>>(),
  charges_revision: integer,
  due_at: nullable(instantText),
  on_test_clock: boolean,
  created_at: instantText,
  updated_at: instantText,
}
export type SubscriptionRow = RowOf<typeof subscriptionColumns>

export const subscriptionSelect = Object.keys(subscriptionColumns).join(', ')

/** A subscription with all that billing it takes. */
export const dueColumns = {
  environment_id: uuid,
  ...subscriptionColumns,
  attempt: integer,
  parked_reason: nullable(text),
  plan_name: text,
  /** Above zero where the plan ever charged for usage, or one did that the subscription had before. */
  plan_charges_revision: integer,
  billing_interval: oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'),
  interval_count: integer,
  billing_timing: oneOf('IN_ADVANCE', 'IN_ARREARS'),
  price_minor: bigint,
  commitment_minor: nullable(bigint),
  next_price_id: nullable(uuid),
  next_price_minor: nullable(bigint),
  next_commitment_minor: nullable(bigint),
  next_price_from: nullable(instantText),
  net_payment_terms: nullable(integer),
  terms_from: nullable(oneOf('CUSTOMER', 'PLAN')),
  plan_grace_days: nullable(integer),
  customer_name: nullable(text),
  customer_email: nullable(text),
  customer_tax_id: nullable(text),
  customer_country: nullable(text),
  customer_address: nullable(json<Record<string, string>>()),
  customer_locale: nullable(text),
  customer_timezone: text,
}
export type DueRow = RowOf<typeof dueColumns>

/** The minimum commitment that comes with a price: a customer's own, or else that of the plan in the currency. */
function commitmentWith(price: string): string {
  return `coalesce(${price}.commitment_minor, case when l.minimum_commitment <> '[]' then (
       select (m.value->>'minor')::bigint from jsonb_array_elements(l.minimum_commitment) m
       where m.value->>'currency' = s.currency
     ) end)`
}

/** Selects the due rows behind a locking query: its rows are the newest, where a second read might be older. */
export function withBillingFacts(locked: string): string {
  return `with due as materialized (${locked})
   select ${Object.keys(subscriptionColumns)
     .map((name) => `s.${name}`)
     .join(', ')}, s.environment_id, s.attempt, s.parked_reason,
     l.name as plan_name, case when l.charges_revision = 0 and exists (
       select from usage_closings k where k.environment_id = s.environment_id and k.subscription_id = s.id
     ) then 1 else l.charges_revision end as plan_charges_revision, l.billing_interval, l.interval_count, l.billing_timing, p.amount_minor as price_minor,
     ${commitmentWith('p')} as commitment_minor,
     n.id as next_price_id, n.amount_minor as next_price_minor, ${commitmentWith('n')} as next_commitment_minor,
     coalesce(s.next_price_from, p.succeeded_at) as next_price_from,
     coalesce(c.net_payment_terms, l.net_payment_terms) as net_payment_terms,
     case when c.net_payment_terms is not null then 'CUSTOMER' when l.net_payment_terms is not null then 'PLAN' end as terms_from,
     l.invoice_grace_days as plan_grace_days, c.name as customer_name,
     c.email as customer_email, c.tax_id as customer_tax_id, c.country as customer_country,
     c.address as customer_address, c.locale as customer_locale, c.timezone as customer_timezone
   from due s
   join plans l on l.environment_id = s.environment_id and l.id = s.plan_id
   join prices p on p.environment_id = s.environment_id and p.id = s.price_id
   left join prices n on n.environment_id = s.environment_id and n.id = coalesce(s.next_price_id, p.successor_id)
   join customers c on c.environment_id = s.environment_id and c.id = s.customer_id
   order by s.due_at, s.id`
}

/** Why one is set aside that nobody may try to bill in passing: it could end the next process too. */
export const killedReason = 'a process ended while it was billing this'

export const lockedColumns = `environment_id, attempt, parked_reason, next_price_id, next_price_from, ${subscriptionSelect}`

export const lockSubscriptionsByIds = statement(
  'subscriptions.lock_by_ids',
  withBillingFacts(
    `select ${lockedColumns} from subscriptions where environment_id = $1::uuid and id = any($2::uuid[])
     order by id for no key update`,
  ),
  dueColumns,
)

/** Those of a customer that are in a period, as they are. */
export const inPeriodOfCustomer = statement(
  'subscriptions.in_period_of_customer',
  withBillingFacts(
    `select ${lockedColumns} from subscriptions
     where environment_id = $1::uuid and customer_id = $2::uuid and status <> 'CANCELED'
       and current_period_end is not null`,
  ),
  dueColumns,
)

export const subscriptionById = statement(
  'subscriptions.by_id',
  `select ${subscriptionSelect} from subscriptions where environment_id = $1::uuid and id = $2::uuid`,
  subscriptionColumns,
)

/** Those of a customer that have not ended, or of which late usage may still come. */
export const openOfCustomer = statement(
  'subscriptions.open_of_customer',
  `select id, status = 'CANCELED' as has_ended from subscriptions
   where environment_id = $1::uuid and customer_id = $2::uuid and (status <> 'CANCELED' or due_at is not null)
   order by id`,
  { id: uuid, has_ended: boolean },
)

/** Whether the environment's clock is moved by hand. */
export const clockOfEnvironment = statement(
  'subscriptions.clock_of_environment',
  `select clock_now is not null as is_frozen from environments where id = $1::uuid`,
  { is_frozen: boolean },
)

export const methodOfCustomer = statement(
  'subscriptions.method_of_customer',
  `select id from payment_methods
   where environment_id = $1::uuid and customer_id = $2::uuid and id = $3::uuid and archived_at is null`,
  { id: uuid },
)

export const insertSubscription = command(
  'subscriptions.insert',
  `insert into subscriptions (environment_id, id, external_id, customer_id, plan_id, price_id, status, currency,
     quantity, timezone, billing_anchor, anchored_at, period_index, trial_start, trial_end, started_at, ends_at,
     payment_method_id, metadata, due_at, on_test_clock, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, -1, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
)

export const saveSubscriptions = command(
  'subscriptions.save',
  `update subscriptions s
   set status = u.status, period_index = u.period_index, current_period_start = u.current_period_start,
     current_period_end = u.current_period_end, cancel_at = u.cancel_at, canceled_at = u.canceled_at,
     cancel_reason = u.cancel_reason, due_at = u.due_at, updated_at = u.updated_at, attempt = 0, retry_at = null,
     parked_reason = null
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::timestamptz[], $6::timestamptz[],
     $7::timestamptz[], $8::timestamptz[], $9::text[], $10::timestamptz[], $11::timestamptz[])
     as u (environment_id, id, status, period_index, current_period_start, current_period_end, cancel_at, canceled_at,
       cancel_reason, due_at, updated_at)
   where s.environment_id = u.environment_id and s.id = u.id`,
)

export const saveElsewhere = command(
  'subscriptions.save_elsewhere',
  `update subscriptions set billed_elsewhere_to = $3 where environment_id = $1::uuid and id = $2::uuid`,
)

/** What the periods cost and are counted from, for those of a set in which that has changed. */
export const saveTerms = command(
  'subscriptions.save_terms',
  `update subscriptions s
   set plan_id = u.plan_id, price_id = u.price_id, quantity = u.quantity, anchored_at = u.anchored_at,
     trial_end = u.trial_end, paused_at = u.paused_at, resume_at = u.resume_at, pause_credited = u.pause_credited,
     pending_plan_id = u.pending_plan_id, pending_price_id = u.pending_price_id,
     pending_quantity = u.pending_quantity, pending_at = u.pending_at,
     arrears = nullif(u.arrears, 'null'),
     next_price_id = case when u.price_id = s.price_id then s.next_price_id end,
     next_price_from = case when u.price_id = s.price_id then s.next_price_from end,
     charges_revision = case when u.charges_revision > s.charges_revision then (
       select p.charges_revision from plans p where p.environment_id = u.environment_id and p.id = u.plan_id
     ) else s.charges_revision end
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::integer[], $6::timestamptz[], $7::timestamptz[],
     $8::timestamptz[], $9::timestamptz[], $10::boolean[], $11::uuid[], $12::uuid[], $13::integer[], $14::timestamptz[],
     $15::jsonb[], $16::integer[])
     as u (environment_id, id, plan_id, price_id, quantity, anchored_at, trial_end, paused_at, resume_at, pause_credited,
       pending_plan_id, pending_price_id, pending_quantity, pending_at, arrears, charges_revision)
   where s.environment_id = u.environment_id and s.id = u.id`,
)

const pendingColumns = {
  environment_id: uuid,
  id: uuid,
  plan_id: uuid,
  price_id: uuid,
  plan_name: text,
  billing_interval: oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'),
  interval_count: integer,
  billing_timing: oneOf('IN_ADVANCE', 'IN_ARREARS'),
  price_minor: bigint,
  commitment_minor: nullable(bigint),
  net_payment_terms: nullable(integer),
  plan_grace_days: nullable(integer),
}

/** The plans that these subscriptions are about to change to. */
export const pendingPlans = statement(
  'subscriptions.pending_plans',
  `select s.environment_id, s.id, l.id as plan_id, p.id as price_id, l.name as plan_name, l.billing_interval,
     l.interval_count, l.billing_timing, p.amount_minor as price_minor, l.net_payment_terms,
     ${commitmentWith('p')} as commitment_minor,
     l.invoice_grace_days as plan_grace_days
   from unnest($1::uuid[], $2::uuid[]) as u (environment_id, id)
   join subscriptions s on s.environment_id = u.environment_id and s.id = u.id
   join plans l on l.environment_id = s.environment_id and l.id = s.pending_plan_id
   join prices q on q.environment_id = s.environment_id and q.id = s.pending_price_id
   join prices p on p.environment_id = s.environment_id and p.id = coalesce(q.successor_id, q.id)`,
  pendingColumns,
)

/** Invoices that charge a subscription for the period under way, the latest first; not those that are no claim. */
export const invoicesOfPeriod = statement(
  'subscriptions.invoices_of_period',
  `select id from invoices
   where environment_id = $1::uuid and subscription_id = $2::uuid and period_start >= $3::timestamptz
     and period_end = $4::timestamptz and kind in ('CYCLE', 'CHANGE', 'RESTART')
     and status in ('DRAFT', 'PENDING', 'FAILED', 'PAID')
   order by created_at desc, id desc`,
  { id: uuid },
)

/** Invoices of a subscription with an id above another, and those that were drafts and are issued, in the order they were made. */
export const invoicesSince = statement(
  'subscriptions.invoices_since',
  `select ${invoiceSelect} from invoices
   where environment_id = $1::uuid and subscription_id = $2::uuid
     and (id > $3::uuid or (id = any($4::uuid[]) and status <> 'DRAFT'))
   order by id`,
  invoiceColumns,
)

export const creditNotesSince = statement(
  'subscriptions.credit_notes_since',
  `select ${creditNoteSelect} from credit_notes
   where environment_id = $1::uuid and subscription_id = $2::uuid and id > $3::uuid
   order by id`,
  creditNoteColumns,
)

/** What a customer has to spend in a currency. */
export const creditLeftOf = statement(
  'subscriptions.credit_left',
  `select coalesce(sum(left_minor), 0)::bigint as minor from customer_credits
   where environment_id = $1::uuid and customer_id = $2::uuid and currency = $3 and left_minor > 0`,
  { minor: bigint },
)

export const saveProfile = command(
  'subscriptions.save_profile',
  `update subscriptions set payment_method_id = $3, metadata = $4, updated_at = $5
   where environment_id = $1::uuid and id = $2::uuid`,
)

export const countActive = command(
  'subscriptions.count_active',
  `update customers c
   set active_subscriptions = c.active_subscriptions + u.delta
   from (
     select v.environment_id, v.id, sum(v.delta)::integer as delta
     from unnest($1::uuid[], $2::uuid[], $3::integer[]) as v (environment_id, id, delta)
     group by v.environment_id, v.id
   ) u
   where c.environment_id = u.environment_id and c.id = u.id`,
)

/** Those of these subscriptions that have an invoice whose collection failed. */
export const withFailedInvoice = statement(
  'subscriptions.with_failed_invoice',
  `select distinct subscription_id as id from invoices
   where environment_id = $1::uuid and subscription_id = any($2::uuid[]) and status = 'FAILED'`,
  { id: nullable(uuid) },
)

/** The ways to pay of a customer that is archived: nothing is charged to them any more, and what they say is erased. */
export const forgetMethods = command(
  'subscriptions.forget_methods',
  `update payment_methods
   set archived_at = coalesce(archived_at, $3::timestamptz), is_default = false, token_sealed = '', phone = null, last4 = null
   where environment_id = $1::uuid and customer_id = $2::uuid`,
)
