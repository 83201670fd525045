/** An exact fraction. The denominator is positive; it is not reduced until it has to be. */
export type Ratio = { readonly numerator: bigint; readonly denominator: bigint }

export const zero: Ratio = { numerator: 0n, denominator: 1n }

/** A fraction of two whole numbers. The denominator must not be zero. */
export function ratio(numerator: bigint, denominator = 1n): Ratio {
  if (denominator === 0n) throw new RangeError('a fraction over zero')
  return denominator < 0n ? { numerator: -numerator, denominator: -denominator } : { numerator, denominator }
}

/** The exact value of a decimal such as `0.0035`; anything else is a RangeError. */
export function fromDecimal(decimal: string): Ratio {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal)
  if (!match) throw new RangeError(`${decimal} is not a decimal`)
  const [, sign, whole = '', fraction = ''] = match
  const magnitude = BigInt(whole + fraction)
  return { numerator: sign === '-' ? -magnitude : magnitude, denominator: 10n ** BigInt(fraction.length) }
}

/** The decimal of a fraction that has one: 159/1000 → `0.159`. One without end, such as 1/3, is a RangeError. */
export function toDecimal(value: Ratio): string {
  const { numerator, denominator } = reduce(value.numerator, value.denominator)
  let digits = 0
  while ((numerator * 10n ** BigInt(digits)) % denominator !== 0n)
    if (++digits > 100) throw new RangeError(`${numerator}/${denominator} is not a decimal`)
  const scaled = (numerator * 10n ** BigInt(digits)) / denominator
  if (digits === 0) return scaled.toString()
  const text = (scaled < 0n ? -scaled : scaled).toString().padStart(digits + 1, '0')
  return `${scaled < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

export function add(a: Ratio, b: Ratio): Ratio {
  if (a.denominator === b.denominator)
    return { numerator: a.numerator + b.numerator, denominator: a.denominator }
  return reduce(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
}

export function subtract(a: Ratio, b: Ratio): Ratio {
  return add(a, { numerator: -b.numerator, denominator: b.denominator })
}

export function multiply(a: Ratio, b: Ratio): Ratio {
  return reduce(a.numerator * b.numerator, a.denominator * b.denominator)
}

export function divide(a: Ratio, b: Ratio): Ratio {
  if (b.numerator === 0n) throw new RangeError('a division by zero')
  const [numerator, denominator] = [a.numerator * b.denominator, a.denominator * b.numerator]
  return denominator < 0n ? reduce(-numerator, -denominator) : reduce(numerator, denominator)
}

/** Negative, zero or positive, as a is less than, equal to or more than b. */
export function compare(a: Ratio, b: Ratio): number {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** To the nearest whole number; a half goes away from zero: 2.5 → 3, -2.5 → -3. The only rounding of amounts. */
export function roundHalfUp({ numerator, denominator }: Ratio): bigint {
  const magnitude = numerator < 0n ? -numerator : numerator
  const rounded = (2n * magnitude + denominator) / (2n * denominator)
  return numerator < 0n ? -rounded : rounded
}

/** To the next whole number below: -0.5 → -1. */
export function floor({ numerator, denominator }: Ratio): bigint {
  const quotient = numerator / denominator
  return numerator < 0n && quotient * denominator !== numerator ? quotient - 1n : quotient
}

/**
 * The shortest decimal of a fraction, rounded half up where it has more decimals than these: 1/3 to 4 → `0.3333`, 5/2 →
 * `2.5`. To be shown and read, never to be computed with.
 */
export function toRoundedDecimal(value: Ratio, mostDecimals: number): string {
  return toDecimal(
    ratio(roundHalfUp(multiply(value, ratio(10n ** BigInt(mostDecimals)))), 10n ** BigInt(mostDecimals)),
  )
}

function reduce(numerator: bigint, denominator: bigint): Ratio {
  const divisor = greatestCommonDivisor(numerator < 0n ? -numerator : numerator, denominator)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}
