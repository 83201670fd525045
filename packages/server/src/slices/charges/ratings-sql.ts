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
  uuid,
} from '../../db/statement.ts'
import { type Filters, chargeModels } from './schema.ts'
import type { StoredPrice } from './sql.ts'

/** A fraction of a minor unit: numerator and denominator, since JSON has no integers of any length. */
export type StoredFraction = readonly [numerator: string, denominator: string]

/** What windows are billed for, and the least that they cost. */
export const addRatings = command(
  'charges.add_ratings',
  `insert into usage_ratings (environment_id, subscription_id, window_from, charge_id, window_to, revision, currency,
     whole_from, whole_to, least, billed, credited, own_revision)
   select u.environment_id, u.subscription_id, u.window_from, u.charge_id, u.window_to, u.revision, u.currency,
     u.whole_from, u.whole_to, array[u.least_above, u.least_below], array[u.above, u.below], array[0, 1],
     u.own_revision
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::timestamptz[], $6::integer[], $7::text[],
     $8::timestamptz[], $9::timestamptz[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[],
     $14::integer[])
     as u (environment_id, subscription_id, window_from, charge_id, window_to, revision, currency, whole_from, whole_to,
       least_above, least_below, above, below, own_revision)`,
)

/** What has been billed and given back of windows by now. */
export const saveRatings = command(
  'charges.save_ratings',
  `update usage_ratings r
   set billed = array[u.above, u.below], credited = array[u.back_above, u.back_below]
   from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::numeric[], $6::numeric[], $7::numeric[],
     $8::numeric[]) as u (environment_id, subscription_id, window_from, charge_id, above, below, back_above, back_below)
   where r.environment_id = u.environment_id and r.subscription_id = u.subscription_id
     and r.window_from = u.window_from and r.charge_id = u.charge_id`,
)

const ratingColumns = {
  environment_id: uuid,
  subscription_id: uuid,
  window_from: instant,
  window_to: instant,
  charge_id: uuid,
  metric_id: uuid,
  charge_model: oneOf(...chargeModels),
  prorated: boolean,
  revision: integer,
  own_revision: nullable(integer),
  currency: text,
  whole_from: instant,
  whole_to: instant,
  name: text,
  filters: json<Filters>(),
  price: nullable(json<StoredPrice>()),
  least: json<StoredFraction>(),
  billed: json<StoredFraction>(),
  credited: json<StoredFraction>(),
}
export type RatingRow = RowOf<typeof ratingColumns>

const ratingSelect = `r.environment_id, r.subscription_id, r.window_from, r.window_to, c.id as charge_id,
     c.billable_metric_id as metric_id, c.charge_model, c.prorated, r.revision, r.own_revision, r.currency,
     r.whole_from, r.whole_to, coalesce(v.display_name, m.name) as name, v.filters,
     (select p.value from jsonb_array_elements(coalesce(o.prices, v.prices)) p
      where p.value->>'currency' = r.currency) as price,
     to_json(r.least::text[]) as least, to_json(r.billed::text[]) as billed, to_json(r.credited::text[]) as credited`
const ratingPrice = `join billable_metrics m on m.environment_id = c.environment_id and m.id = c.billable_metric_id
   join charge_versions v on v.environment_id = r.environment_id and v.charge_id = r.charge_id
     and v.revision = r.revision
   left join charge_overrides o on o.environment_id = r.environment_id and o.charge_id = r.charge_id
     and o.revision = r.own_revision`

/** What was billed of windows, by the charges of a metric each, with the price that they were billed by. */
export const ratingsOf = statement(
  'charges.ratings_of',
  `select ${ratingSelect}
   from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[])
     as u (environment_id, subscription_id, metric_id, window_from)
   join usage_ratings r on r.environment_id = u.environment_id and r.subscription_id = u.subscription_id
     and r.window_from = u.window_from
   join charges c on c.environment_id = r.environment_id and c.id = r.charge_id
     and c.billable_metric_id = u.metric_id
   ${ratingPrice}
   order by r.subscription_id, r.window_from, c.created_at, c.id`,
  ratingColumns,
)

/** What was billed of the windows of a plan within an interval of time, with their customers; so many at most. */
export const ratingsOfPlan = statement(
  'charges.ratings_of_plan',
  `select ${ratingSelect}, s.customer_id
   from charges c
   join usage_ratings r on r.environment_id = c.environment_id and r.charge_id = c.id
     and r.window_from >= $3::timestamptz and r.window_to <= $4::timestamptz
   join subscriptions s on s.environment_id = r.environment_id and s.id = r.subscription_id
   ${ratingPrice}
   where c.environment_id = $1::uuid and c.plan_id = $2::uuid
   order by r.subscription_id, r.window_from, c.created_at, c.id
   limit $5`,
  { ...ratingColumns, customer_id: uuid },
)
