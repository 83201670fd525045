import { aggregations } from '@novabilling/core/usage'
import {
  type RowOf,
  boolean,
  command,
  instant,
  json,
  nullable,
  oneOf,
  statement,
  text,
  uuid,
} from '../../db/statement.ts'

/** A property by whose values usage is kept apart. */
export type MetricFilter = { readonly key: string; readonly values: readonly string[] }

export const metricColumns = {
  id: uuid,
  name: text,
  code: text,
  description: nullable(text),
  aggregation_type: oneOf(...aggregations),
  field_name: nullable(text),
  recurring: boolean,
  filters: json<readonly MetricFilter[]>(),
  created_at: instant,
  updated_at: instant,
}
export type MetricRow = RowOf<typeof metricColumns>

export const metricSelect = Object.keys(metricColumns).join(', ')

export const metricById = statement(
  'metrics.by_id',
  `select ${metricSelect} from billable_metrics
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null`,
  metricColumns,
)
export const lockMetric = statement(
  'metrics.lock',
  `select ${metricSelect} from billable_metrics
   where environment_id = $1::uuid and id = $2::uuid and archived_at is null for no key update`,
  metricColumns,
)
export const metricsByCodes = statement(
  'metrics.by_codes',
  `select ${metricSelect} from billable_metrics
   where environment_id = $1::uuid and code = any($2::text[]) and archived_at is null`,
  metricColumns,
)
export const metricsByIds = statement(
  'metrics.by_ids',
  `select ${metricSelect} from billable_metrics where environment_id = $1::uuid and id = any($2::uuid[])`,
  metricColumns,
)
export const insertMetric = command(
  'metrics.insert',
  `insert into billable_metrics (environment_id, id, name, code, description, aggregation_type, field_name, recurring,
     filters, created_at, updated_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)`,
)
export const saveMetric = command(
  'metrics.save',
  `update billable_metrics set name = $3, description = $4, filters = $5, updated_at = $6
   where environment_id = $1::uuid and id = $2::uuid`,
)
export const archiveMetric = command(
  'metrics.archive',
  `update billable_metrics set archived_at = $3, updated_at = $3 where environment_id = $1::uuid and id = $2::uuid`,
)
/** Whether a plan charges for a metric, or does not any more while subscriptions keep the charge that they took. */
export const metricIsCharged = statement(
  'metrics.is_charged',
  `select exists (
     select from charges c
     where c.environment_id = $1::uuid and c.billable_metric_id = $2::uuid
       and (c.archived_at is null or exists (
         select from subscriptions s
         join lateral (
           select v.removed from charge_versions v
           where v.environment_id = c.environment_id and v.charge_id = c.id and (v.revision <= s.charges_revision
             or (v.moves_existing and v.created_at < coalesce(s.current_period_start, 'infinity')))
           order by v.revision desc limit 1
         ) v on not v.removed
         where s.environment_id = c.environment_id and s.plan_id = c.plan_id and s.status <> 'CANCELED'
       ))
   ) as charged`,
  { charged: boolean },
)
export const metricHasCounted = statement(
  'metrics.has_counted',
  `select exists (select from usage_buckets where environment_id = $1::uuid and metric_id = $2::uuid) as counted`,
  { counted: boolean },
)
