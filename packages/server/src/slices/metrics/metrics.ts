import { recurringAggregations } from '@novabilling/core/usage'
import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Page, containing, fragment, listPage } from '../../http/pages.ts'
import { parseId } from '../../ids.ts'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import { presentMetric } from './present.ts'
import type { BillableMetric, CreateMetric, ListMetrics, UpdateMetric } from './schema.ts'
import {
  type MetricFilter,
  type MetricRow,
  archiveMetric,
  insertMetric,
  lockMetric,
  metricById,
  metricColumns,
  metricHasCounted,
  metricIsCharged,
  metricSelect,
  saveMetric,
} from './sql.ts'

/** Makes a billable metric. Refuses a code that another has, and what its aggregation cannot count. */
export async function createMetric(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateMetric,
): Promise<BillableMetric> {
  const faults = filterFaults(input.filters ?? [])
  if (input.aggregationType === 'COUNT') {
    if (input.fieldName !== undefined)
      faults.push({ path: 'fieldName', message: 'COUNT counts events: leave it out' })
  } else if (input.fieldName === undefined) {
    faults.push({
      path: 'fieldName',
      message: `is required: the property that ${input.aggregationType} counts`,
    })
  }
  if (input.recurring && !recurringAggregations.includes(input.aggregationType)) {
    faults.push({ path: 'recurring', message: `must be one of ${recurringAggregations.join(', ')} to recur` })
  }
  if (faults.length > 0) throw invalid(...faults)
  const row: MetricRow = {
    id: deps.ids.next(),
    name: input.name,
    code: input.code,
    description: input.description ?? null,
    aggregation_type: input.aggregationType,
    field_name: input.fieldName ?? null,
    recurring: input.recurring ?? false,
    filters: input.filters ?? [],
    created_at: tx.now,
    updated_at: tx.now,
  }
  tx.defer(
    insertMetric(
      environmentId,
      row.id,
      row.name,
      row.code,
      row.description,
      row.aggregation_type,
      row.field_name,
      row.recurring,
      JSON.stringify(row.filters),
      row.created_at,
    ),
  )
  return presentMetric(row)
}

/** Changes what a metric is called; and its filters while it has counted nothing. What it counts never changes. */
export async function updateMetric(
  tx: Tx,
  environmentId: string,
  id: string,
  input: UpdateMetric,
): Promise<BillableMetric> {
  const faults = filterFaults(input.filters ?? [])
  if (faults.length > 0) throw invalid(...faults)
  const current = await lockById(tx, environmentId, id)
  if (input.filters !== undefined) {
    const [found] = await tx.query(metricHasCounted(environmentId, current.id))
    if (found?.counted) throw new Refusal('billable_metric_in_use')
  }
  const saved: MetricRow = {
    ...current,
    name: input.name ?? current.name,
    description: input.description === undefined ? current.description : input.description,
    filters: input.filters ?? current.filters,
    updated_at: tx.now,
  }
  tx.defer(
    saveMetric(
      environmentId,
      saved.id,
      saved.name,
      saved.description,
      JSON.stringify(saved.filters),
      saved.updated_at,
    ),
  )
  return presentMetric(saved)
}

/**
 * Retires a metric: it takes no more events and frees its code. What it has counted stays, and is billed. Refuses one that
 * a plan charges for, or a subscription keeps a charge for.
 */
export async function removeMetric(tx: Tx, environmentId: string, id: string): Promise<void> {
  const metric = await lockById(tx, environmentId, id)
  const [found] = await tx.query(metricIsCharged(environmentId, metric.id))
  if (found?.charged) throw new Refusal('billable_metric_charged')
  tx.defer(archiveMetric(environmentId, metric.id, tx.now))
}

/** A billable metric by its id. */
export async function findMetric(
  reader: Pick<Reader, 'query'>,
  environmentId: string,
  id: string,
): Promise<MetricRow> {
  const stored = parseId('billableMetric', id)
  const [row] = stored === undefined ? [] : await reader.query(metricById(environmentId, stored))
  if (!row) throw new Refusal('billable_metric_not_found')
  return row
}

async function lockById(tx: Tx, environmentId: string, id: string): Promise<MetricRow> {
  const stored = parseId('billableMetric', id)
  const [row] = stored === undefined ? [] : await tx.query(lockMetric(environmentId, stored))
  if (!row) throw new Refusal('billable_metric_not_found')
  return row
}

/** A page of billable metrics, newest first. */
export function listMetrics(
  deps: Deps,
  reader: Reader,
  environmentId: string,
  query: ListMetrics,
): Promise<Page<BillableMetric>> {
  const where = [fragment`environment_id = ${environmentId}::uuid`, fragment`archived_at is null`]
  if (query.search !== undefined) {
    const pattern = containing(query.search)
    where.push(fragment`(name ilike ${pattern} or code ilike ${pattern})`)
  }
  return listPage({
    deps,
    reader,
    name: 'metrics.all',
    from: 'billable_metrics',
    select: metricSelect,
    columns: metricColumns,
    where,
    sort: { by: 'createdAt', column: 'created_at', cast: 'timestamptz', descending: true },
    query,
    sortValue: (row) => row.created_at.toString(),
    present: presentMetric,
  })
}

function filterFaults(filters: readonly MetricFilter[]): Fault[] {
  const keys = filters.map(({ key }) => key)
  return keys.flatMap((key, index) =>
    keys.indexOf(key) < index
      ? [{ path: `filters[${index}].key`, message: 'is there twice: give its values together' }]
      : [],
  )
}
