import type { Properties } from '@novabilling/core/price'
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
import { type Filters, chargeModels, chargeTimings } from './schema.ts'

/** A price as it is stored: decimals in major units, a minimum in minor ones. */
export type StoredPrice = {
  readonly currency: string
  readonly properties: Properties
  readonly minimum: string | null
}

export const chargeColumns = {
  id: uuid,
  plan_id: uuid,
  billable_metric_id: uuid,
  charge_model: oneOf(...chargeModels),
  billing_timing: oneOf(...chargeTimings),
  prorated: boolean,
  created_at: instant,
  revision: integer,
  display_name: nullable(text),
  prices: json<readonly StoredPrice[]>(),
  filters: json<Filters>(),
  updated_at: instant,
}
export type ChargeRow = RowOf<typeof chargeColumns>

/** A charge with its newest version. */
export const chargeSelect = Object.keys(chargeColumns).join(', ')
export const chargeSource = `(
    select c.environment_id, c.id, c.plan_id, c.billable_metric_id, c.charge_model, c.billing_timing, c.prorated,
      c.created_at,
      c.archived_at, v.revision, v.display_name, v.prices, v.filters, v.created_at as updated_at
    from charges c
    join lateral (
      select revision, display_name, prices, filters, created_at from charge_versions v
      where v.environment_id = c.environment_id and v.charge_id = c.id
      order by v.revision desc limit 1
    ) v on true
  ) as charges`

export const chargeById = statement(
  'charges.by_id',
  `select ${chargeSelect} from ${chargeSource}
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null`,
  chargeColumns,
)

/** Counts one more change of a plan's charges, and holds the plan until the commit. */
export const reviseCharges = statement(
  'charges.revise',
  `update plans set charges_revision = charges_revision + 1
   where environment_id = $1::uuid and id = $2::uuid
   returning charges_revision as revision`,
  { revision: integer },
)

export const insertCharge = command(
  'charges.insert',
  `insert into charges (environment_id, id, plan_id, billable_metric_id, charge_model, billing_timing,
     prorated, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)

/** From now on usage of the plan's subscriptions is looked at as it comes. */
export const watchPlan = command(
  'charges.watch_plan',
  `update plans set watches_usage = true where environment_id = $1::uuid and id = $2::uuid and not watches_usage`,
)

export const insertVersion = command(
  'charges.insert_version',
  `insert into charge_versions (environment_id, charge_id, revision, display_name, prices, filters, moves_existing,
     removed, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
)

export const archiveCharge = command(
  'charges.archive',
  `update charges set archived_at = $3::timestamptz where environment_id = $1::uuid and id = $2::uuid`,
)

/** Currencies of subscriptions that go on with a plan and may come to pay a change of its charges. */
export const currenciesInUse = statement(
  'charges.currencies_in_use',
  `select distinct currency::text as currency from subscriptions
   where environment_id = $1::uuid and plan_id = $2::uuid and status <> 'CANCELED'
   order by currency`,
  { currency: text },
)
