export { type Bucket, type Cuts, bucketOf } from './bucket.ts'
export { type QuantityFault, quantityOf } from './decimal.ts'
export {
  type Aggregation,
  type Totals,
  type Units,
  aggregations,
  recurringAggregations,
  unitsOf,
} from './units.ts'
