import type { BillableMetric } from './types.ts'

/** What each aggregation counts, in words. */
export const aggregations: Readonly<Record<BillableMetric['aggregationType'], string>> = {
  COUNT: 'How many events',
  SUM: 'The sum of a property',
  MAX: 'The greatest value of a property',
  UNIQUE_COUNT: 'How many different values',
  LATEST: 'The latest value',
  WEIGHTED_SUM: 'A running sum, weighted by time',
}
