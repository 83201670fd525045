import {
  bigint,
  boolean,
  day,
  instant,
  integer,
  nullable,
  oneOf,
  statement,
  text,
} from '../../db/statement.ts'

const interval = oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY')

/** The currency and the zone of the tenant, and where the environment's clock stands; null: it follows real time. */
export const placeOfEnvironment = statement(
  'analytics.place_of_environment',
  `select t.currency, t.timezone, e.clock_now from tenants t
   join environments e on e.tenant_id = t.id and e.id = $2::uuid
   where t.id = $1::uuid`,
  { currency: text, timezone: text, clock_now: nullable(instant) },
)

/** The books' cash accounts by local day: what came in, what went out. $3 and $4: instants, or null. $5: the zone. $6: the accounts. */
export const cashByDay = statement(
  'analytics.cash_by_day',
  `select (occurred_at at time zone $5)::date as day,
     coalesce(sum(amount_minor) filter (where document_kind = 'PAYMENT'), 0)::bigint as received_minor,
     coalesce(-sum(amount_minor) filter (where document_kind = 'REFUND'), 0)::bigint as refunded_minor,
     count(*) filter (where document_kind = 'PAYMENT') as payments
   from ledger_entries
   where environment_id = $1::uuid and account = any ($6::text[]) and currency = $2
     and ($3::timestamptz is null or occurred_at >= $3::timestamptz)
     and ($4::timestamptz is null or occurred_at < $4::timestamptz)
   group by 1
   order by 1`,
  { day, received_minor: bigint, refunded_minor: bigint, payments: bigint },
)

/** What the running subscriptions pay a period, by length of period. */
export const runningByInterval = statement(
  'analytics.running_by_interval',
  `select pl.billing_interval, pl.interval_count, sum(pr.amount_minor * s.quantity)::bigint as period_minor
   from subscriptions s
   join plans pl on pl.environment_id = s.environment_id and pl.id = s.plan_id
   join prices pr on pr.environment_id = s.environment_id and pr.id = s.price_id
   where s.environment_id = $1::uuid and s.currency = $2 and s.status in ('ACTIVE', 'PAST_DUE')
   group by pl.billing_interval, pl.interval_count`,
  {
    billing_interval: interval,
    interval_count: integer,
    period_minor: bigint,
  },
)

/** What was earned, less what was credited, by local day. As `cashByDay`. */
export const earnedByDay = statement(
  'analytics.earned_by_day',
  `select (occurred_at at time zone $5)::date as day, (-sum(amount_minor))::bigint as earned_minor
   from ledger_entries
   where environment_id = $1::uuid and account = 'revenue' and currency = $2
     and ($3::timestamptz is null or occurred_at >= $3::timestamptz)
     and ($4::timestamptz is null or occurred_at < $4::timestamptz)
   group by 1
   order by 1`,
  { day, earned_minor: bigint },
)

/** How many subscriptions there are in each status, and how many the billing run has set aside. */
export const subscriptionsByStatus = statement(
  'analytics.subscriptions_by_status',
  `select status, count(*) as subscriptions, count(parked_reason) as parked
   from subscriptions where environment_id = $1::uuid group by status`,
  {
    status: oneOf('TRIALING', 'ACTIVE', 'PAST_DUE', 'PAUSED', 'CANCELED'),
    subscriptions: bigint,
    parked: bigint,
  },
)

/** Subscriptions that started and that ended, by local day. $2 and $3: instants, or null. $4: the zone. */
export const startedAndEnded = statement(
  'analytics.started_and_ended',
  `select (c.at at time zone $4)::date as day, sum(c.started)::bigint as started, sum(c.ended)::bigint as ended
   from (
     select started_at as at, 1 as started, 0 as ended from subscriptions where environment_id = $1::uuid
     union all
     select canceled_at, 0, 1 from subscriptions where environment_id = $1::uuid and status = 'CANCELED'
   ) c
   where ($2::timestamptz is null or c.at >= $2::timestamptz) and ($3::timestamptz is null or c.at < $3::timestamptz)
   group by 1
   order by 1`,
  { day, started: bigint, ended: bigint },
)

/** How many ran at an instant. */
export const runningAt = statement(
  'analytics.running_at',
  `select count(*) as running from subscriptions
   where environment_id = $1::uuid and started_at < $2::timestamptz
     and (status <> 'CANCELED' or canceled_at >= $2::timestamptz)`,
  { running: bigint },
)

/** Attempts at payments by local day, provider and how they ended. $3 and $4: instants, or null. $5: the zone. $6: a provider, or null. */
export const attemptsByDay = statement(
  'analytics.attempts_by_day',
  `select (created_at at time zone $5)::date as day, provider,
     case when status in ('SUCCEEDED', 'REFUNDED') then 'SUCCEEDED' when status = 'FAILED' then 'FAILED' else 'OPEN' end as ended,
     coalesce(failure_code, '') as failure_code, count(*) as payments, sum(amount_minor)::bigint as amount_minor
   from payments
   where environment_id = $1::uuid and currency = $2
     and ($3::timestamptz is null or created_at >= $3::timestamptz)
     and ($4::timestamptz is null or created_at < $4::timestamptz)
     and ($6::text is null or provider = $6)
   group by 1, 2, 3, 4
   order by 1, 2, 3, 4`,
  {
    day,
    provider: text,
    ended: oneOf('SUCCEEDED', 'FAILED', 'OPEN'),
    failure_code: text,
    payments: bigint,
    amount_minor: bigint,
  },
)

/** What is unpaid, by currency and by how many days it is overdue on a day: 0 for what is not yet. */
export const unpaidByAge = statement(
  'analytics.unpaid_by_age',
  `select currency,
     case when due_date is null or due_date >= $2::date then 0 when due_date >= $2::date - 30 then 1
       when due_date >= $2::date - 60 then 31 when due_date >= $2::date - 90 then 61 else 91 end as from_days,
     count(*) as invoices, sum(total_minor - paid_minor - credited_minor)::bigint as open_minor
   from invoices
   where environment_id = $1::uuid and status in ('PENDING', 'FAILED')
   group by 1, 2
   order by 1, 2`,
  { currency: text, from_days: integer, invoices: bigint, open_minor: bigint },
)

/** Subscriptions by the local month in which they started, and the one in which they ended. $2 and $4: from when to when. $3: the zone. */
export const startsByEnd = statement(
  'analytics.starts_by_end',
  `select date_trunc('month', started_at at time zone $3)::date as started,
     case when status = 'CANCELED' then date_trunc('month', canceled_at at time zone $3)::date end as ended,
     count(*) as subscriptions
   from subscriptions
   where environment_id = $1::uuid and started_at >= $2::timestamptz and started_at <= $4::timestamptz
   group by 1, 2
   order by 1, 2`,
  { started: day, ended: nullable(day), subscriptions: bigint },
)

/**
 * How what subscriptions are worth has changed up to an instant, by local month, and from which terms to which; what was
 * not running was worth nothing. $3: the instant. $4: the zone. $5 and $6: how many periods of an interval a year has.
 */
export const worthChanges = statement(
  'analytics.worth_changes',
  `select m.month, m.ran, m.runs, m.ever_ran,
     m.period_minor * m.periods * m.from_count > m.from_minor * m.from_periods * m.interval_count as grew,
     m.billing_interval, m.interval_count, sum(m.period_minor)::bigint as period_minor,
     m.from_interval, m.from_count, sum(m.from_minor)::bigint as from_minor
   from (
     select date_trunc('month', w.at at time zone $4)::date as month, w.runs, w.billing_interval, w.interval_count,
       w.period_minor::numeric, y.periods,
       coalesce(lag(w.runs) over s, false) as ran, coalesce(lag(w.billing_interval) over s, 'YEARLY') as from_interval,
       coalesce(lag(w.interval_count) over s, 1) as from_count, coalesce(lag(w.period_minor) over s, 0)::numeric as from_minor,
       coalesce(lag(y.periods) over s, 1) as from_periods,
       coalesce(bool_or(w.runs) over (s rows between unbounded preceding and 1 preceding), false) as ever_ran
     from subscription_worths w
     join unnest($5::text[], $6::bigint[]) as y (billing_interval, periods) on y.billing_interval = w.billing_interval
     where w.environment_id = $1::uuid and w.currency = $2 and w.at < $3::timestamptz
     window s as (partition by w.subscription_id order by w.at)
   ) m
   where m.ran or m.runs
   group by m.month, m.ran, m.runs, m.ever_ran, grew, m.billing_interval, m.interval_count, m.from_interval, m.from_count
   order by m.month`,
  {
    month: day,
    ran: boolean,
    runs: boolean,
    ever_ran: boolean,
    grew: boolean,
    billing_interval: interval,
    interval_count: integer,
    period_minor: bigint,
    from_interval: interval,
    from_count: integer,
    from_minor: bigint,
  },
)

/**
 * What was counted of a metric, by the local day of each subscription. $3 and $4: days, inclusive. $5: a subscription, or
 * null. $6: a customer, or null. A day begins at most a day before or after that of UTC.
 */
export const usageByDay = statement(
  'analytics.usage_by_day',
  `select (b.bucket_from at time zone s.timezone)::date as day, sum(b.events)::bigint as events,
     trim_scale(sum(b.total))::text as total, trim_scale(max(b.highest))::text as highest
   from usage_buckets b
   join subscriptions s on s.environment_id = b.environment_id and s.id = b.subscription_id
   where b.environment_id = $1::uuid and b.metric_id = $2::uuid
     and b.bucket_from >= ($3::date - 1)::timestamp at time zone 'UTC'
     and b.bucket_from < ($4::date + 2)::timestamp at time zone 'UTC'
     and (b.bucket_from at time zone s.timezone)::date between $3::date and $4::date
     and ($5::uuid is null or b.subscription_id = $5::uuid) and ($6::uuid is null or s.customer_id = $6::uuid)
   group by 1
   order by 1`,
  { day, events: bigint, total: text, highest: nullable(text) },
)
