/** Adds usage up one event after another, as it would be done by hand: whole thousandths, no buckets. */
export type ModelEvent = {
  readonly at: number
  /** In thousandths. */
  readonly quantity: number
  readonly word: string
  readonly region: string
  readonly transactionId: string
}

export type ModelWindow = {
  readonly from: number
  readonly to: number
  readonly wholeMs: number
  readonly regions?: readonly string[] | undefined
}

export type ModelUsage = { units: Fraction; weighted: Fraction; level: Fraction; events: number }
/** Numerator and denominator. */
export type Fraction = readonly [bigint, bigint]

export function modelUsage(
  metric: { aggregationType: string; recurring: boolean },
  all: readonly ModelEvent[],
  { from, to, wholeMs, regions }: ModelWindow,
): ModelUsage {
  const matching = all.filter(
    ({ at, region }) => at < to && (regions === undefined || regions.includes(region)),
  )
  const seen = metric.recurring ? matching : matching.filter(({ at }) => at >= from)
  const events = matching.filter(({ at }) => at >= from).length
  let sum = 0n
  let area = 0n
  for (const { quantity, at } of seen) {
    sum += BigInt(quantity)
    area += BigInt(quantity) * BigInt(to - Math.max(at, from))
  }
  const same = (numerator: bigint, denominator: bigint): ModelUsage => {
    const fraction = [numerator, denominator] as const
    return { units: fraction, weighted: fraction, level: fraction, events }
  }
  const weighted = [area, 1000n * BigInt(wholeMs)] as const
  switch (metric.aggregationType) {
    case 'COUNT':
      return same(BigInt(seen.length), 1n)
    case 'SUM':
      return { units: [sum, 1000n], weighted, level: [sum, 1000n], events }
    case 'WEIGHTED_SUM':
      return { units: weighted, weighted, level: [sum, 1000n], events }
    case 'MAX':
      return same(BigInt(seen.length === 0 ? 0 : Math.max(...seen.map(({ quantity }) => quantity))), 1000n)
    case 'LATEST': {
      let last: ModelEvent | undefined
      for (const event of seen) {
        if (!last || event.at > last.at || (event.at === last.at && event.transactionId > last.transactionId))
          last = event
      }
      return same(BigInt(last?.quantity ?? 0), 1000n)
    }
    default: {
      const firsts = new Map<string, number>()
      for (const { word, at } of seen) firsts.set(word, Math.min(at, firsts.get(word) ?? at))
      let present = 0n
      for (const at of firsts.values()) present += BigInt(to - Math.max(at, from))
      const distinct = [BigInt(firsts.size), 1n] as const
      return { units: distinct, weighted: [present, BigInt(wholeMs)], level: distinct, events }
    }
  }
}
