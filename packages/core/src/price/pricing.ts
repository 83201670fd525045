import type { Ratio } from '../money/index.ts'

/** Units up to and with `upTo`; null: all that are left. `flatAmount` is due once as soon as a unit is in the tier. */
export type Tier = { readonly upTo: Ratio | null; readonly unitPrice: Ratio; readonly flatAmount: Ratio }

/** So much for each unit. */
type StandardPricing = { readonly model: 'STANDARD'; readonly unitPrice: Ratio }
/** Each unit at the price of the tier that it is in. */
type GraduatedPricing = { readonly model: 'GRADUATED'; readonly tiers: readonly Tier[] }
/** All units at the price of the tier that the last of them is in. */
type VolumePricing = { readonly model: 'VOLUME'; readonly tiers: readonly Tier[] }
/** So much for each package that is begun, after the free units. */
export type PackagePricing = {
  readonly model: 'PACKAGE'
  readonly amount: Ratio
  readonly packageSize: Ratio
  readonly freeUnits: Ratio
}
/**
 * A part of the amounts that the events bring (`rate` 1.3 % is 13/1000) and so much for each event, within the limits of
 * an event. Free are the first `freeEvents`, up to `freeAmount` in all; where only one of the two is given, it alone
 * limits them. An event that is wholly free costs nothing; one that is free in part pays for the rest of it.
 */
export type PercentagePricing = {
  readonly model: 'PERCENTAGE'
  readonly rate: Ratio
  readonly fixedAmount: Ratio
  readonly freeEvents: bigint
  readonly freeAmount: Ratio
  readonly minPerEvent: Ratio | null
  readonly maxPerEvent: Ratio | null
}

/** How the usage of a period is priced. All amounts are in major units, exactly; nothing is rounded here. */
export type Pricing = StandardPricing | GraduatedPricing | VolumePricing | PackagePricing | PercentagePricing

export type ChargeModel = Pricing['model']

/** So many units more, or less, and the part of the period that was left then. */
export type Move = { readonly units: Ratio; readonly part: Ratio }

/** The usage of a period: its units, how many events brought them, and where a price asks for them, one by one. */
export type Usage = {
  readonly units: Ratio
  readonly events: bigint
  /** The units weighted by the part of the period that they were there: what is paid for, while the units choose the tier. */
  readonly weighted?: Ratio
  /** How the units came to be there: what was there at the start, and each change of it, in the order of their time. */
  readonly moves?: readonly Move[]
  /** What each event brought, in the order of their time; see `needsEachEvent`. */
  readonly amounts?: readonly Ratio[]
}

/** A part of a price: `amount = quantity × unitPrice`, in major units. */
export type Step = {
  readonly kind:
    /** Units of a tier, or all of them. */
    | 'UNITS'
    /** The flat amount of a tier. */
    | 'FLAT'
    | 'PACKAGES'
    /** A rate of the amounts of events. */
    | 'RATE'
    /** The fixed amount of events. */
    | 'EVENTS'
    /** Events at the least and at the most that one may cost. */
    | 'EVENTS_AT_MINIMUM'
    | 'EVENTS_AT_MAXIMUM'
  /** The tier `(from, upTo]` that it is of; null for a price without tiers, and `upTo` for the last of them. */
  readonly from: Ratio | null
  readonly upTo: Ratio | null
  readonly quantity: Ratio
  readonly unitPrice: Ratio
  readonly amount: Ratio
}

/** What usage costs, and how that comes about: the amounts of the steps sum to it. */
export type Priced = { readonly amount: Ratio; readonly steps: readonly Step[] }
