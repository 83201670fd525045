import { type Ratio, add, allocate, divide, ratio, roundHalfUp, zero } from '../money/index.ts'
import { taxOn } from './rate.ts'

/** A tax as it applies to a line. `rate` is a share (16 % is 4/25); an inclusive one is within the line's price. */
export type TaxRate = { readonly code: string; readonly rate: Ratio; readonly inclusive: boolean }

/** What one tax comes to over all the lines of an invoice. */
export type TaxTotal = {
  readonly tax: TaxRate
  readonly baseMinor: bigint
  readonly taxMinor: bigint
  /** What each line bears of it, by largest remainder; zero where it is not on the line. */
  readonly lineMinor: readonly bigint[]
}

/** A line as it is priced: exact, in minor units, with its inclusive taxes within. */
export type TaxedLine = { readonly amount: Ratio; readonly taxes: readonly TaxRate[] }

/** A line's amount without the taxes that are within its price: 116.00 with 16 % included → 100. */
export function netOf(line: TaxedLine): Ratio {
  let within = zero
  for (const { rate, inclusive } of line.taxes) if (inclusive) within = add(within, rate)
  return within.numerator === 0n ? line.amount : divide(line.amount, add(ratio(1n), within))
}

/**
 * The taxes of an invoice, in the order in which they first appear. A tax on top is computed once, on the rounded sum
 * of its lines (EN 16931 BR-CO-17), never line by line. Taxes within the price are what is left of the rounded gross
 * price after the net amounts, so that the customer pays exactly the price; several share it by their rates.
 * `netMinor` holds the rounded net amounts of the lines, in their order.
 */
export function taxTotals(lines: readonly TaxedLine[], netMinor: readonly bigint[]): TaxTotal[] {
  const totals = new Map<string, { tax: TaxRate; baseMinor: bigint; taxMinor: bigint; places: number[] }>()
  const within = new Map<string, { taxes: TaxRate[]; gross: Ratio; netMinor: bigint }>()
  for (const [index, line] of lines.entries()) {
    const net = netMinor[index] ?? 0n
    for (const tax of line.taxes) {
      const total = totals.get(keyOf(tax))
      if (total) {
        total.baseMinor += net
        total.places.push(index)
      } else totals.set(keyOf(tax), { tax, baseMinor: net, taxMinor: 0n, places: [index] })
    }
    const taxes = line.taxes.filter(({ inclusive }) => inclusive)
    // What rounding leaves of a price is none of a rate of nothing.
    if (taxes.every(({ rate }) => rate.numerator === 0n)) continue
    const key = taxes.map(keyOf).join()
    const group = within.get(key)
    within.set(key, {
      taxes,
      gross: group ? add(group.gross, line.amount) : line.amount,
      netMinor: (group?.netMinor ?? 0n) + net,
    })
  }
  for (const total of totals.values())
    if (!total.tax.inclusive) total.taxMinor = taxOn(total.baseMinor, total.tax.rate)
  for (const { taxes, gross, netMinor: net } of within.values()) {
    // Lines that were rounded up among others may leave less than nothing of a price, and that is no tax.
    const left = roundHalfUp(gross) - net
    const shares = allocate(
      left > 0n ? left : 0n,
      taxes.map(({ rate }) => rate),
    )
    for (const [index, tax] of taxes.entries()) {
      const total = totals.get(keyOf(tax))
      if (total) total.taxMinor += shares[index] ?? 0n
    }
  }
  return Array.from(totals.values(), ({ places, ...total }) => ({
    ...total,
    lineMinor: lineShares(total.taxMinor, places, netMinor),
  }))
}

function lineShares(taxMinor: bigint, places: readonly number[], netMinor: readonly bigint[]): bigint[] {
  const shares = netMinor.map(() => 0n)
  const parts = allocate(
    taxMinor,
    places.map((place) => positive(netMinor[place] ?? 0n)),
  )
  for (const [at, place] of places.entries()) shares[place] = parts[at] ?? 0n
  return shares
}

function positive(minor: bigint): bigint {
  return minor > 0n ? minor : 0n
}

function keyOf({ code, rate, inclusive }: TaxRate): string {
  return JSON.stringify([code, rate.numerator.toString(), rate.denominator.toString(), inclusive])
}
