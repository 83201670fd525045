import type { Ratio } from '@novabilling/core/money'

/**
 * How the amount of a line came about: unit price × quantity × share. The share is counted in local days of `zone`,
 * or in seconds where a period is as short as a day, out of the whole nominal period; 1 of 1 for a whole one.
 */
export type LineDerivation = {
  readonly zone: string
  readonly unit: 'PERIOD' | 'DAY' | 'SECOND'
  readonly share: Ratio
  /** The amount before rounding, in minor units. */
  readonly exact: Ratio
  readonly wholeFrom: string
  readonly wholeTo: string
}

/** As it is stored: fractions as pairs of decimal strings, since JSON has no integers of any length. */
export type StoredDerivation = Omit<LineDerivation, 'share' | 'exact'> & {
  readonly share: readonly [numerator: string, denominator: string]
  readonly exact: readonly [numerator: string, denominator: string]
}

/** Written by hand, since none of its values holds anything to escape and the billing run makes one a line. */
export function derivationText({ zone, unit, share, exact, wholeFrom, wholeTo }: LineDerivation): string {
  return `{"zone":"${zone}","unit":"${unit}","share":["${share.numerator}","${share.denominator}"],"exact":["${exact.numerator}","${exact.denominator}"],"wholeFrom":"${wholeFrom}","wholeTo":"${wholeTo}"}`
}
