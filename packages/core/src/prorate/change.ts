import type { EpochMs, Period } from '../calendar/index.ts'
import { type Ratio, compare, multiply, ratio, subtract, zero } from '../money/index.ts'
import { type Unit, unusedAfterChange } from './share.ts'

/** What a change within a period gives back and charges: exact, in minor units, neither below zero. */
export type ChangeAmounts = { readonly credit: Ratio; readonly charge: Ratio }

/**
 * A change of price within a period, of the plan or of one of its parts: the old one's rest is credited, the new
 * one's is charged. `oldAmount` and `newAmount` are for a whole period, with their quantity and net of their own
 * discount. There and back again at the same instant is zero. A change of interval starts a new period instead: its
 * credit is this one's, its charge a whole new period.
 */
export function changeAmounts(
  unit: Unit,
  period: Period,
  change: { at: EpochMs; oldAmount: Ratio; newAmount: Ratio },
): ChangeAmounts {
  const rest = unusedAfterChange(unit, period, change.at)
  return { credit: multiply(change.oldAmount, rest), charge: multiply(change.newAmount, rest) }
}

/**
 * A change of the quantity at an unchanged price: only the difference is prorated, so what does not depend on the
 * quantity gets no line. More is a charge, less a credit.
 */
export function quantityChange(
  unit: Unit,
  period: Period,
  change: { at: EpochMs; oldAmount: Ratio; newAmount: Ratio },
): ChangeAmounts {
  const difference = subtract(change.newAmount, change.oldAmount)
  const rest = unusedAfterChange(unit, period, change.at)
  return compare(difference, zero) > 0
    ? { credit: zero, charge: multiply(difference, rest) }
    : { credit: multiply(multiply(difference, ratio(-1n)), rest), charge: zero }
}

/**
 * The part of a credit that can be given, in minor units: never more than is left of its line (what was paid or is
 * owed on it, less what has been credited already), and never below zero.
 */
export function creditWithin(creditMinor: bigint, leftMinor: bigint): bigint {
  if (creditMinor <= 0n || leftMinor <= 0n) return 0n
  return creditMinor < leftMinor ? creditMinor : leftMinor
}
