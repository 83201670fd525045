/**
 * What verifying a document takes: its fields, fractions of its own, and rounding, with nothing of the program that
 * issued it.
 */

export type Fraction = { readonly above: bigint; readonly below: bigint }
export type Fields = Readonly<Record<string, unknown>>

/** A document that cannot be read: where, and what is missing. */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault'
}

/** Holds what a document says against what it comes to. */
export type Claim = (what: string, said: unknown, computed: unknown) => void

export function claimFraction(what: string, said: unknown, computed: Fraction, claim: Claim): void {
  const { above, below } = fractionOf(said, what)
  if (above * computed.below !== computed.above * below)
    claim(what, `${above}/${below}`, `${computed.above}/${computed.below}`)
}

export function plus(a: Fraction, b: Fraction): Fraction {
  return { above: a.above * b.below + b.above * a.below, below: a.below * b.below }
}

export function floorOf({ above, below }: Fraction): bigint {
  const quotient = above / below
  return above < 0n && quotient * below !== above ? quotient - 1n : quotient
}

export function halfUp({ above, below }: Fraction): bigint {
  const size = (2n * (above < 0n ? -above : above) + below) / (2n * below)
  return above < 0n ? -size : size
}

export function fieldsOf(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DocumentFault(`${where} is not an object`)
  return Object.fromEntries(Object.entries(value))
}

export function listOf(fields: Fields, name: string): Fields[] {
  const value = fields[name]
  if (!Array.isArray(value)) throw new DocumentFault(`${name} is not a list`)
  return value.map((item, index) => fieldsOf(item, `${name}[${index}]`))
}

export function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new DocumentFault(`${name} is missing`)
  return value
}

export function wholeOf(fields: Fields, name: string): bigint {
  const text = textOf(fields, name)
  if (!/^-?\d{1,60}$/.test(text)) throw new DocumentFault(`${name} is not a whole number`)
  return BigInt(text)
}

export function decimalOf(fields: Fields, name: string): Fraction {
  const match = /^(-?\d{1,60})(?:\.(\d{1,60}))?$/.exec(textOf(fields, name))
  if (!match) throw new DocumentFault(`${name} is not a decimal`)
  const [, whole = '', decimals = ''] = match
  return { above: BigInt(whole + decimals), below: 10n ** BigInt(decimals.length) }
}

export function fractionOf(value: unknown, where: string): Fraction {
  const fields = fieldsOf(value, where)
  const below = wholeOf(fields, 'denominator')
  if (below <= 0n) throw new DocumentFault(`${where} has no denominator above zero`)
  return { above: wholeOf(fields, 'numerator'), below }
}

/** The whole amounts that sum to the subtotal: one more for the largest remainders, the earlier of equals first. */
export function byLargestRemainder(exact: readonly Fraction[], subtotal: bigint): bigint[] {
  const minor = exact.map(floorOf)
  let left = subtotal - minor.reduce((sum, one) => sum + one, 0n)
  const order = exact
    .map((one, index) => ({ index, above: one.above - (minor[index] ?? 0n) * one.below, below: one.below }))
    .toSorted((a, b) => {
      const difference = b.above * a.below - a.above * b.below
      return difference === 0n ? a.index - b.index : difference > 0n ? 1 : -1
    })
  for (const { index } of order) {
    if (left <= 0n) break
    minor[index] = (minor[index] ?? 0n) + 1n
    left--
  }
  return minor
}
