import { type Ratio, exponentOf, fromDecimal, multiply, ratio } from '@novabilling/core/money'
import {
  type Priced,
  type Usage as PricedUsage,
  needsEachEvent,
  priceUsage,
  pricingOf,
} from '@novabilling/core/price'
import type { Tx } from '../../db/transaction.ts'
import { Refusal } from '../../refusal.ts'
import { type Usage, type UsageAsk, closeUsage, readUsage } from '../usage/index.ts'
import { amountsOfWindow, billedWithin, chargesOfWindows, hasUnpriced } from './rate-sql.ts'
import type { StoredPrice } from './sql.ts'

/** Usage of a subscription that is to be billed: of its period, up to an instant. Epoch milliseconds. */
export type UsageWindow = {
  readonly environmentId: string
  readonly subscriptionId: string
  readonly planId: string
  /** The revision of the plan's charges that it took with its plan. */
  readonly revision: number
  readonly currency: string
  readonly periodFrom: number
  readonly to: number
  /** Of the whole nominal period, which weighting by time goes by. */
  readonly wholeMs: number
}

/** What a charge comes to over `[from, to)`: exactly, in minor units. */
export type RatedUsage = {
  readonly name: string
  readonly from: number
  readonly to: number
  readonly model: string
  readonly price: StoredPrice
  readonly usage: PricedUsage
  readonly priced: Priced
  readonly exactMinor: Ratio
}

type OpenWindow = UsageWindow & { readonly from: number; readonly place: number }

/**
 * Prices the usage of windows, from where their periods have been billed up to, and remembers them as billed; in a fixed
 * number of statements, and one for each charge that depends on each event. In the order of the windows, a list each. A
 * charge without a price in the currency is an Error: better no invoice than one that is too low.
 */
export async function rateUsage(tx: Tx, windows: readonly UsageWindow[]): Promise<RatedUsage[][]> {
  const rated: RatedUsage[][] = windows.map(() => [])
  const open = new Map((await openWindows(tx, windows)).map((window) => [window.place, window]))
  if (open.size === 0) return rated
  const charges = await tx.query(
    chargesOfWindows(
      windows.map(({ environmentId }) => environmentId),
      windows.map(({ planId }) => planId),
      windows.map(({ revision }) => revision),
      windows.map(({ currency }) => currency),
      windows.map(({ periodFrom }) => isoMs(periodFrom)),
    ),
  )
  // What has no charges is closed too: a plan that comes later has not been used for it.
  closeUsage(tx, [...open.values()])
  const asked = charges.flatMap((charge) => {
    const window = open.get(charge.place)
    return window ? [{ charge, window }] : []
  })
  const asks = asked.map(({ charge, window: { environmentId, subscriptionId, from, to, wholeMs } }) => ({
    environmentId,
    subscriptionId,
    metricId: charge.metric_id,
    from,
    to,
    filters: charge.filters,
    wholeMs,
  }))
  const usages = await readUsage(tx, asks)
  for (const [index, { charge, window }] of asked.entries()) {
    const [usage, ask] = [usages[index], asks[index]]
    const { price } = charge
    if (!price) throw new Error(`charge ${charge.id} has no price in ${window.currency}`)
    if (!usage || !ask) throw new Error(`charge ${charge.id} has no usage`)
    const pricing = pricingOf(charge.charge_model, price.properties)
    const counted = needsEachEvent(pricing)
      ? { units: usage.units, events: usage.events, amounts: await readAmounts(tx, ask) }
      : countedOf(usage, charge.prorated)
    const priced = priceUsage(pricing, counted)
    rated[window.place - 1]?.push({
      name: charge.name,
      from: window.from,
      to: window.to,
      model: charge.charge_model,
      price,
      usage: counted,
      priced,
      exactMinor: multiply(priced.amount, ratio(10n ** BigInt(exponentOf(price.currency)))),
    })
  }
  return rated
}

/** The windows of which something is not billed yet, with where that begins. */
async function openWindows(tx: Tx, windows: readonly UsageWindow[]): Promise<OpenWindow[]> {
  if (windows.length === 0) return []
  const billed = await tx.query(
    billedWithin(
      windows.map(({ environmentId }) => environmentId),
      windows.map(({ subscriptionId }) => subscriptionId),
      windows.map(({ periodFrom }) => isoMs(periodFrom)),
      windows.map(({ to }) => isoMs(to)),
    ),
  )
  const billedTo = new Map(billed.map((row) => [row.place, row.billed_to.epochMilliseconds]))
  return windows
    .map((window, index) => {
      const place = index + 1
      return { ...window, place, from: billedTo.get(place) ?? window.periodFrom }
    })
    .filter(({ from, to }) => from < to)
}

function countedOf({ units, level, weighted, events }: Usage, prorated: boolean): PricedUsage {
  return prorated ? { units: level, weighted, events } : { units, events }
}

async function readAmounts(tx: Tx, ask: UsageAsk): Promise<Ratio[]> {
  const filters = Object.fromEntries((ask.filters ?? []).map(({ key, values }) => [key, values]))
  const rows = await tx.query(
    amountsOfWindow(
      ask.environmentId,
      ask.subscriptionId,
      ask.metricId,
      isoMs(ask.from),
      isoMs(ask.to),
      JSON.stringify(filters),
    ),
  )
  return rows.map(({ amount }) => fromDecimal(amount))
}

/** Refuses to subscribe in a currency in which a charge of the plan has no price. */
export async function refuseUnpriced(
  tx: Tx,
  environmentId: string,
  planId: string,
  currency: string,
): Promise<void> {
  const [found] = await tx.query(hasUnpriced(environmentId, planId, currency))
  if (found?.unpriced) throw new Refusal('charge_has_no_price')
}

function isoMs(ms: number): string {
  return new Date(ms).toISOString()
}
