import { compare, divide, fromDecimal, ratio } from '../money/index.ts'
import type { Decimal } from './decimal.ts'
import type { ChargeModel, Pricing, Tier } from './pricing.ts'

/** A tier as it is written. */
export type TierProperties<D> = { upTo: D | null; unitPrice: D; flatAmount: D }

/**
 * What a charge costs in a currency, as it is written: each model has its own of these. Amounts are in major units, a
 * rate is in percent. `D` is what a decimal is written as: digits once it has been read.
 */
export type Properties<D = string> = {
  unitPrice?: D
  tiers?: readonly TierProperties<D>[]
  amount?: D
  packageSize?: D
  freeUnits?: D
  rate?: D
  fixedAmount?: D
  freeEvents?: number
  freeAmount?: D
  minPerEvent?: D
  maxPerEvent?: D
}

/** The same as it is given, where a tier may also come as a range and an amount that is 0 may be left out. */
export type GivenProperties = Omit<Properties<Decimal>, 'tiers'> & {
  tiers?: readonly (Omit<TierProperties<Decimal>, 'flatAmount'> & { flatAmount?: Decimal })[]
  graduatedRanges?: readonly {
    fromValue: Decimal
    toValue: Decimal | null
    perUnitAmount: Decimal
    flatAmount?: Decimal
  }[]
}

type PropertyName = keyof GivenProperties

/** Which properties a model has, and which of them it needs. */
export const propertiesOf: Readonly<
  Record<ChargeModel, { needs: readonly PropertyName[]; may: readonly PropertyName[] }>
> = {
  STANDARD: { needs: ['unitPrice'], may: [] },
  GRADUATED: { needs: ['tiers'], may: ['graduatedRanges'] },
  VOLUME: { needs: ['tiers'], may: ['graduatedRanges'] },
  PACKAGE: { needs: ['amount', 'packageSize'], may: ['freeUnits'] },
  PERCENTAGE: {
    needs: ['rate'],
    may: ['fixedAmount', 'freeEvents', 'freeAmount', 'minPerEvent', 'maxPerEvent'],
  },
}

/** The exact price that properties which have been read stand for. */
export function pricingOf(model: ChargeModel, properties: Properties): Pricing {
  const decimal = (name: Exclude<keyof Properties, 'tiers' | 'freeEvents'>): ReturnType<typeof fromDecimal> =>
    fromDecimal(properties[name] ?? '0')
  const limit = (name: 'minPerEvent' | 'maxPerEvent'): ReturnType<typeof fromDecimal> | null =>
    properties[name] === undefined ? null : fromDecimal(properties[name])
  switch (model) {
    case 'STANDARD':
      return { model, unitPrice: decimal('unitPrice') }
    case 'GRADUATED':
    case 'VOLUME':
      return { model, tiers: (properties.tiers ?? []).map(tierOf) }
    case 'PACKAGE':
      return {
        model,
        amount: decimal('amount'),
        packageSize: decimal('packageSize'),
        freeUnits: decimal('freeUnits'),
      }
    case 'PERCENTAGE':
      return {
        model,
        rate: divide(decimal('rate'), ratio(100n)),
        fixedAmount: decimal('fixedAmount'),
        freeEvents: BigInt(properties.freeEvents ?? 0),
        freeAmount: decimal('freeAmount'),
        minPerEvent: limit('minPerEvent'),
        maxPerEvent: limit('maxPerEvent'),
      }
  }
}

function tierOf({ upTo, unitPrice, flatAmount }: TierProperties<string>): Tier {
  return {
    upTo: upTo === null ? null : fromDecimal(upTo),
    unitPrice: fromDecimal(unitPrice),
    flatAmount: fromDecimal(flatAmount),
  }
}

/** Whether a decimal that has been read is more than another. */
export function isMore(a: string, b: string): boolean {
  return compare(fromDecimal(a), fromDecimal(b)) > 0
}
