import {
  type RowOf,
  bigint,
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
import { billingIntervals } from './schema.ts'

/** A price as it is read with its plan. The amount is text, for JSON has no integers of 64 bits. */
export type PriceOfPlan = { readonly id: string; readonly currency: string; readonly minor: string }

export const planColumns = {
  id: uuid,
  name: text,
  code: text,
  description: nullable(text),
  billing_interval: oneOf(...billingIntervals),
  interval_count: integer,
  billing_timing: oneOf('IN_ADVANCE', 'IN_ARREARS'),
  features: textArray,
  trial_days: integer,
  net_payment_terms: nullable(integer),
  is_active: boolean,
  metadata: json<Record<string, string | number | boolean>>(),
  created_at: instant,
  updated_at: instant,
  prices: json<readonly PriceOfPlan[]>(),
}
export type PlanRow = RowOf<typeof planColumns>

const { prices: _prices, ...ownColumns } = planColumns

export const planSelect = `${Object.keys(ownColumns).join(', ')},
  (select coalesce(
     json_agg(json_build_object('id', p.id, 'currency', p.currency, 'minor', p.amount_minor::text) order by p.currency),
     '[]')
   from prices p
   where p.environment_id = plans.environment_id and p.plan_id = plans.id and p.archived_at is null) as prices`

export const planById = statement(
  'catalog.plan_by_id',
  `select ${planSelect} from plans where environment_id = $1::uuid and id = $2::uuid`,
  planColumns,
)

export const lockPlan = statement(
  'catalog.lock_plan',
  `select id from plans where environment_id = $1::uuid and id = $2::uuid for no key update`,
  { id: uuid },
)

export const insertPlan = command(
  'catalog.insert_plan',
  `insert into plans (environment_id, id, name, code, description, billing_interval, interval_count, billing_timing,
     features, trial_days, net_payment_terms, is_active, metadata, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, true, $12, $13, $13)`,
)

export const savePlan = command(
  'catalog.save_plan',
  `update plans
   set name = $3, description = $4, features = $5, is_active = $6, net_payment_terms = $7, metadata = $8, updated_at = $9
   where environment_id = $1::uuid and id = $2::uuid`,
)

export const deletePrices = command(
  'catalog.delete_prices',
  `delete from prices where environment_id = $1::uuid and plan_id = $2::uuid`,
)
export const deletePlan = command(
  'catalog.delete_plan',
  `delete from plans where environment_id = $1::uuid and id = $2::uuid`,
)

export const isSubscribed = statement(
  'catalog.is_subscribed',
  `select exists (select from subscriptions where environment_id = $1::uuid and plan_id = $2::uuid) as used`,
  { used: boolean },
)

export const insertPrices = command(
  'catalog.insert_prices',
  `insert into prices (environment_id, id, plan_id, currency, amount_minor, created_at)
   select $1::uuid, u.id, $2::uuid, u.currency, u.amount_minor, $6::timestamptz
   from unnest($3::uuid[], $4::text[], $5::bigint[]) as u (id, currency, amount_minor)`,
)

export const lockPrice = statement(
  'catalog.lock_price',
  `select id, currency, amount_minor from prices
   where environment_id = $1::uuid and plan_id = $2::uuid and id = $3::uuid and archived_at is null
   for no key update`,
  { id: uuid, currency: text, amount_minor: bigint },
)

/** Subscriptions keep the price they were made with, so it stays in the table. */
export const retirePrice = command(
  'catalog.retire_price',
  `update prices set archived_at = $3::timestamptz where environment_id = $1::uuid and id = $2::uuid`,
)

export const touchPlan = command(
  'catalog.touch_plan',
  `update plans set updated_at = $3::timestamptz where environment_id = $1::uuid and id = $2::uuid`,
)
