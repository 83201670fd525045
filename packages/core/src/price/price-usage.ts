import { type Ratio, add, compare, divide, floor, multiply, ratio, subtract, zero } from '../money/index.ts'
import { graduatedByTime } from './by-time.ts'
import { flatOf, unitsOf } from './graduated.ts'
import { pricePercentage } from './percentage.ts'
import type { PackagePricing, Priced, Pricing, Step, Tier, Usage } from './pricing.ts'

/**
 * What the usage of a period costs, exactly, in major units. No usage costs nothing, whatever flat amounts there are: a
 * minimum must say so. Units below zero are none.
 *
 * `priceUsage({ model: 'PACKAGE', amount: 100, packageSize: 10, freeUnits: 10 }, { units: 121, … })` → 1200.
 */
export function priceUsage(pricing: Pricing, usage: Usage): Priced {
  if (pricing.model === 'PERCENTAGE') return priced(pricePercentage(pricing, usage))
  if (pricing.model === 'GRADUATED' && usage.moves) return priced(graduatedByTime(pricing.tiers, usage.moves))
  if (compare(usage.units, zero) <= 0) return priced([])
  switch (pricing.model) {
    case 'STANDARD':
      return priced([step('UNITS', usage.weighted ?? usage.units, pricing.unitPrice)])
    case 'GRADUATED':
      return priced(graduated(pricing.tiers, usage.units))
    case 'VOLUME':
      return priced(volume(pricing.tiers, usage))
    case 'PACKAGE':
      return priced(packages(pricing, usage.units))
  }
}

function graduated(tiers: readonly Tier[], units: Ratio): Step[] {
  const steps: Step[] = []
  let from = zero
  for (const tier of tiers) {
    if (compare(units, from) <= 0) break
    const to = tier.upTo !== null && compare(tier.upTo, units) < 0 ? tier.upTo : units
    steps.push(...ofTier(tier, from, subtract(to, from)))
    if (tier.upTo === null) break
    from = tier.upTo
  }
  return steps
}

function volume(tiers: readonly Tier[], { units, weighted = units }: Usage): Step[] {
  let from = zero
  for (const tier of tiers) {
    if (tier.upTo === null || compare(units, tier.upTo) <= 0) return ofTier(tier, from, weighted)
    from = tier.upTo
  }
  throw new RangeError('the last tier has an end')
}

function ofTier(tier: Tier, from: Ratio, units: Ratio): Step[] {
  return [unitsOf(tier, from, units), ...flatOf(tier, from)]
}

function packages({ amount, packageSize, freeUnits }: PackagePricing, units: Ratio): Step[] {
  const charged = subtract(units, freeUnits)
  if (compare(charged, zero) <= 0) return []
  // What is begun is whole: the opposite of the floor of the opposite.
  const begun = -floor(divide(subtract(zero, charged), packageSize))
  return [step('PACKAGES', ratio(begun), amount)]
}

function step(kind: Step['kind'], quantity: Ratio, unitPrice: Ratio): Step {
  return { kind, from: null, upTo: null, quantity, unitPrice, amount: multiply(quantity, unitPrice) }
}

function priced(steps: readonly Step[]): Priced {
  let amount = zero
  for (const one of steps) amount = add(amount, one.amount)
  return { amount, steps }
}
