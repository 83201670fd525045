import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { type Fault, invalid } from '../../refusal.ts'
import { findPlan } from '../catalog/index.ts'
import { type MetricRow, findMetric } from '../metrics/index.ts'
import { presentCharge } from './present.ts'
import { readPrices } from './read-prices.ts'
import type { ApplyTo, Charge, CreateCharge, Filters } from './schema.ts'
import type { ChargeRow } from './sql.ts'
import { insertCharge, watchPlan } from './sql.ts'
import { storeVersion } from './version.ts'

/**
 * Makes a plan charge for the usage of a metric. Subscriptions that are there go on without it, unless it is applied to
 * them from their next period on.
 */
export async function createCharge(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateCharge,
  options: ApplyTo,
): Promise<Charge> {
  const plan = await findPlan(tx, environmentId, input.planId)
  const metric = await findMetric(tx, environmentId, input.billableMetricId)
  const filters = input.filters ?? []
  const { prices, faults } = readPrices(input.chargeModel, input.prices, { minAmount: input.minAmount })
  faults.push(...filterFaults(metric, filters))
  if (input.prorated) faults.push(...prorationFaults(metric, input))
  if (faults.length > 0) throw invalid(...faults)

  const row: ChargeRow = {
    id: deps.ids.next(),
    plan_id: plan.id,
    billable_metric_id: metric.id,
    charge_model: input.chargeModel,
    billing_timing: input.billingTiming ?? 'IN_ARREARS',
    prorated: input.prorated ?? false,
    created_at: tx.now,
    revision: 0,
    display_name: input.displayName ?? null,
    prices,
    filters,
    updated_at: tx.now,
  }
  tx.defer(
    insertCharge(
      environmentId,
      row.id,
      row.plan_id,
      row.billable_metric_id,
      row.charge_model,
      row.billing_timing,
      row.prorated,
      tx.now,
    ),
  )
  if (row.billing_timing === 'IN_ADVANCE') tx.defer(watchPlan(environmentId, plan.id))
  await storeVersion(tx, environmentId, row, { ...options, isRemoved: false })
  return presentCharge(row)
}

/** Filters name keys and values that the metric has, each key once. */
export function filterFaults(metric: MetricRow, filters: Filters): Fault[] {
  const faults: Fault[] = []
  const seen = new Set<string>()
  for (const [index, { key, values }] of filters.entries()) {
    const known = metric.filters.find((one) => one.key === key)
    if (!known || seen.has(key)) {
      faults.push({
        path: `filters[${index}].key`,
        message: known ? 'is there twice' : `is no key of the filters of ${metric.code}`,
      })
      continue
    }
    seen.add(key)
    for (const [place, value] of values.entries()) {
      if (!known.values.includes(value) || values.indexOf(value) !== place) {
        faults.push({
          path: `filters[${index}].values[${place}]`,
          message: known.values.includes(value)
            ? 'is there twice'
            : `is no value of ${key} in ${metric.code}`,
        })
      }
    }
  }
  return faults
}

function prorationFaults(metric: MetricRow, { chargeModel }: CreateCharge): Fault[] {
  const faults: Fault[] = []
  if (!metric.recurring)
    faults.push({ path: 'prorated', message: `needs a recurring metric, and ${metric.code} is none` })
  if (chargeModel === 'GRADUATED' && metric.aggregation_type !== 'SUM')
    faults.push({ path: 'prorated', message: 'is for GRADUATED over a SUM only' })
  if (chargeModel === 'PACKAGE' || chargeModel === 'PERCENTAGE')
    faults.push({ path: 'prorated', message: 'is for STANDARD, VOLUME and GRADUATED only' })
  return faults
}
