import type { Slice } from '../../http/route.ts'
import { routes } from './routes.ts'
import { BillableMetric } from './schema.ts'

export const metrics: Slice = {
  name: 'metrics',
  title: 'Billable metrics',
  description: 'What is counted of the usage that events report.',
  routes,
  schemas: [BillableMetric],
  constraints: { billable_metrics_code_key: 'billable_metric_code_taken' },
}

export { findMetric } from './metrics.ts'
export { type MetricRow, metricsByCodes, metricsByIds } from './sql.ts'
