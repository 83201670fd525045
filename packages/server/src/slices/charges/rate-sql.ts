import { boolean, integer, json, nullable, oneOf, statement, text, uuid } from '../../db/statement.ts'
import { type Filters, chargeModels, chargeTimings } from './schema.ts'
import type { StoredPrice } from './sql.ts'

export const chargeOfWindowColumns = {
  place: integer,
  id: uuid,
  metric_id: uuid,
  charge_model: oneOf(...chargeModels),
  billing_timing: oneOf(...chargeTimings),
  prorated: boolean,
  revision: integer,
  name: text,
  filters: json<Filters>(),
  price: nullable(json<StoredPrice>()),
}

/**
 * What windows of usage are charged by: of each charge of the plan the version that the subscription took with its plan,
 * or a later one that was applied to those that were there before the period began.
 */
export const chargesOfWindows = statement(
  'charges.of_windows',
  `select u.place::integer as place, c.id, c.billable_metric_id as metric_id, c.charge_model, c.billing_timing,
     c.prorated, v.revision,
     coalesce(v.display_name, m.name) as name, v.filters,
     (select p.value from jsonb_array_elements(v.prices) p where p.value->>'currency' = u.currency) as price
   from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::timestamptz[]) with ordinality
     as u (environment_id, plan_id, revision, currency, period_from, place)
   join charges c on c.environment_id = u.environment_id and c.plan_id = u.plan_id
   join billable_metrics m on m.environment_id = c.environment_id and m.id = c.billable_metric_id
   join lateral (
     select v.revision, v.display_name, v.filters, v.prices, v.removed from charge_versions v
     where v.environment_id = c.environment_id and v.charge_id = c.id
       and (v.revision <= u.revision or (v.moves_existing and v.created_at < u.period_from))
     order by v.revision desc limit 1
   ) v on not v.removed
   order by u.place, c.created_at, c.id`,
  chargeOfWindowColumns,
)

/** Whether a charge that new subscriptions of a plan have lacks a price in a currency. */
export const hasUnpriced = statement(
  'charges.has_unpriced',
  `select exists (
     select from charges c
     join lateral (
       select v.prices from charge_versions v
       where v.environment_id = c.environment_id and v.charge_id = c.id order by v.revision desc limit 1
     ) v on true
     where c.environment_id = $1::uuid and c.plan_id = $2::uuid and c.archived_at is null
       and not exists (select from jsonb_array_elements(v.prices) p where p.value->>'currency' = $3)
   ) as unpriced`,
  { unpriced: boolean },
)
