import {
  type RowOf,
  boolean,
  command,
  instant,
  integer,
  json,
  nullable,
  oneOf,
  statement,
  text,
  textArray,
  uuid,
} from '../../db/statement.ts'

/** A price as it travels inside its plan's row. */
export type PlanPrice = { id: string; currency: string; amount_minor: string; created_at: string }

/** The least that a period costs in a currency, in minor units. */
export type AmountIn = { readonly currency: string; readonly minor: string }

const storedColumns = {
  id: uuid,
  name: text,
  code: text,
  description: nullable(text),
  billing_interval: oneOf('HOURLY', 'DAILY', 'WEEKLY', 'MONTHLY', 'QUARTERLY', 'YEARLY'),
  interval_count: integer,
  billing_timing: oneOf('IN_ADVANCE', 'IN_ARREARS'),
  features: textArray,
  trial_days: integer,
  net_payment_terms: nullable(integer),
  invoice_grace_days: nullable(integer),
  minimum_commitment: json<readonly AmountIn[]>(),
  progressive_threshold: json<readonly AmountIn[]>(),
  is_active: boolean,
  metadata: json<Record<string, string | number | boolean>>(),
  created_at: instant,
  updated_at: instant,
}
export const planColumns = { ...storedColumns, prices: json<PlanPrice[]>() }
export type PlanRow = RowOf<typeof planColumns>

/** Amounts travel as text: a JSON number would not hold every bigint. */
export const planSelect = `${Object.keys(storedColumns).join(', ')},
  (select coalesce(json_agg(json_build_object('id', p.id, 'currency', p.currency, 'amount_minor', p.amount_minor::text,
       'created_at', to_char(p.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by p.created_at, p.id), '[]')
   from prices p
   where p.environment_id = plans.environment_id and p.plan_id = plans.id and p.customer_id is null
     and p.archived_at is null) as prices`

export const planById = statement(
  'catalog.plan_by_id',
  `select ${planSelect} from plans where environment_id = $1::uuid and id = $2::uuid`,
  planColumns,
)
export const lockPlan = statement(
  'catalog.lock_plan',
  `select ${planSelect} from plans where environment_id = $1::uuid and id = $2::uuid for update`,
  planColumns,
)
export const insertPlan = command(
  'catalog.insert_plan',
  `insert into plans (environment_id, id, name, code, description, billing_interval, interval_count, billing_timing,
     features, trial_days, net_payment_terms, is_active, metadata, created_at, updated_at, invoice_grace_days,
     minimum_commitment, progressive_threshold, watches_usage)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true, $12, $13, $13, $14, $15, $16::jsonb, $16::jsonb <> '[]')`,
)
export const savePlan = command(
  'catalog.save_plan',
  `update plans
   set name = $3, description = $4, features = $5, is_active = $6, net_payment_terms = $7, metadata = $8, updated_at = $9,
     invoice_grace_days = $10
   where environment_id = $1::uuid and id = $2::uuid`,
)
export const insertPrices = command(
  'catalog.insert_prices',
  `insert into prices (environment_id, id, plan_id, currency, amount_minor, created_at)
   select $1::uuid, u.id, $2::uuid, u.currency, u.amount_minor, $6::timestamptz
   from unnest($3::uuid[], $4::text[], $5::bigint[]) as u (id, currency, amount_minor)`,
)
export const retirePrice = command(
  'catalog.retire_price',
  `update prices set archived_at = $4
   where environment_id = $1::uuid and plan_id = $2::uuid and id = $3::uuid and archived_at is null`,
)
/**
 * Subscriptions of a plan in a currency have a price from their next period on, whichever they have; not those with one
 * that is their customer's own, but those that are to have the plan's again.
 */
export const succeedPrices = command(
  'catalog.succeed_prices',
  `with succeeded as (
     update prices set successor_id = $4, succeeded_at = $5
     where environment_id = $1::uuid and plan_id = $2::uuid and currency = $3 and id <> $4::uuid and customer_id is null
   )
   update subscriptions s set next_price_id = $4
   from prices p
   where s.environment_id = $1::uuid and s.plan_id = $2::uuid and s.currency = $3 and s.next_price_id is not null
     and p.environment_id = s.environment_id and p.id = s.next_price_id and p.customer_id is null`,
)
/** The most units of a plan that a subscription in a currency has, or is about to have. */
export const mostUnits = statement(
  'catalog.most_units',
  `select coalesce(max(greatest(quantity, pending_quantity)), 0) as quantity from subscriptions
   where environment_id = $1::uuid and (plan_id = $2::uuid or pending_plan_id = $2::uuid) and currency = $3
     and status <> 'CANCELED'`,
  { quantity: integer },
)
export const planIsUsed = statement(
  'catalog.plan_is_used',
  `select exists (
     select from subscriptions where environment_id = $1::uuid and (plan_id = $2::uuid or pending_plan_id = $2::uuid)
   ) as used`,
  { used: boolean },
)
export const deletePrices = command(
  'catalog.delete_prices',
  `delete from prices where environment_id = $1::uuid and plan_id = $2::uuid`,
)
export const deleteCharges = command(
  'catalog.delete_charges',
  `with versions as (
     delete from charge_versions v using charges c
     where v.environment_id = $1::uuid and c.environment_id = v.environment_id and c.id = v.charge_id
       and c.plan_id = $2::uuid
   ), overrides as (
     delete from charge_overrides v using charges c
     where v.environment_id = $1::uuid and c.environment_id = v.environment_id and c.id = v.charge_id
       and c.plan_id = $2::uuid
   )
   delete from charges where environment_id = $1::uuid and plan_id = $2::uuid`,
)
export const deletePlan = command(
  'catalog.delete_plan',
  `with overrides as (
     delete from plan_overrides where environment_id = $1::uuid and plan_id = $2::uuid
   )
   delete from plans where environment_id = $1::uuid and id = $2::uuid`,
)
