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
  own_revision: nullable(integer),
}

/**
 * What windows of usage are charged by: of each charge of the plan the version that the subscription took with its plan,
 * or a later one that was applied to those that were there before the period began. A price that is the customer's own
 * goes before that of the charge, and is told by its own revision.
 */
export const chargesOfWindows = statement(
  'charges.of_windows',
  `select u.place::integer as place, c.id, c.billable_metric_id as metric_id, c.charge_model, c.billing_timing,
     c.prorated, v.revision, coalesce(v.display_name, m.name) as name, v.filters, o.revision as own_revision,
     coalesce(
       o.price, (select p.value from jsonb_array_elements(v.prices) p where p.value->>'currency' = u.currency)
     ) as price
   from unnest($1::uuid[], $2::uuid[], $3::integer[], $4::text[], $5::timestamptz[], $6::uuid[]) with ordinality
     as u (environment_id, plan_id, revision, currency, period_from, customer_id, place)
   join charges c on c.environment_id = u.environment_id and c.plan_id = u.plan_id
   join billable_metrics m on m.environment_id = c.environment_id and m.id = c.billable_metric_id
   join lateral (
     select v.revision, v.display_name, v.filters, v.prices, v.removed from charge_versions v
     where v.environment_id = c.environment_id and v.charge_id = c.id
       and (v.revision <= u.revision or (v.moves_existing and v.created_at < u.period_from))
     order by v.revision desc limit 1
   ) v on not v.removed
   left join lateral (
     select o.revision, o.removed,
       (select p.value from jsonb_array_elements(o.prices) p where p.value->>'currency' = u.currency) as price
     from charge_overrides o
     where o.environment_id = c.environment_id and o.customer_id = u.customer_id and o.charge_id = c.id
       and (o.revision <= u.revision or (o.moves_existing and o.created_at < u.period_from))
     order by o.revision desc limit 1
   ) o on not o.removed and o.price is not null
   order by u.place, c.created_at, c.id`,
  chargeOfWindowColumns,
)

/** Whether a charge that new subscriptions of a plan have lacks a price in a currency, for a customer. */
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
       and not exists (
         select from (
           select o.prices, o.removed from charge_overrides o
           where o.environment_id = c.environment_id and o.customer_id = $4::uuid and o.charge_id = c.id
           order by o.revision desc limit 1
         ) o, jsonb_array_elements(o.prices) p
         where not o.removed and p.value->>'currency' = $3
       )
   ) as unpriced`,
  { unpriced: boolean },
)
