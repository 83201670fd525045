import { verifyDiscounts } from './verify-discounts.ts'
import {
  type Claim,
  DocumentFault,
  type Fields,
  type Fraction,
  byLargestRemainder,
  claimFraction,
  decimalOf,
  fieldsOf,
  floorOf,
  fractionOf,
  halfUp,
  listOf,
  plus,
  textOf,
  wholeOf,
} from './verify-reading.ts'
import { netOf, verifyTaxes } from './verify-taxes.ts'
import { priceOf, sumOfSteps } from './verify-usage.ts'

export { DocumentFault } from './verify-reading.ts'

/**
 * Recomputes an invoice from its explanation alone: offline, in a few lines of its own, and with nothing of the
 * program that issued it, so that a fault there cannot hide here.
 */

/** What the lines, the taxes and the terms of a document come to, and everything it says that does not follow. */
export type Recomputed = {
  readonly number: string
  readonly currency: string
  readonly totalMinor: bigint
  readonly faults: readonly string[]
}

/** Minor units that are not hundredths, from ISO 4217. */
const decimalsOf: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

/** @throws DocumentFault where the document is not an explanation at all */
export function verifyInvoice(document: unknown): Recomputed {
  try {
    return recompute(document)
  } catch (error) {
    // What Temporal says of a day or a zone that does not exist.
    if (error instanceof RangeError) throw new DocumentFault(error.message)
    throw error
  }
}

function recompute(document: unknown): Recomputed {
  const faults: string[] = []
  const claim = (what: string, said: unknown, computed: unknown): void => {
    if (String(said) !== String(computed))
      faults.push(`${what} is ${String(said)} and should be ${String(computed)}`)
  }
  const invoice = fieldsOf(document, 'the document')
  if (invoice['version'] !== 1) throw new DocumentFault('the document is not an explanation of version 1')
  const currency = textOf(invoice, 'currency')
  const [own] = Object.entries(decimalsOf).find(([, codes]) => codes.split(' ').includes(currency)) ?? ['2']
  claim('decimals', invoice['decimals'], own)

  const lines = listOf(invoice, 'lines')
  const exact = lines.map((line, index) => verifyLine(line, index, Number(own), claim))
  const sum = exact.reduce(plus, { above: 0n, below: 1n })
  const subtotal = halfUp(sum)
  const rounding = fieldsOf(invoice['rounding'], 'rounding')
  claimFraction('rounding.exactMinor', rounding['exactMinor'], sum, claim)
  claim('rounding.subtotalMinor', rounding['subtotalMinor'], subtotal)
  for (const [index, minor] of byLargestRemainder(exact, subtotal).entries())
    claim(`lines[${index}].amountMinor`, lines[index]?.['amountMinor'], minor)

  const taken = verifyDiscounts('discounts' in invoice ? listOf(invoice, 'discounts') : [], lines, claim)
  const discount = lines.reduce((total, line) => total + wholeOf(line, 'discountMinor'), 0n)
  claim('discountMinor', invoice['discountMinor'], discount)
  const tax = verifyTaxes(listOf(invoice, 'taxes'), lines, taken, claim)
  claim('taxMinor', invoice['taxMinor'], tax)
  const totalMinor = subtotal - discount + tax
  claim('totalMinor', invoice['totalMinor'], totalMinor)
  verifyDates(invoice, claim)
  return { number: textOf(invoice, 'number'), currency, totalMinor, faults }
}

/** Unit price × quantity × share, in minor units, and of that what is no tax within it. */
function verifyLine(line: Fields, index: number, decimals: number, claim: Claim): Fraction {
  const at = `lines[${index}]`
  const price = decimalOf(line, 'unitAmount')
  const quantity = decimalOf(line, 'quantity')
  let exact = {
    above: price.above * quantity.above * 10n ** BigInt(decimals),
    below: price.below * quantity.below,
  }
  // Documents from before usage was charged say nothing of it.
  if (isSaid(line, 'usage')) exact = verifyUsage(fieldsOf(line['usage'], `${at}.usage`), at, decimals, claim)
  if (isSaid(line, 'correction'))
    exact = corrected(exact, fieldsOf(line['correction'], `${at}.correction`), at)
  if (isSaid(line, 'earlier')) exact = lessEarlier(exact, fieldsOf(line['earlier'], `${at}.earlier`), at)
  if (line['share'] !== null) {
    const share = fieldsOf(line['share'], `${at}.share`)
    const part = wholeOf(share, 'part')
    const whole = wholeOf(share, 'whole')
    if (whole <= 0n) throw new DocumentFault(`${at}.share.whole must be above zero`)
    verifyShare(line, share, at, { part, whole }, claim)
    exact = { above: exact.above * part, below: exact.below * whole }
    if (isSaid(line, 'minimum'))
      exact = verifyMinimum(fieldsOf(line['minimum'], `${at}.minimum`), at, { above: part, below: whole })
  }
  claimFraction(`${at}.exactMinor`, line['exactMinor'], exact, claim)
  const net = netOf(line, exact)
  if ('netMinor' in line) claimFraction(`${at}.netMinor`, line['netMinor'], net, claim)
  const down = floorOf(net)
  claim(`${at}.floorMinor`, line['floorMinor'], down)
  const remainder = { above: net.above - down * net.below, below: net.below }
  claimFraction(`${at}.remainder`, line['remainder'], remainder, claim)
  return net
}

function isSaid(line: Fields, name: string): boolean {
  return name in line && line[name] !== null
}

/** What is missing of usage that changed after it was billed: what it costs, or the least, less what was billed. */
function corrected(price: Fraction, correction: Fields, at: string): Fraction {
  const least = fractionOf(correction['leastMinor'], `${at}.correction.leastMinor`)
  const billed = fractionOf(correction['billedMinor'], `${at}.correction.billedMinor`)
  const within = fractionOf(correction['committedMinor'], `${at}.correction.committedMinor`)
  const due = price.above * least.below > least.above * price.below ? price : least
  const paid = plus(billed, within)
  return plus(due, { above: -paid.above, below: paid.below })
}

/** What usage that is invoiced in parts costs by now, less what was invoiced of it before; whole units while it goes on. */
function lessEarlier(price: Fraction, earlier: Fields, at: string): Fraction {
  const billed = fractionOf(earlier['billedMinor'], `${at}.earlier.billedMinor`)
  const due = plus(price, { above: -billed.above, below: billed.below })
  return earlier['roundedDown'] === true ? { above: floorOf(due), below: 1n } : due
}

/** What is missing to the minimum for the days of the period, in minor units. */
function verifyMinimum(minimum: Fields, at: string, share: Fraction): Fraction {
  const reached = fractionOf(minimum['reachedMinor'], `${at}.minimum.reachedMinor`)
  const whole = wholeOf(minimum, 'minor')
  return plus(
    { above: whole * share.above, below: share.below },
    { above: -reached.above, below: reached.below },
  )
}

/** The steps of a price, and the price itself where it follows from the usage as a whole; in minor units. */
function verifyUsage(usage: Fields, at: string, decimals: number, claim: Claim): Fraction {
  const properties = fieldsOf(usage['properties'], `${at}.usage.properties`)
  const units = fractionOf(usage['units'], `${at}.usage.units`)
  const sum = sumOfSteps(
    listOf(usage, 'steps').map((step, index) => ({
      quantity: fractionOf(step['quantity'], `${at}.usage.steps[${index}].quantity`),
      unitPrice: decimalOf(step, 'unitPrice'),
    })),
  )
  const price = priceOf({
    model: textOf(usage, 'model'),
    units,
    paid:
      usage['weightedUnits'] === null
        ? units
        : fractionOf(usage['weightedUnits'], `${at}.usage.weightedUnits`),
    events: wholeOf(usage, 'events'),
    isByTime: usage['weightedUnits'] !== null,
    price: (name) => {
      const value = properties[name]
      if (value === undefined) return undefined
      return typeof value === 'number' ? { above: BigInt(value), below: 1n } : decimalOf(properties, name)
    },
    tiers: properties['tiers'] === undefined ? [] : listOf(properties, 'tiers').map(tierOf),
  })
  if (price && price.above * sum.below !== sum.above * price.below)
    claim(`${at}.usage.steps`, `a sum of ${sum.above}/${sum.below}`, `${price.above}/${price.below}`)
  return { above: sum.above * 10n ** BigInt(decimals), below: sum.below }
}

function tierOf(tier: Fields): { upTo: Fraction | null; each: Fraction; flat: Fraction } {
  return {
    upTo: tier['upTo'] === null ? null : decimalOf(tier, 'upTo'),
    each: decimalOf(tier, 'unitPrice'),
    flat: decimalOf(tier, 'flatAmount'),
  }
}

/** The days that the period touches, or its seconds, out of those of the whole one. */
function verifyShare(
  line: Fields,
  share: Fields,
  at: string,
  { part, whole }: { part: bigint; whole: bigint },
  claim: Claim,
): void {
  const period = { from: textOf(line, 'periodStart'), to: textOf(line, 'periodEnd') }
  const nominal = { from: textOf(share, 'wholeStart'), to: textOf(share, 'wholeEnd') }
  if (Date.parse(period.from) < Date.parse(nominal.from) || Date.parse(period.to) > Date.parse(nominal.to))
    claim(`${at}.share`, 'of a period that is not within the whole one', 'of one that is')
  const unit = textOf(share, 'unit')
  if (unit === 'PERIOD') {
    claim(`${at}.share.part`, part, whole)
    return
  }
  const zone = textOf(share, 'zone')
  const count = unit === 'DAY' ? (span: Span) => daysTouched(zone, span) : secondsTouched
  claim(`${at}.share.part`, part, count(period))
  claim(`${at}.share.whole`, whole, count(nominal))
}

type Span = { readonly from: string; readonly to: string }

function daysTouched(zone: string, { from, to }: Span): number {
  const first = Temporal.Instant.from(from).toZonedDateTimeISO(zone).toPlainDate()
  const last = Temporal.Instant.from(to).subtract({ milliseconds: 1 }).toZonedDateTimeISO(zone).toPlainDate()
  return first.until(last).days + 1
}

function secondsTouched({ from, to }: Span): number {
  return Math.floor((Date.parse(to) - 1) / 1000) - Math.floor(Date.parse(from) / 1000) + 1
}

function verifyDates(invoice: Fields, claim: Claim): void {
  const due = fieldsOf(invoice['due'], 'due')
  const issuedOn = Temporal.Instant.from(textOf(invoice, 'issuedAt'))
    .toZonedDateTimeISO(textOf(due, 'zone'))
    .toPlainDate()
  claim('due.issuedOn', due['issuedOn'], issuedOn)
  claim('due.dueOn', due['dueOn'], issuedOn.add({ days: Number(due['termsDays']) }))
  const [, year] = /-(\d{4})-\d{6,}$/.exec(textOf(invoice, 'number')) ?? []
  claim('the year in the number', year, issuedOn.year)
}
