import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { recordEvents } from '../../db/events.ts'
import { isoInstant } from '../../http/present.ts'
import { type Fault, Refusal, invalid } from '../../refusal.ts'
import { findPlan } from '../catalog/index.ts'
import { findCustomer } from '../customers/index.ts'
import { findMetric } from '../metrics/index.ts'
import {
  type CreateWallet,
  type MovedCredits,
  type WalletRow,
  insertWallet,
  presentWallet,
} from '../wallets/index.ts'
import { fill } from './fill.ts'
import { minorOf, readCredits, readDecimal, refuseMore } from './read.ts'

/**
 * Makes a wallet. What is given away is in it at once; what is bought is invoiced, and in it when that is paid. Refuses
 * an archived customer and credits that come to no amount of the currency.
 */
export async function createWallet(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: CreateWallet,
): Promise<MovedCredits> {
  const customer = await findCustomer(tx, environmentId, input.customerId)
  if (customer.status === 'ARCHIVED') throw new Refusal('customer_archived')
  const faults: Fault[] = []
  const rate = readDecimal('creditRate', input.creditRate ?? 1, faults) ?? '1'
  if (rate === '0') faults.push({ path: 'creditRate', message: 'must be above 0' })
  const unit = { currency: input.currency, rate }
  const paid = readCredits('paidCredits', input.paidCredits, unit, faults)
  const granted = readCredits('grantedCredits', input.grantedCredits, unit, faults)
  const rule = readRule(input.topUpRule, unit, faults)
  const expiresAt = readExpiry(input.expirationAt, tx, faults)
  if (faults.length > 0) throw invalid(...faults)
  const [planIds, metricIds] = await readLimits(tx, environmentId, input)
  const at = isoInstant(tx.now)
  const row: WalletRow = {
    id: deps.ids.next(),
    customer_id: customer.id,
    currency: input.currency,
    name: input.name ?? null,
    credit_rate: rate,
    priority: input.priority ?? 50,
    status: 'ACTIVE',
    balance_minor: 0n,
    expires_at: expiresAt,
    ...rule,
    plan_ids: planIds,
    metric_ids: metricIds,
    created_at: at,
    updated_at: at,
  }
  tx.defer(
    insertWallet(
      environmentId,
      row.id,
      row.customer_id,
      row.currency,
      row.name,
      row.credit_rate,
      row.priority,
      row.expires_at,
      row.top_up_threshold,
      row.top_up_threshold_minor,
      row.top_up_credits,
      row.created_at,
      row.plan_ids,
      row.metric_ids,
    ),
  )
  recordEvents(tx, deps, [{ type: 'wallet.created', resourceId: row.id, resource: presentWallet(row) }])
  return fill(deps, tx, environmentId, row, {
    paidMinor: paid?.minor ?? 0n,
    grantedMinor: granted?.minor ?? 0n,
  })
}

/** What a wallet pays for, by stored ids; null: no limit by plans, or by metrics. Refuses what there is not. */
async function readLimits(
  tx: Tx,
  environmentId: string,
  { appliesToPlanIds: plans, appliesToBillableMetricIds: metrics }: CreateWallet,
): Promise<[planIds: string[] | null, metricIds: string[] | null]> {
  const [planIds, metricIds] = [new Set<string>(), new Set<string>()]
  for (const id of plans ?? []) planIds.add((await findPlan(tx, environmentId, id)).id)
  for (const id of metrics ?? []) metricIds.add((await findMetric(tx, environmentId, id)).id)
  return [plans ? [...planIds] : null, metrics ? [...metricIds] : null]
}

type Rule = Pick<WalletRow, 'top_up_threshold' | 'top_up_threshold_minor' | 'top_up_credits'>

/** A rule as it is stored: null for none. */
export function readRule(
  rule: CreateWallet['topUpRule'] | null,
  unit: { currency: string; rate: string },
  faults: Fault[],
): Rule {
  const none = { top_up_threshold: null, top_up_threshold_minor: null, top_up_credits: null }
  if (!rule) return none
  const threshold = readDecimal('topUpRule.threshold', rule.threshold, faults)
  const bought = readCredits('topUpRule.credits', rule.credits, unit, faults)
  if (threshold === undefined || !bought) return none
  const thresholdMinor = minorOf(unit.currency, threshold, unit.rate)
  refuseMore('topUpRule.threshold', thresholdMinor, faults)
  return {
    top_up_threshold: threshold,
    top_up_threshold_minor: thresholdMinor,
    top_up_credits: bought.credits,
  }
}

/** When credits expire, as an instant that is still to come. */
export function readExpiry(value: string | null | undefined, tx: Tx, faults: Fault[]): string | null {
  if (value === null || value === undefined) return null
  const at = Temporal.Instant.from(value)
  if (Temporal.Instant.compare(at, tx.now) <= 0)
    faults.push({ path: 'expirationAt', message: 'must be in the future' })
  return isoInstant(at)
}
