/**
 * Recomputes a line of usage from its explanation, offline and with nothing of the program that priced it. Fractions are
 * pairs of integers, and nothing is rounded.
 */

import { type Fraction, plus } from './verify-reading.ts'

export type Step = { readonly quantity: Fraction; readonly unitPrice: Fraction }
export type Usage = {
  readonly model: string
  /** What chooses the tier, and what is paid for. */
  readonly units: Fraction
  readonly paid: Fraction
  readonly events: bigint
  /** Whether what is paid for is weighted by time. */
  readonly isByTime: boolean
  /** The decimals of the price by their names. */
  readonly price: (name: string) => Fraction | undefined
  readonly tiers: readonly {
    readonly upTo: Fraction | null
    readonly each: Fraction
    readonly flat: Fraction
  }[]
}

const nothing: Fraction = { above: 0n, below: 1n }

/** The sum of the steps. */
export function sumOfSteps(steps: readonly Step[]): Fraction {
  return steps.map(({ quantity, unitPrice }) => times(quantity, unitPrice)).reduce(plus, nothing)
}

/** What usage costs in major units; undefined where that can only be told from each of its events. */
export function priceOf(usage: Usage): Fraction | undefined {
  const { model, units, paid, tiers } = usage
  const price = (name: string): Fraction => usage.price(name) ?? nothing
  if (model === 'PERCENTAGE') return percentage(usage)
  // Where each unit is paid for its own part of the period, only its moves tell.
  if (model === 'GRADUATED' && usage.isByTime) return undefined
  if (units.above <= 0n) return nothing
  if (model === 'STANDARD') return times(paid, price('unitPrice'))
  if (model === 'PACKAGE') {
    const rest = minus(units, price('freeUnits'))
    const size = price('packageSize')
    const [above, below] = [rest.above * size.below, rest.below * size.above]
    const packages = above <= 0n ? 0n : (above + below - 1n) / below
    return times({ above: packages, below: 1n }, price('amount'))
  }
  // Going down from the last tier that a unit is in.
  const reached = tiers.findIndex(({ upTo }) => upTo === null || !isBelow(upTo, units))
  const last = tiers[reached]
  if (!last) return undefined
  if (model === 'VOLUME') return plus(times(paid, last.each), last.flat)
  let sum = nothing
  let top = units
  for (let index = reached; index >= 0; index--) {
    const bottom = tiers[index - 1]?.upTo ?? nothing
    const tier = tiers[index]
    if (tier) sum = plus(sum, plus(times(minus(top, bottom), tier.each), tier.flat))
    top = bottom
  }
  return sum
}

function percentage({ units, events, price }: Usage): Fraction | undefined {
  const fixed = price('fixedAmount') ?? nothing
  const free = price('freeAmount') ?? nothing
  const byEvent =
    price('minPerEvent') !== undefined ||
    price('maxPerEvent') !== undefined ||
    (price('freeEvents')?.above ?? 0n) > 0n ||
    (free.above > 0n && fixed.above > 0n)
  if (byEvent) return undefined
  const rest = minus(units, free)
  const rate = price('rate') ?? nothing
  const part = rest.above <= 0n ? nothing : times(rest, { above: rate.above, below: rate.below * 100n })
  return plus(part, times({ above: events, below: 1n }, fixed))
}

function minus(a: Fraction, b: Fraction): Fraction {
  return plus(a, { above: -b.above, below: b.below })
}

function times(a: Fraction, b: Fraction): Fraction {
  return { above: a.above * b.above, below: a.below * b.below }
}

function isBelow(a: Fraction, b: Fraction): boolean {
  return a.above * b.below < b.above * a.below
}
