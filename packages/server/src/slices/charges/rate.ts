import { type Ratio, exponentOf, multiply, ratio, subtract, zero } from '@novabilling/core/money'
import {
  type ChargeModel,
  type Priced,
  type Usage as PricedUsage,
  needsEachEvent,
  priceUsage,
  pricingOf,
  weightOf,
} from '@novabilling/core/price'
import type { RowOf } from '../../db/statement.ts'
import type { Reader, Tx } from '../../db/transaction.ts'
import { Refusal } from '../../refusal.ts'
import { type Usage, billedUpTo, closeUsage, readEvents, readUsage } from '../usage/index.ts'
import { readAdvances } from './advances.ts'
import { chargeOfWindowColumns, chargesOfWindows, hasUnpriced } from './rate-sql.ts'
import type { Filters } from './schema.ts'
import type { StoredPrice } from './sql.ts'

/** Usage of a subscription that is to be billed: of its period, up to an instant. Epoch milliseconds. */
export type UsageWindow = {
  readonly environmentId: string
  readonly subscriptionId: string
  readonly customerId: string
  readonly planId: string
  /** The revision of the plan's charges that it took with its plan. */
  readonly revision: number
  readonly currency: string
  readonly periodFrom: number
  readonly to: number
  /** The whole nominal period, which weighting by time goes by. */
  readonly wholeFrom: number
  readonly wholeTo: number
}

/** A version of a charge over `[from, to)` of a subscription. */
export type AskedCharge = Omit<UsageWindow, 'customerId' | 'planId' | 'periodFrom'> & {
  readonly chargeId: string
  /** The revision of the customer's own price, where that is what is asked for. */
  readonly ownRevision: number | null
  readonly metricId: string
  readonly name: string
  readonly model: ChargeModel
  readonly prorated: boolean
  readonly filters: Filters
  readonly price: StoredPrice | null
  readonly from: number
}

/** What a charge comes to: exactly, in minor units. */
export type RatedUsage = Omit<AskedCharge, 'price'> & {
  readonly price: StoredPrice
  readonly usage: PricedUsage
  readonly priced: Priced
  readonly exactMinor: Ratio
}

/** Usage that is to be billed, and what of it has been invoiced before its window ended; in minor units. */
export type OpenUsage = RatedUsage & { readonly isInAdvance: boolean; readonly advanced: Ratio }

/** What was used from where the period has been billed up to. */
export type RatedWindow = { readonly from: number; readonly usage: OpenUsage[] }

type OpenWindow = UsageWindow & { readonly from: number; readonly place: number }

/**
 * Prices the usage of windows, from where their periods have been billed up to, and remembers them as billed; in a fixed
 * number of statements, and one for each charge that depends on each event. In the order of the windows; undefined where
 * nothing was left to bill.
 */
export async function rateUsage(
  tx: Tx,
  windows: readonly UsageWindow[],
): Promise<(RatedWindow | undefined)[]> {
  const open = await openWindows(tx, windows)
  // What has no charges is closed too: a plan that comes later has not been used for it.
  if (open.length > 0) closeUsage(tx, open)
  return rateOpen(tx, windows, open)
}

/** What the usage of windows that is not billed yet comes to so far. In the order of the windows, a list each. */
export async function rateSoFar(
  reader: Pick<Reader, 'query'>,
  windows: readonly UsageWindow[],
): Promise<(readonly OpenUsage[])[]> {
  const rated = await rateOpen(reader, windows, await openWindows(reader, windows))
  return rated.map((window) => window?.usage ?? [])
}

async function rateOpen(
  reader: Pick<Reader, 'query'>,
  windows: readonly UsageWindow[],
  opened: readonly OpenWindow[],
): Promise<(RatedWindow | undefined)[]> {
  const open = new Map(opened.map((window) => [window.place, window]))
  const rated = windows.map((_, index) => {
    const from = open.get(index + 1)?.from
    return from === undefined ? undefined : { from, usage: new Array<OpenUsage>() }
  })
  if (opened.length === 0) return rated
  const charges = await reader.query(
    chargesOfWindows(
      windows.map(({ environmentId }) => environmentId),
      windows.map(({ planId }) => planId),
      windows.map(({ revision }) => revision),
      windows.map(({ currency }) => currency),
      windows.map(({ periodFrom }) => isoMs(periodFrom)),
      windows.map(({ customerId }) => customerId),
    ),
  )
  const asked = charges.flatMap((charge) => {
    const window = open.get(charge.place)
    const isInAdvance = charge.billing_timing === 'IN_ADVANCE'
    return window ? [{ window, isInAdvance, charge: askedCharge(window, charge) }] : []
  })
  const priced = await rateCharges(
    reader,
    asked.map(({ charge }) => charge),
  )
  const advancedOf = priced.length === 0 ? undefined : await readAdvances(reader, opened)
  for (const [index, { window, isInAdvance }] of asked.entries()) {
    const one = priced[index]
    if (one) rated[window.place - 1]?.usage.push({ ...one, isInAdvance, advanced: advancedOf?.(one) ?? zero })
  }
  return rated
}

function askedCharge(window: OpenWindow, charge: RowOf<typeof chargeOfWindowColumns>): AskedCharge {
  const { environmentId, subscriptionId, currency, from, to, wholeFrom, wholeTo } = window
  return {
    environmentId,
    subscriptionId,
    currency,
    from,
    to,
    wholeFrom,
    wholeTo,
    chargeId: charge.id,
    revision: charge.revision,
    ownRevision: charge.own_revision,
    metricId: charge.metric_id,
    name: charge.name,
    model: charge.charge_model,
    prorated: charge.prorated,
    filters: charge.filters,
    price: charge.price,
  }
}

/**
 * Prices the usage of charges, in their order. One without a price in the currency is an Error: better no invoice than
 * one that is too low.
 */
export async function rateCharges(
  tx: Pick<Tx, 'query'>,
  asked: readonly AskedCharge[],
): Promise<RatedUsage[]> {
  const usages = await readUsage(
    tx,
    asked.map((charge) => ({ ...charge, wholeMs: charge.wholeTo - charge.wholeFrom })),
  )
  const rated: RatedUsage[] = []
  for (const [index, charge] of asked.entries()) {
    const { price } = charge
    const usage = usages[index]
    if (!price) throw new Error(`charge ${charge.chargeId} has no price in ${charge.currency}`)
    if (!usage) throw new Error(`charge ${charge.chargeId} has no usage`)
    const pricing = pricingOf(charge.model, price.properties)
    const counted = needsEachEvent(pricing)
      ? {
          units: usage.units,
          events: usage.events,
          amounts: (await readEvents(tx, charge, usage.events)).map(({ units }) => units),
        }
      : charge.prorated && charge.model === 'GRADUATED'
        ? await readMoves(tx, charge, usage)
        : countedOf(usage, charge.prorated)
    const priced = priceUsage(pricing, counted)
    const exactMinor = multiply(priced.amount, ratio(10n ** BigInt(exponentOf(price.currency))))
    rated.push({ ...charge, price, usage: counted, priced, exactMinor })
  }
  return rated
}

/** The windows of which something is not billed yet, with where that begins. */
async function openWindows(
  reader: Pick<Reader, 'query'>,
  windows: readonly UsageWindow[],
): Promise<OpenWindow[]> {
  const billedTo = await billedUpTo(
    reader,
    windows.map((window) => ({ ...window, from: window.periodFrom })),
  )
  return windows
    .map((window, index) => ({ ...window, place: index + 1, from: billedTo[index] ?? window.periodFrom }))
    .filter(({ from, to }) => from < to)
}

function countedOf({ units, level, weighted, events }: Usage, prorated: boolean): PricedUsage {
  return prorated ? { units: level, weighted, events } : { units, events }
}

/** What was there at the start, and what each event changed of it, by the part of the whole period that was left. */
async function readMoves(
  tx: Pick<Tx, 'query'>,
  charge: AskedCharge,
  { level, events }: Usage,
): Promise<PricedUsage> {
  const found = await readEvents(tx, charge, events)
  const wholeMs = BigInt(charge.wholeTo - charge.wholeFrom)
  const changes = found.map(({ at, units }) => ({ units, part: ratio(BigInt(charge.to - at), wholeMs) }))
  const carried = changes.reduce((left, { units }) => subtract(left, units), level)
  const moves = [{ units: carried, part: ratio(BigInt(charge.to - charge.from), wholeMs) }, ...changes]
  return { units: level, weighted: weightOf(moves), events, moves }
}

/** Refuses to subscribe in a currency in which a charge of the plan has no price for the customer. */
export async function refuseUnpriced(
  tx: Tx,
  environmentId: string,
  { planId, customerId, currency }: { planId: string; customerId: string; currency: string },
): Promise<void> {
  const [found] = await tx.query(hasUnpriced(environmentId, planId, currency, customerId))
  if (found?.unpriced) throw new Refusal('charge_has_no_price')
}

function isoMs(ms: number): string {
  return new Date(ms).toISOString()
}
