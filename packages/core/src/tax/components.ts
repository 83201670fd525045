import { type Ratio, add, multiply, ratio } from '../money/index.ts'

/** A part of a tax. A compound one is computed on the price and the parts before it. */
export type TaxComponent = { readonly rate: Ratio; readonly compound: boolean }

/**
 * The rates of the parts of a tax on the price itself: 2.5 %, 2.5 %, 1 % and a compound 15 % come to 2.5 %, 2.5 %, 1 %
 * and 15.9 %.
 */
export function effectiveRates(components: readonly TaxComponent[]): Ratio[] {
  let before = ratio(1n)
  return components.map(({ rate, compound }) => {
    const effective = compound ? multiply(rate, before) : rate
    before = add(before, effective)
    return effective
  })
}
