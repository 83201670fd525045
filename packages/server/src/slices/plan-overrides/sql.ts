import {
  type RowOf,
  bigint,
  command,
  instant,
  instantText,
  integer,
  json,
  nullable,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'
import type { StoredPrice } from '../charges/index.ts'

/** A price of a customer as it travels inside its override, in minor units as text. */
type OwnPriceIn = {
  readonly id: string
  readonly currency: string
  readonly minor: string
  readonly commitment: string | null
}
type OwnChargeIn = { readonly id: string; readonly prices: readonly StoredPrice[] }

export const overrideColumns = {
  id: uuid,
  customer_id: uuid,
  plan_id: uuid,
  created_at: instant,
  updated_at: instant,
  prices: json<readonly OwnPriceIn[]>(),
  charges: json<readonly OwnChargeIn[]>(),
}
export type OverrideRow = RowOf<typeof overrideColumns>

/** With the prices that hold now, and those of the newest versions of its charges. */
export const overrideSelect = `id, customer_id, plan_id, created_at, updated_at,
  (select coalesce(json_agg(json_build_object('id', p.id, 'currency', p.currency, 'minor', p.amount_minor::text,
       'commitment', p.commitment_minor::text) order by p.currency), '[]')
   from prices p
   where p.environment_id = plan_overrides.environment_id and p.plan_id = plan_overrides.plan_id
     and p.customer_id = plan_overrides.customer_id and p.archived_at is null) as prices,
  (select coalesce(json_agg(json_build_object('id', o.id, 'prices', o.prices) order by o.created_at, o.id), '[]')
   from (
     select distinct on (c.id) c.id, c.created_at, o.prices, o.removed
     from charge_overrides o
     join charges c on c.environment_id = o.environment_id and c.id = o.charge_id
     where o.environment_id = plan_overrides.environment_id and o.customer_id = plan_overrides.customer_id
       and c.plan_id = plan_overrides.plan_id
     order by c.id, o.revision desc
   ) o
   where not o.removed) as charges`

export const overrideById = statement(
  'plan_overrides.by_id',
  `select ${overrideSelect} from plan_overrides where environment_id = $1::uuid and id = $2::uuid`,
  overrideColumns,
)

export const insertOverride = command(
  'plan_overrides.insert',
  `insert into plan_overrides (environment_id, id, customer_id, plan_id, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $5)`,
)

export const touchOverride = command(
  'plan_overrides.touch',
  `update plan_overrides set updated_at = $3 where environment_id = $1::uuid and id = $2::uuid`,
)

export const deleteOverride = command(
  'plan_overrides.delete',
  `delete from plan_overrides where environment_id = $1::uuid and id = $2::uuid`,
)

/** Holds a plan's prices as they are until the commit; subscriptions may take it meanwhile. */
export const holdPlan = statement(
  'plan_overrides.hold_plan',
  `select id from plans where environment_id = $1::uuid and id = $2::uuid for no key update`,
  { id: uuid },
)

const ownPriceColumns = {
  id: uuid,
  currency: text,
  minor: bigint,
  commitment_minor: nullable(bigint),
  created_at: instantText,
}
export type OwnPriceRow = RowOf<typeof ownPriceColumns>

/** The prices of a plan that are a customer's own. */
export const ownPrices = statement(
  'plan_overrides.own_prices',
  `select id, currency::text as currency, amount_minor as minor, commitment_minor, created_at from prices
   where environment_id = $1::uuid and plan_id = $2::uuid and customer_id = $3::uuid and archived_at is null`,
  ownPriceColumns,
)

export const insertOwnPrices = command(
  'plan_overrides.insert_prices',
  `insert into prices (environment_id, id, plan_id, customer_id, currency, amount_minor, commitment_minor, created_at)
   select $1::uuid, u.id, $2::uuid, $3::uuid, u.currency, u.minor, u.commitment, $8::timestamptz
   from unnest($4::uuid[], $5::text[], $6::bigint[], $7::bigint[]) as u (id, currency, minor, commitment)`,
)

export const retireOwnPrices = command(
  'plan_overrides.retire_prices',
  `update prices set archived_at = $3::timestamptz where environment_id = $1::uuid and id = any($2::uuid[])`,
)

export const insertOwnCharges = command(
  'plan_overrides.insert_charges',
  `insert into charge_overrides (environment_id, charge_id, revision, customer_id, prices, moves_existing, removed,
     created_at)
   select $1::uuid, u.charge_id, $2::integer, $3::uuid, u.prices::jsonb, $6::boolean, u.prices = '[]', $7::timestamptz
   from unnest($4::uuid[], $5::text[]) as u (charge_id, prices)`,
)

/** The subscriptions of a customer that have a plan, or are about to, held until the commit. */
export const holdSubscriptions = statement(
  'plan_overrides.hold_subscriptions',
  `select currency::text as currency, greatest(quantity, pending_quantity) as most from subscriptions
   where environment_id = $1::uuid and customer_id = $2::uuid and (plan_id = $3::uuid or pending_plan_id = $3::uuid)
     and status <> 'CANCELED'
   order by id for no key update`,
  { currency: text, most: integer },
)

/** Subscriptions of a customer have a price of a plan from their next period on, or from when they change to the plan. */
export const moveSubscriptions = command(
  'plan_overrides.move_subscriptions',
  `update subscriptions s
   set next_price_id = case when s.plan_id <> $3::uuid then s.next_price_id
       when s.price_id <> u.price_id then u.price_id end,
     next_price_from = case when s.plan_id <> $3::uuid then s.next_price_from
       when s.price_id <> u.price_id then $6::timestamptz end,
     pending_price_id = case when s.pending_plan_id = $3::uuid then u.price_id else s.pending_price_id end
   from unnest($4::text[], $5::uuid[]) as u (currency, price_id)
   where s.environment_id = $1::uuid and s.customer_id = $2::uuid and s.currency = u.currency and s.status <> 'CANCELED'
     and (s.plan_id = $3::uuid or s.pending_plan_id = $3::uuid)`,
)

/** What the charges of a plan cost everyone, of those that are given. */
export const chargePricesOf = statement(
  'plan_overrides.charge_prices',
  `select c.id, v.prices
   from charges c
   join lateral (
     select v.prices from charge_versions v
     where v.environment_id = c.environment_id and v.charge_id = c.id order by v.revision desc limit 1
   ) v on true
   where c.environment_id = $1::uuid and c.id = any($2::uuid[]) and c.archived_at is null`,
  { id: uuid, prices: json<readonly StoredPrice[]>() },
)
