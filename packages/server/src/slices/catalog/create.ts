import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { MoneyReader } from '../../http/money-input.ts'
import { invalid } from '../../refusal.ts'
import { presentPlan } from './present.ts'
import type { CreatePlan, Plan } from './schema.ts'
import { type PlanRow, insertPlan, insertPrices } from './sql.ts'

/**
 * Makes a plan with its prices. Refuses a code that another plan of the environment has, two prices in one
 * currency, and billing in arrears, which is not built yet.
 */
export function createPlan(deps: Deps, tx: Tx, environmentId: string, input: CreatePlan): Plan {
  const id = deps.ids.next()
  const row: PlanRow = {
    id,
    name: input.name,
    code: input.code,
    description: input.description ?? null,
    billing_interval: input.billingInterval,
    interval_count: input.intervalCount ?? 1,
    billing_timing: input.billingTiming ?? 'IN_ADVANCE',
    features: input.features ?? [],
    trial_days: input.trialDays ?? 0,
    net_payment_terms: input.netPaymentTerms ?? null,
    is_active: true,
    metadata: input.metadata ?? {},
    created_at: tx.now,
    updated_at: tx.now,
    prices: readPrices(deps, input),
  }
  tx.defer(
    insertPlan(
      environmentId,
      id,
      row.name,
      row.code,
      row.description,
      row.billing_interval,
      row.interval_count,
      row.billing_timing,
      row.features,
      row.trial_days,
      row.net_payment_terms,
      JSON.stringify(row.metadata),
      row.created_at,
    ),
  )
  const { prices } = row
  if (prices.length > 0) {
    tx.defer(
      insertPrices(
        environmentId,
        id,
        prices.map((price) => price.id),
        prices.map((price) => price.currency),
        prices.map((price) => price.minor),
        tx.now,
      ),
    )
  }
  return presentPlan(row)
}

function readPrices(deps: Deps, { prices = [], billingTiming }: CreatePlan): PlanRow['prices'] {
  const reader = new MoneyReader()
  if (billingTiming === 'IN_ARREARS') {
    reader.faults.push({ path: 'billingTiming', message: 'IN_ARREARS is not supported yet; use IN_ADVANCE' })
  }
  const seen = new Set<string>()
  const read = prices.map(({ currency, amount }, index) => {
    if (seen.has(currency)) {
      reader.faults.push({ path: `prices[${index}].currency`, message: `has a price already: ${currency}` })
    }
    seen.add(currency)
    const minor = reader.read(`prices[${index}].amount`, currency, amount)
    if (minor < 0n) reader.faults.push({ path: `prices[${index}].amount`, message: 'must be >= 0' })
    return { id: deps.ids.next(), currency, minor: String(minor) }
  })
  if (reader.faults.length > 0) throw invalid(...reader.faults)
  return read.toSorted((a, b) => (a.currency < b.currency ? -1 : 1))
}
