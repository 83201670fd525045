import { bigint, day, integer, oneOf, statement, text } from '../../db/statement.ts'

export const tenantDefaults = statement(
  'analytics.tenant_defaults',
  `select currency, timezone from tenants where id = $1::uuid`,
  { currency: text, timezone: text },
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
    billing_interval: oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'),
    interval_count: integer,
    period_minor: bigint,
  },
)
