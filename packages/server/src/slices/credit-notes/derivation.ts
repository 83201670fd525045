import type { CreditAmounts, Creditable } from '@novabilling/core/credit'
import type { Ratio } from '@novabilling/core/money'

/** What was asked for: amounts of lines, a total of all of them, or the unused rest of a period. */
export const creditBases = ['LINES', 'TOTAL', 'UNUSED'] as const
export type CreditBasis = (typeof creditBases)[number]

/** What a change gives back of a line: units, and the rest of the period for which they are. */
export type GivenBack = {
  readonly units: number
  readonly from: string
  readonly to: string
  /** Of one unit, for a whole period, in minor units. */
  readonly unitMinor: bigint
  /** Of the whole period, in days or seconds. */
  readonly share: Ratio
  readonly zone: string
  readonly unit: 'DAY' | 'SECOND'
}

type StoredUnused = {
  readonly units: number
  readonly unitMinor: string
  readonly zone: string
  readonly unit: GivenBack['unit']
  readonly part: string
  readonly whole: string
  readonly from: string
  readonly to: string
}

/** How a credit note came about, as it is stored: whole amounts as text, since JSON has no integers of 64 bits. */
export type StoredCredit = {
  readonly basis: CreditBasis
  /** What was left of the invoice, with taxes. */
  readonly most: string
  /** All lines of the invoice, in their order, also those that nothing was credited of. */
  readonly lines: readonly {
    readonly left: string
    readonly discountLeft: string
    readonly amount: string
    readonly discount: string
    readonly unused: StoredUnused | null
  }[]
  readonly taxes: readonly {
    readonly lines: readonly number[]
    readonly left: string
    readonly amount: string
  }[]
}

export function derivationText(credit: {
  basis: CreditBasis
  creditable: Creditable
  leftMinor: bigint
  amounts: CreditAmounts
  givenBack: ReadonlyMap<number, GivenBack> | undefined
}): string {
  const { creditable, amounts } = credit
  const stored: StoredCredit = {
    basis: credit.basis,
    most: String(credit.leftMinor),
    lines: creditable.lines.map((line, place) => ({
      left: String(line.leftMinor),
      discountLeft: String(line.discountLeftMinor),
      amount: String(amounts.lines[place]?.amountMinor ?? 0n),
      discount: String(amounts.lines[place]?.discountMinor ?? 0n),
      unused: storedUnused(credit.givenBack?.get(place)),
    })),
    taxes: creditable.taxes.map((tax, index) => ({
      lines: tax.lines,
      left: String(tax.leftMinor),
      amount: String(amounts.taxes[index] ?? 0n),
    })),
  }
  return JSON.stringify(stored)
}

function storedUnused(back: GivenBack | undefined): StoredUnused | null {
  if (!back) return null
  const { units, from, to, unitMinor, share, zone, unit } = back
  return {
    units,
    unitMinor: String(unitMinor),
    zone,
    unit,
    part: String(share.numerator),
    whole: String(share.denominator),
    from,
    to,
  }
}
