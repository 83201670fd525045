import {
  type Claim,
  DocumentFault,
  type Fields,
  type Fraction,
  byLargestRemainder,
  claimFraction,
  fieldsOf,
  halfUp,
  listOf,
  plus,
  textOf,
  wholeOf,
} from './verify-reading.ts'
import type { Recomputed } from './verify-invoice.ts'

/**
 * Recomputes a credit note from its explanation alone: offline, in a few lines of its own, and with nothing of the
 * program that issued it.
 */

type Line = { readonly left: bigint; readonly discountLeft: bigint }
type Tax = { readonly lines: readonly number[]; readonly left: bigint }
type Left = { readonly lines: readonly Line[]; readonly taxes: readonly Tax[] }
type Credited = {
  readonly lines: readonly { readonly amount: bigint; readonly discount: bigint }[]
  readonly taxes: readonly bigint[]
}

/** @throws DocumentFault where the document is not an explanation at all */
export function verifyCreditNote(document: unknown): Recomputed {
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
  const claim: Claim = (what, said, computed) => {
    if (String(said) !== String(computed))
      faults.push(`${what} is ${String(said)} and should be ${String(computed)}`)
  }
  const note = fieldsOf(document, 'the document')
  if (note['version'] !== 1 || note['kind'] !== 'CREDIT_NOTE')
    throw new DocumentFault('the document is not an explanation of a credit note of version 1')
  const lines = listOf(note, 'lines')
  const taxes = listOf(note, 'taxes')
  const left: Left = {
    lines: lines.map((line) => ({
      left: wholeOf(line, 'leftMinor'),
      discountLeft: wholeOf(line, 'discountLeftMinor'),
    })),
    taxes: taxes.map((tax) => ({ lines: placesOf(tax, lines.length), left: wholeOf(tax, 'leftMinor') })),
  }
  const credited = creditedBy(note, lines, left, claim)
  for (const [index, line] of lines.entries()) {
    const { amount = 0n, discount = 0n } = credited.lines[index] ?? {}
    claim(`lines[${index}].amountMinor`, line['amountMinor'], amount)
    claim(`lines[${index}].discountMinor`, line['discountMinor'], discount)
    if (amount > (left.lines[index]?.left ?? 0n))
      faults.push(`lines[${index}] gives back more than is left of it`)
  }
  for (const [index, tax] of taxes.entries())
    claim(`taxes[${index}].taxMinor`, tax['taxMinor'], credited.taxes[index])

  const subtotal = sum(credited.lines.map(({ amount }) => amount))
  const discount = sum(credited.lines.map((line) => line.discount))
  const tax = sum(credited.taxes)
  const totalMinor = subtotal - discount + tax
  claim('subtotalMinor', note['subtotalMinor'], subtotal)
  claim('discountMinor', note['discountMinor'], discount)
  claim('taxMinor', note['taxMinor'], tax)
  claim('totalMinor', note['totalMinor'], totalMinor)
  if (totalMinor > wholeOf(note, 'mostMinor')) faults.push('totalMinor is more than is left of the invoice')
  const went = (['settledMinor', 'refundMinor', 'balanceMinor'] as const).map((name) => wholeOf(note, name))
  claim('what was settled, refunded and kept', sum(went), totalMinor)
  if (went.some((minor) => minor < 0n)) faults.push('a part of where it went is below zero')
  const [, year] = /-(\d{4})-\d{6,}$/.exec(textOf(note, 'number')) ?? []
  const issued = Temporal.Instant.from(textOf(note, 'issuedAt')).toZonedDateTimeISO(textOf(note, 'zone'))
  claim('the year in the number', year, issued.year)
  return { number: textOf(note, 'number'), currency: textOf(note, 'currency'), totalMinor, faults }
}

/** What is credited, by what was asked for: amounts of lines, a total, or the unused rest of a period. */
function creditedBy(note: Fields, lines: readonly Fields[], left: Left, claim: Claim): Credited {
  switch (note['basis']) {
    case 'LINES':
      return ofLines(
        left,
        lines.map((line) => wholeOf(line, 'amountMinor')),
      )
    case 'TOTAL':
      return ofTotal(left, wholeOf(note, 'totalMinor'))
    case 'UNUSED': {
      const credited = ofLines(left, unusedOf(lines, left, claim))
      const most = wholeOf(note, 'mostMinor')
      if (totalOf(credited) <= most) return credited
      const within = {
        lines: credited.lines.map(({ amount, discount }) => ({ left: amount, discountLeft: discount })),
        taxes: left.taxes.map((tax, index) => ({ lines: tax.lines, left: credited.taxes[index] ?? 0n })),
      }
      return ofTotal(within, most > 0n ? most : 0n)
    }
    default:
      throw new DocumentFault('basis is neither LINES, TOTAL nor UNUSED')
  }
}

/** Each amount takes along its share of its discount, and of each tax by what is left net of the taxed lines. */
function ofLines(left: Left, amounts: readonly bigint[]): Credited {
  const lines = left.lines.map((line, index) => {
    const amount = amounts[index] ?? 0n
    return { amount, discount: part(line.discountLeft, amount, line.left) }
  })
  const taxes = left.taxes.map((tax) => {
    const net = sum(tax.lines.map((place) => (lines[place]?.amount ?? 0n) - (lines[place]?.discount ?? 0n)))
    const netLeft = sum(tax.lines.map((place) => netOf(left.lines[place])))
    return part(tax.left, net, netLeft)
  })
  return { lines, taxes }
}

/** Of a total, net and taxes get what they are of all that is left; the lines share the net, the taxes the rest. */
function ofTotal(left: Left, total: bigint): Credited {
  const nets = left.lines.map(netOf)
  const taxesLeft = left.taxes.map((tax) => tax.left)
  const net = part(sum(nets), total, sum(nets) + sum(taxesLeft))
  const lines = split(net, nets).map((own, index) => {
    const discount = part(left.lines[index]?.discountLeft ?? 0n, own, nets[index] ?? 0n)
    return { amount: own + discount, discount }
  })
  return { lines, taxes: split(total - net, taxesLeft) }
}

/** Units × price of one × the rest of the period, exactly; rounded once over the invoice, never above what is left. */
function unusedOf(lines: readonly Fields[], left: Left, claim: Claim): bigint[] {
  const exact = new Map<number, Fraction>()
  for (const [index, line] of lines.entries()) {
    if (line['unused'] === null) continue
    const at = `lines[${index}].unused`
    const unused = fieldsOf(line['unused'], at)
    const [days, whole] = [wholeOf(unused, 'part'), wholeOf(unused, 'whole')]
    if (whole <= 0n || days < 0n || days > whole) throw new DocumentFault(`${at} is no part of a period`)
    claim(`${at}.part`, days, countOf(unused))
    const amount = { above: wholeOf(unused, 'unitMinor') * wholeOf(unused, 'units') * days, below: whole }
    claimFraction(`${at}.exactMinor`, unused['exactMinor'], amount, claim)
    exact.set(index, amount)
  }
  const parts = [...exact.values()]
  const rounded = byLargestRemainder(parts, halfUp(parts.reduce(plus, { above: 0n, below: 1n })))
  const amounts = lines.map(() => 0n)
  for (const [order, index] of [...exact.keys()].entries()) {
    const [minor, most] = [rounded[order] ?? 0n, left.lines[index]?.left ?? 0n]
    amounts[index] = minor < 0n ? 0n : minor < most ? minor : most
  }
  return amounts
}

/** The local days, or the seconds, that are given back. */
function countOf(unused: Fields): number {
  const [from, to] = [
    Temporal.Instant.from(textOf(unused, 'from')),
    Temporal.Instant.from(textOf(unused, 'to')),
  ]
  if (textOf(unused, 'unit') === 'SECOND')
    return Math.floor(to.epochMilliseconds / 1000) - Math.floor(from.epochMilliseconds / 1000)
  const dayOf = (at: Temporal.Instant) => at.toZonedDateTimeISO(textOf(unused, 'zone')).toPlainDate()
  return dayOf(from).until(dayOf(to.subtract({ milliseconds: 1 }))).days + 1
}

function placesOf(tax: Fields, count: number): number[] {
  const places = tax['lines']
  if (!Array.isArray(places)) throw new DocumentFault('lines of a tax is not a list')
  return places.map((place) => {
    if (!Number.isInteger(place) || Number(place) < 0 || Number(place) >= count)
      throw new DocumentFault('a tax is on a line that is none')
    return Number(place)
  })
}

/** A whole amount by weights, so that the parts sum to it: as equal as can be where all weights are zero. */
function split(total: bigint, weights: readonly bigint[]): bigint[] {
  if (weights.length === 0) return []
  const whole = sum(weights)
  const even = { above: total, below: BigInt(weights.length) }
  return byLargestRemainder(
    weights.map((weight) => (whole === 0n ? even : { above: total * weight, below: whole })),
    total,
  )
}

function part(minor: bigint, share: bigint, whole: bigint): bigint {
  return whole === 0n ? 0n : halfUp({ above: minor * share, below: whole })
}

function netOf(line: Line | undefined): bigint {
  return line ? line.left - line.discountLeft : 0n
}

function totalOf({ lines, taxes }: Credited): bigint {
  return sum(lines.map(({ amount, discount }) => amount - discount)) + sum(taxes)
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, minor) => total + minor, 0n)
}
