import {
  type Claim,
  DocumentFault,
  type Fields,
  byLargestRemainder,
  fractionOf,
  halfUp,
  listOf,
  plus,
  textOf,
  wholeOf,
} from './verify-reading.ts'

/**
 * Percentages before fixed amounts, in their order, each on what is left of the prices of its lines and shared out over
 * them by largest remainder. A line loses of its net amount what it loses of its price, in proportion. Gives what was
 * taken off the price of each line.
 */
export function verifyDiscounts(
  discounts: readonly Fields[],
  lines: readonly Fields[],
  claim: Claim,
): bigint[] {
  const prices = pricesOf(lines)
  const left = [...prices]
  for (const kind of ['PERCENTAGE', 'FIXED_AMOUNT']) {
    for (const [index, discount] of discounts.entries()) {
      if (textOf(discount, 'kind') !== kind) continue
      const places = placesOf(discount, lines.length)
      const base = places.reduce((sum, place) => sum + (left[place] ?? 0n), 0n)
      const asked = amountOf(discount, index, base)
      const minor = asked < base ? asked : base
      if (minor <= 0n) continue
      const shares = places.map((place) => ({ above: minor * (left[place] ?? 0n), below: base }))
      for (const [at, share] of byLargestRemainder(shares, minor).entries()) {
        const place = places[at] ?? 0
        left[place] = (left[place] ?? 0n) - share
      }
    }
  }
  const taken = prices.map((price, place) => price - (left[place] ?? 0n))
  for (const [place, line] of lines.entries()) {
    const net = wholeOf(line, 'amountMinor')
    const [price, off] = [prices[place] ?? 0n, taken[place] ?? 0n]
    const share = off === 0n ? 0n : halfUp({ above: net * off, below: price })
    const minor = off === 0n || share < net ? share : net
    claim(`lines[${place}].discountMinor`, line['discountMinor'], minor)
    const told = discounts.reduce((sum, discount) => sum + lineAmount(discount, place), 0n)
    claim(`the discounts of lines[${place}]`, told, minor)
  }
  for (const [index, discount] of discounts.entries()) {
    const sum = lines.reduce((total, _, place) => total + lineAmount(discount, place), 0n)
    claim(`discounts[${index}].amountMinor`, discount['amountMinor'], sum)
  }
  return taken
}

/** Prices as they are said, which are the net amounts unless a tax is within one of them. */
function pricesOf(lines: readonly Fields[]): bigint[] {
  const hasWithin = lines.some(
    (line) => 'taxes' in line && listOf(line, 'taxes').some((tax) => tax['inclusive'] === true),
  )
  if (!hasWithin) return lines.map((line) => wholeOf(line, 'amountMinor'))
  const exact = lines.map((line, index) => fractionOf(line['exactMinor'], `lines[${index}].exactMinor`))
  return byLargestRemainder(exact, halfUp(exact.reduce(plus, { above: 0n, below: 1n })))
}

function amountOf(discount: Fields, index: number, base: bigint): bigint {
  if (textOf(discount, 'kind') === 'FIXED_AMOUNT') return wholeOf(discount, 'fixedMinor')
  const rate = fractionOf(discount['rate'], `discounts[${index}].rate`)
  return halfUp({ above: base * rate.above, below: rate.below })
}

function placesOf(discount: Fields, count: number): number[] {
  const places = discount['lines']
  if (!Array.isArray(places)) throw new DocumentFault('lines of a discount is not a list')
  return places.map((place: unknown) => {
    if (typeof place !== 'number' || !Number.isInteger(place) || place < 0 || place >= count)
      throw new DocumentFault('a discount is for a line that there is not')
    return place
  })
}

function lineAmount(discount: Fields, place: number): bigint {
  const amounts = discount['lineMinor']
  const amount: unknown = Array.isArray(amounts) ? amounts[place] : undefined
  if (typeof amount !== 'string' || !/^\d{1,60}$/.test(amount))
    throw new DocumentFault(`lineMinor of a discount lacks line ${place}`)
  return BigInt(amount)
}
