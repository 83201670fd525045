import { type Ratio, multiply, ratio } from '../money/index.ts'
import { creditWithin } from '../prorate/index.ts'
import { roundLines } from '../invoice/index.ts'

/** A line that charged units of a plan for the period under way. */
export type ChargedUnits = {
  /** For one unit and a whole period, in minor units. */
  readonly priceMinor: bigint
  /** Units that have not been given back. */
  readonly units: number
}

/** So many units of a line, given back for a share of the period: exact, in minor units. */
export type CreditedUnits = { readonly line: number; readonly units: number; readonly amount: Ratio }

/**
 * Gives back units of the lines that charged them, the latest first, for a share of a whole period. There are never
 * more units given back than were charged.
 */
export function creditUnits(
  lines: readonly ChargedUnits[],
  given: { readonly units: number; readonly share: Ratio },
): CreditedUnits[] {
  const credited: CreditedUnits[] = []
  let open = given.units
  for (const [line, { priceMinor, units: charged }] of lines.entries()) {
    const units = Math.min(open, charged)
    if (units <= 0) continue
    open -= units
    credited.push({ line, units, amount: multiply(ratio(priceMinor * BigInt(units)), given.share) })
  }
  return credited
}

/**
 * What the exact credits of the lines of one invoice come to: rounded once, as the invoice was, and each line never
 * more than is left of it.
 */
export function roundCredits(
  credits: readonly { readonly amount: Ratio; readonly leftMinor: bigint }[],
): bigint[] {
  const { lineMinor } = roundLines(credits)
  return credits.map(({ leftMinor }, index) => creditWithin(lineMinor[index] ?? 0n, leftMinor))
}
