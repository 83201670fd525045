import { type Ratio, fromDecimal, ratio, zero } from '../money/index.ts'

export const aggregations = ['COUNT', 'SUM', 'MAX', 'UNIQUE_COUNT', 'LATEST', 'WEIGHTED_SUM'] as const
export type Aggregation = (typeof aggregations)[number]

/** Aggregations whose level can be carried from period to period. */
export const recurringAggregations: readonly Aggregation[] = ['SUM', 'UNIQUE_COUNT', 'LATEST', 'WEIGHTED_SUM']

/** What the events of a window add up to, exact decimals; null where there were none. */
export type Totals = {
  readonly events: bigint
  readonly total: string | null
  readonly highest: string | null
  readonly latest: string | null
  readonly distinct: bigint
  /** Units times the milliseconds they were there; for UNIQUE_COUNT, of each value from its first event on. */
  readonly unitMs: string | null
}

export type Units = {
  /** By the aggregation. */
  readonly units: Ratio
  /** Weighted by the share of the whole period that they were there. */
  readonly weighted: Ratio
  /** At the end of the window, not weighted. */
  readonly level: Ratio
}

/** What is used, by the aggregation of its metric. `wholeMs`: what a whole period lasts. */
export function unitsOf(aggregation: Aggregation, totals: Totals, wholeMs: number): Units {
  const weighted = over(totals.unitMs, wholeMs)
  switch (aggregation) {
    case 'COUNT':
      return flat(ratio(totals.events))
    case 'MAX':
      return flat(exact(totals.highest))
    case 'LATEST':
      return flat(exact(totals.latest))
    case 'SUM': {
      const units = exact(totals.total)
      return { units, weighted, level: units }
    }
    case 'UNIQUE_COUNT': {
      const units = ratio(totals.distinct)
      return { units, weighted, level: units }
    }
    case 'WEIGHTED_SUM':
      return { units: weighted, weighted, level: exact(totals.total) }
  }
}

function flat(units: Ratio): Units {
  return { units, weighted: units, level: units }
}

function exact(value: string | null): Ratio {
  return value === null ? zero : fromDecimal(value)
}

function over(unitMs: string | null, wholeMs: number): Ratio {
  if (!(wholeMs > 0)) throw new RangeError(`a period of ${wholeMs} ms`)
  const { numerator, denominator } = exact(unitMs)
  return ratio(numerator, denominator * BigInt(wholeMs))
}
