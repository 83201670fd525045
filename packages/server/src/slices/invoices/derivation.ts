import type { Ratio } from '@novabilling/core/money'

/**
 * How the amount of a line came about: unit price × quantity × share. The share is counted in local days of `zone`,
 * or in seconds where a period is as short as a day, out of the whole nominal period; 1 of 1 for a whole one.
 */
export type LineDerivation = ShareDerivation | PlainDerivation

/** What is charged for a share of a period. */
type ShareDerivation = {
  readonly zone: string
  readonly unit: 'PERIOD' | 'DAY' | 'SECOND'
  readonly share: Ratio
  /** The amount before rounding, in minor units. */
  readonly exact: Ratio
  readonly wholeFrom: string
  readonly wholeTo: string
  /** Of a line of usage: what was priced, and how. */
  readonly usage?: UsageDerivation
  /** Of a line that tops up to a minimum, in minor units: the minimum of a whole period, and what was reached. */
  readonly minimum?: { readonly charge: string | null; readonly minor: string; readonly reached: Fraction }
  /** Of a line of what came late, in minor units: the least that the usage costs, what was billed of it before,
   * and what the commitment of the plan takes. */
  readonly correction?: {
    readonly least: Fraction
    readonly billed: Fraction
    readonly within: Fraction
  }
  /** Of a line of usage of which something was invoiced before its window ended: how much, in minor units. What is
   * invoiced before the end is rounded down to whole ones. */
  readonly earlier?: { readonly billed: Fraction; readonly roundedDown: boolean }
}

type Fraction = readonly [numerator: string, denominator: string]

/** Decimals in major units, fractions as pairs. The steps sum to the amount. */
export type UsageDerivation = {
  readonly charge: string
  readonly model: string
  readonly units: Fraction
  /** The units weighted by time, where that is paid for. */
  readonly weighted: Fraction | null
  readonly events: string
  readonly properties: object
  readonly steps: readonly {
    readonly kind: string
    readonly from: string | null
    readonly upTo: string | null
    readonly quantity: Fraction
    readonly unitPrice: string
  }[]
}

/** What has no period to be a share of: unit price × quantity. */
type PlainDerivation = {
  readonly share?: never
  readonly usage?: never
  readonly minimum?: never
  readonly correction?: never
  readonly earlier?: never
  readonly exact: Ratio
}

/** As it is stored: fractions as pairs of decimal strings, since JSON has no integers of any length. */
export type StoredDerivation = (
  | (Omit<ShareDerivation, 'share' | 'exact'> & { readonly share: Fraction })
  | {
      readonly share?: never
      readonly usage?: never
      readonly minimum?: never
      readonly correction?: never
      readonly earlier?: never
    }
) & { readonly exact: Fraction }

/** Written by hand, since none of its values holds anything to escape and the billing run makes one a line. */
export function derivationText(derivation: LineDerivation): string {
  const { exact } = derivation
  if (!derivation.share) return `{"exact":["${exact.numerator}","${exact.denominator}"]}`
  const { zone, unit, share, wholeFrom, wholeTo, usage, minimum, correction, earlier } = derivation
  const more =
    usage || minimum ? `,${JSON.stringify({ usage, minimum, correction, earlier }).slice(1, -1)}` : ''
  return `{"zone":"${zone}","unit":"${unit}","share":["${share.numerator}","${share.denominator}"],"exact":["${exact.numerator}","${exact.denominator}"],"wholeFrom":"${wholeFrom}","wholeTo":"${wholeTo}"${more}}`
}
