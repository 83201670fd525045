import {
  type Claim,
  DocumentFault,
  type Fields,
  type Fraction,
  byLargestRemainder,
  fractionOf,
  halfUp,
  listOf,
  plus,
  textOf,
  wholeOf,
} from './verify-reading.ts'

/** A tax as a line or an invoice says it. */
type Tax = { readonly key: string; readonly rate: Fraction; readonly isWithin: boolean }

const nothing: Fraction = { above: 0n, below: 1n }

/** What of a line's price is no tax within it: price ÷ (1 + the rates within). */
export function netOf(line: Fields, price: Fraction): Fraction {
  const within = taxesOf(line)
    .filter(({ isWithin }) => isWithin)
    .reduce((sum, { rate }) => plus(sum, rate), nothing)
  return { above: price.above * within.below, below: price.below * (within.above + within.below) }
}

/**
 * Each tax on top is its rate on the lines that have it, less their discounts, rounded half up. Taxes within prices are
 * what the net amounts leave of the prices, less what discounts took off them (`taken`), shared out by their rates. Gives
 * the sum of all.
 */
export function verifyTaxes(
  taxes: readonly Fields[],
  lines: readonly Fields[],
  taken: readonly bigint[],
  claim: Claim,
): bigint {
  const said = taxes.map(taxOf)
  const within = taxesWithin(lines, taken)
  return said.reduce((sum, { key, rate, isWithin }, index) => {
    const own = lines.filter((line) => taxesOf(line).some((tax) => tax.key === key))
    const base = own.reduce((total, line) => total + leftOf(line), 0n)
    claim(`taxes[${index}].baseMinor`, taxes[index]?.['baseMinor'], base)
    const minor = isWithin ? (within.get(key) ?? 0n) : halfUp({ above: rate.above * base, below: rate.below })
    claim(`taxes[${index}].taxMinor`, taxes[index]?.['taxMinor'], minor)
    return sum + minor
  }, 0n)
}

function taxesWithin(lines: readonly Fields[], taken: readonly bigint[]): Map<string, bigint> {
  const groups = new Map<string, { taxes: Tax[]; price: Fraction; net: bigint }>()
  for (const [index, line] of lines.entries()) {
    const taxes = taxesOf(line).filter(({ isWithin }) => isWithin)
    if (taxes.length === 0) continue
    const key = taxes.map((tax) => tax.key).join()
    const { price, net } = groups.get(key) ?? { price: nothing, net: 0n }
    groups.set(key, {
      taxes,
      price: plus(plus(price, fractionOf(line['exactMinor'], `lines[${index}].exactMinor`)), {
        above: -(taken[index] ?? 0n),
        below: 1n,
      }),
      net: net + leftOf(line),
    })
  }
  const minor = new Map<string, bigint>()
  for (const { taxes, price, net } of groups.values()) {
    const rest = halfUp(price) - net
    const left = rest > 0n ? rest : 0n
    const rates = taxes.reduce((sum, { rate }) => plus(sum, rate), nothing)
    if (rates.above === 0n) continue
    const shares = taxes.map(({ rate }) => ({
      above: left * rate.above * rates.below,
      below: rate.below * rates.above,
    }))
    for (const [index, share] of byLargestRemainder(shares, left).entries()) {
      const key = taxes[index]?.key ?? ''
      minor.set(key, (minor.get(key) ?? 0n) + share)
    }
  }
  return minor
}

/** Documents from before there were taxes have none on their lines. */
function taxesOf(line: Fields): Tax[] {
  return 'taxes' in line ? listOf(line, 'taxes').map(taxOf) : []
}

function taxOf(tax: Fields): Tax {
  const rate = fractionOf(tax['rate'], 'the rate of a tax')
  if (rate.above < 0n) throw new DocumentFault('the rate of a tax is below zero')
  const isWithin = tax['inclusive'] === true
  return { key: `${textOf(tax, 'code')} ${rate.above}/${rate.below} ${isWithin}`, rate, isWithin }
}

function leftOf(line: Fields): bigint {
  return wholeOf(line, 'amountMinor') - wholeOf(line, 'discountMinor')
}
