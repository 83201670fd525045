import { isoInstant } from '../../http/present.ts'
import { publicId } from '../../ids.ts'
import type { BillableMetric } from './schema.ts'
import type { MetricRow } from './sql.ts'

export function presentMetric(row: MetricRow): BillableMetric {
  return {
    id: publicId('billableMetric', row.id),
    name: row.name,
    code: row.code,
    description: row.description,
    aggregationType: row.aggregation_type,
    fieldName: row.field_name,
    recurring: row.recurring,
    filters: row.filters.map(({ key, values }) => ({ key, values: [...values] })),
    createdAt: isoInstant(row.created_at),
    updatedAt: isoInstant(row.updated_at),
  }
}
