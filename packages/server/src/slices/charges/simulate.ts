import {
  type Ratio,
  add,
  compare,
  divide,
  multiply,
  ratio,
  roundHalfUp,
  toMajorNumber,
  zero,
} from '@novabilling/core/money'
import type { ChargeModel } from '@novabilling/core/price'
import type { Reader } from '../../db/transaction.ts'
import { publicId } from '../../ids.ts'
import { type Fault, invalid } from '../../refusal.ts'
import { findPlan } from '../catalog/index.ts'
import { findCharge } from './find.ts'
import { type RatedUsage, rateCharges } from './rate.ts'
import { askedAgain, fractionOf } from './rated-window.ts'
import { type RatingRow, ratingsOfPlan } from './ratings-sql.ts'
import { readPrices } from './read-prices.ts'
import { type PlanSimulation, type SimulatePlan, mostWindows } from './simulate-schema.ts'
import type { StoredPrice } from './sql.ts'

type Changed = { readonly model: ChargeModel; readonly prices: readonly StoredPrice[] }
type Sums = { readonly customerId: string; readonly currency: string; before: Ratio; after: Ratio }

/**
 * What the usage of past periods of a plan would have cost its customers under other prices, beside what it costs under
 * those that they had. Stores nothing. Refuses more than can be priced at once.
 */
export async function simulatePlan(
  reader: Reader,
  environmentId: string,
  id: string,
  input: SimulatePlan,
): Promise<PlanSimulation> {
  const plan = await findPlan(reader, environmentId, id)
  const changed = await readChanges(reader, environmentId, plan.id, input)
  const rows = await reader.query(
    ratingsOfPlan(environmentId, plan.id, input.from, input.to, mostWindows + 1),
  )
  if (rows.length > mostWindows)
    throw invalid({ path: 'to', message: `makes more than ${mostWindows} lines of usage: ask for less time` })
  refuseUnpricedIn(rows, changed, input)

  const before = await rateCharges(reader, rows.map(askedAgain))
  const moved = rows.flatMap((row, index) => {
    // A price that is a customer's own does not change with the plan's.
    const change = row.own_revision === null ? changed.get(row.charge_id) : undefined
    const price = change?.prices.find(({ currency }) => currency === row.currency)
    return change && price ? [{ index, asked: { ...askedAgain(row), model: change.model, price } }] : []
  })
  const rated = await rateCharges(
    reader,
    moved.map(({ asked }) => asked),
  )
  const after = [...before]
  for (const [place, { index }] of moved.entries()) {
    const one = rated[place]
    if (one) after[index] = one
  }
  const sums = new Map<string, Sums>()
  for (const [index, row] of rows.entries()) {
    const [was, would] = [before[index], after[index]]
    if (!was || !would) continue
    const key = `${row.customer_id} ${row.currency}`
    const sum = sums.get(key) ?? {
      customerId: row.customer_id,
      currency: row.currency,
      before: zero,
      after: zero,
    }
    sum.before = add(sum.before, atLeast(was, fractionOf(row.least)))
    sum.after = add(sum.after, atLeast(would, leastOf(row, would.price)))
    sums.set(key, sum)
  }
  return present([...sums.values()], input.limit ?? 100)
}

async function readChanges(
  reader: Reader,
  environmentId: string,
  planId: string,
  input: SimulatePlan,
): Promise<ReadonlyMap<string, Changed>> {
  const faults: Fault[] = []
  if (Date.parse(input.from) >= Date.parse(input.to))
    faults.push({ path: 'to', message: 'must be after from' })
  const changed = new Map<string, Changed>()
  for (const [index, { chargeId, chargeModel, prices }] of input.charges.entries()) {
    const charge = await findCharge(reader, environmentId, chargeId)
    const path = `charges[${index}]`
    if (charge.plan_id !== planId || changed.has(charge.id))
      faults.push({
        path: `${path}.chargeId`,
        message: changed.has(charge.id) ? 'is there twice' : 'is no charge of this plan',
      })
    const model = chargeModel ?? charge.charge_model
    const isOther = model !== charge.charge_model && model !== 'STANDARD' && model !== 'VOLUME'
    if (charge.prorated && isOther)
      faults.push({ path: `${path}.chargeModel`, message: 'must be STANDARD or VOLUME: it is prorated' })
    const read = readPrices(model, prices, { path: `${path}.prices` })
    faults.push(...read.faults)
    changed.set(charge.id, { model, prices: read.prices })
  }
  if (faults.length > 0) throw invalid(...faults)
  return changed
}

function refuseUnpricedIn(
  rows: readonly RatingRow[],
  changed: ReadonlyMap<string, Changed>,
  { charges }: SimulatePlan,
): void {
  const faults = charges.flatMap(({ chargeId }, index): Fault[] => {
    const missing = new Set(
      rows.flatMap((row) => {
        const isOwn = publicId('charge', row.charge_id) === chargeId && row.own_revision === null
        const prices = changed.get(row.charge_id)?.prices ?? []
        return isOwn && !prices.some(({ currency }) => currency === row.currency) ? [row.currency] : []
      }),
    )
    if (missing.size === 0) return []
    return [{ path: `charges[${index}].prices`, message: `lacks ${[...missing].join(', ')}, which was used` }]
  })
  if (faults.length > 0) throw invalid(...faults)
}

/** The minimum of a price for the part of its period that a window was: as it was counted, or else by time. */
function leastOf(row: RatingRow, { minimum }: StoredPrice): Ratio {
  if (minimum === null) return zero
  const own = row.price?.minimum ?? null
  const [from, to] = [row.window_from.epochMilliseconds, row.window_to.epochMilliseconds]
  const [wholeFrom, wholeTo] = [row.whole_from.epochMilliseconds, row.whole_to.epochMilliseconds]
  const share =
    own === null || own === '0'
      ? ratio(BigInt(to - from), BigInt(wholeTo - wholeFrom))
      : divide(fractionOf(row.least), ratio(BigInt(own)))
  return multiply(ratio(BigInt(minimum)), share)
}

function atLeast({ exactMinor }: RatedUsage, least: Ratio): Ratio {
  return compare(exactMinor, least) > 0 ? exactMinor : least
}

function present(sums: readonly Sums[], limit: number): PlanSimulation {
  const rounded = sums.map(({ customerId, currency, before, after }) => {
    const [was, would] = [roundHalfUp(before), roundHalfUp(after)]
    return { customerId, currency, was, would, moved: would - was }
  })
  const size = (minor: bigint): bigint => (minor < 0n ? -minor : minor)
  const sorted = rounded.toSorted((a, b) => {
    const difference = size(b.moved) - size(a.moved)
    return difference > 0n ? 1 : difference < 0n ? -1 : a.customerId < b.customerId ? -1 : 1
  })
  const shown = (currency: string, was: bigint, would: bigint) => ({
    currency,
    before: toMajorNumber({ currency, minor: was }),
    after: toMajorNumber({ currency, minor: would }),
    difference: toMajorNumber({ currency, minor: would - was }),
  })
  return {
    totals: [...Map.groupBy(rounded, ({ currency }) => currency)]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, own]) => ({
        ...shown(
          currency,
          own.reduce((sum, { was }) => sum + was, 0n),
          own.reduce((sum, { would }) => sum + would, 0n),
        ),
        more: own.filter(({ moved }) => moved > 0n).length,
        less: own.filter(({ moved }) => moved < 0n).length,
        same: own.filter(({ moved }) => moved === 0n).length,
      })),
    customers: sorted.slice(0, limit).map(({ customerId, currency, was, would }) => ({
      customerId: publicId('customer', customerId),
      ...shown(currency, was, would),
    })),
  }
}
