import { allocate, ratio, roundHalfUp } from '../money/index.ts'

/** What is left to credit of a line: its amount before discounts, and the discount that is within it. */
type CreditableLine = { readonly leftMinor: bigint; readonly discountLeftMinor: bigint }

/** What is left to credit of a tax, and the lines it was charged on, by their places. */
type CreditableTax = { readonly lines: readonly number[]; readonly leftMinor: bigint }

/** What is left to credit of an invoice: each part as charged, less what has been credited of it already. */
export type Creditable = {
  readonly lines: readonly CreditableLine[]
  readonly taxes: readonly CreditableTax[]
}

/** What a credit note gives back, in minor units; `total = subtotal - discount + tax`, as on an invoice. */
export type CreditAmounts = {
  /** One for each line of the invoice, in their order; zero where nothing of it is credited. */
  readonly lines: readonly { readonly amountMinor: bigint; readonly discountMinor: bigint }[]
  /** One for each tax, in their order. */
  readonly taxes: readonly bigint[]
  readonly subtotalMinor: bigint
  readonly discountMinor: bigint
  readonly taxMinor: bigint
  readonly totalMinor: bigint
}

/**
 * Credits amounts of lines, before their discounts and taxes: each takes along its share of its own discount and of
 * its taxes, in the proportion of what is left of them. So several credits of a line come to exactly what was charged
 * for it, to the last minor unit. An amount below zero or above what is left is a RangeError.
 *
 * `creditLines(invoice, [3000n])` of a line of 100.00 with 10 % off and 16 % tax → 30.00 - 3.00 + 4.32.
 */
export function creditLines(invoice: Creditable, amounts: readonly bigint[]): CreditAmounts {
  const lines = invoice.lines.map(({ leftMinor, discountLeftMinor }, index) => {
    const amountMinor = amounts[index] ?? 0n
    if (amountMinor < 0n || amountMinor > leftMinor)
      throw new RangeError(`a credit of ${amountMinor} on a line with ${leftMinor} left`)
    return { amountMinor, discountMinor: shareOf(discountLeftMinor, amountMinor, leftMinor) }
  })
  const taxes = invoice.taxes.map((tax) => {
    let [net, netLeft] = [0n, 0n]
    for (const place of tax.lines) {
      const [line, left] = [lines[place], invoice.lines[place]]
      if (!line || !left) throw new RangeError(`a tax on line ${place}, which is none`)
      net += line.amountMinor - line.discountMinor
      netLeft += left.leftMinor - left.discountLeftMinor
    }
    return shareOf(tax.leftMinor, net, netLeft)
  })
  return sums(lines, taxes)
}

/**
 * Credits a total, with its taxes in it: every line, discount and tax gives its share of what is left of it, so the
 * last credit of an invoice takes exactly the rest. A total below zero or above what is left is a RangeError.
 */
export function creditTotal(invoice: Creditable, totalMinor: bigint): CreditAmounts {
  const nets = invoice.lines.map(({ leftMinor, discountLeftMinor }) => leftMinor - discountLeftMinor)
  const taxesLeft = invoice.taxes.map(({ leftMinor }) => leftMinor)
  const [netLeft, leftMinor] = [sum(nets), creditLeft(invoice)]
  if (totalMinor < 0n || totalMinor > leftMinor)
    throw new RangeError(`a credit of ${totalMinor} on an invoice with ${leftMinor} left`)
  const net = shareOf(netLeft, totalMinor, leftMinor)
  const netParts = allocate(net, nets)
  const lines = invoice.lines.map(({ discountLeftMinor }, index) => {
    const part = netParts[index] ?? 0n
    const discountMinor = shareOf(discountLeftMinor, part, nets[index] ?? 0n)
    return { amountMinor: part + discountMinor, discountMinor }
  })
  return sums(lines, allocate(totalMinor - net, taxesLeft))
}

/** The same as `creditLines`, but no more than a total: what is too much is taken from all of it in proportion. */
export function creditLinesUpTo(
  invoice: Creditable,
  amounts: readonly bigint[],
  mostMinor: bigint,
): CreditAmounts {
  const credit = creditLines(invoice, amounts)
  if (credit.totalMinor <= mostMinor) return credit
  const within = {
    lines: credit.lines.map((line) => ({
      leftMinor: line.amountMinor,
      discountLeftMinor: line.discountMinor,
    })),
    taxes: invoice.taxes.map((tax, index) => ({ ...tax, leftMinor: credit.taxes[index] ?? 0n })),
  }
  return creditTotal(within, mostMinor > 0n ? mostMinor : 0n)
}

/** All that is left to credit, with taxes. */
export function creditLeft({ lines, taxes }: Creditable): bigint {
  let left = 0n
  for (const { leftMinor, discountLeftMinor } of lines) left += leftMinor - discountLeftMinor
  for (const { leftMinor } of taxes) left += leftMinor
  return left
}

/** `part / whole` of an amount, to the nearest minor unit, half up. */
function shareOf(minor: bigint, part: bigint, whole: bigint): bigint {
  return whole === 0n ? 0n : roundHalfUp(ratio(minor * part, whole))
}

function sums(lines: CreditAmounts['lines'], taxes: readonly bigint[]): CreditAmounts {
  const subtotalMinor = sum(lines.map(({ amountMinor }) => amountMinor))
  const discountMinor = sum(lines.map((line) => line.discountMinor))
  const taxMinor = sum(taxes)
  const totalMinor = subtotalMinor - discountMinor + taxMinor
  return { lines, taxes, subtotalMinor, discountMinor, taxMinor, totalMinor }
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, minor) => total + minor, 0n)
}
