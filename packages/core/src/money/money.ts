import { exponentOf } from './currency.ts'

/** An amount in whole minor units of its currency: `{ currency: 'KES', minor: 4999n }` is 49.99 KES. */
export type Money = { readonly currency: string; readonly minor: bigint }

/** Why a value is not an amount: a code for programs, and words that follow the name of its field. */
export type MoneyFault = {
  readonly code: 'not_a_decimal' | 'too_many_decimals' | 'too_many_digits' | 'too_large'
  readonly message: string
}

/**
 * The most minor units that an amount may have, either way: 18 digits, so that an amount of 15 digits in a currency
 * of 3 decimals fits, and a stored 64-bit integer still holds the sum of nine such amounts.
 */
export const mostMinor = 10n ** 18n - 1n

const mostDigits = 15

/**
 * Reads an amount in major units, exactly: `parseMajor('KES', 49.99)` → 4999n. Takes a number or a plain decimal
 * in a string. What is not exactly an amount of the currency is a fault, never rounded: more decimals than the
 * currency has, more than 15 significant digits, an exponent, NaN. `0.1 + 0.2` is refused as KES, since it is
 * 0.30000000000000004. The currency must be one.
 */
export function parseMajor(currency: string, value: number | string): bigint | MoneyFault {
  const text = typeof value === 'number' ? String(value) : value
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text)
  if (!match) {
    return {
      code: 'not_a_decimal',
      message: 'must be an amount such as 49.99, without exponent or separators',
    }
  }
  const [, sign, whole = '', decimals = ''] = match
  const fraction = decimals.replace(/0+$/, '')
  const exponent = exponentOf(currency)
  if (fraction.length > exponent) {
    return {
      code: 'too_many_decimals',
      message:
        exponent === 0
          ? `must be whole: ${currency} has no decimals`
          : `has more than the ${exponent} decimals of ${currency}`,
    }
  }
  if ((whole + fraction).replace(/^0+/, '').length > mostDigits)
    return { code: 'too_many_digits', message: `has more than ${mostDigits} digits` }
  const magnitude = BigInt(whole + fraction.padEnd(exponent, '0'))
  if (magnitude > mostMinor)
    return { code: 'too_large', message: `is more than ${currency} can be counted in` }
  return sign === '-' ? -magnitude : magnitude
}

/** The exact decimal of an amount in major units, with all its decimals: `49.90`, `180000`. */
export function toMajor({ currency, minor }: Money): string {
  const exponent = exponentOf(currency)
  if (exponent === 0) return minor.toString()
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0')
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/** The amount as a JSON number in major units. Exact to 15 digits, which is all that comes in. */
export function toMajorNumber(money: Money): number {
  return Number(toMajor(money))
}

/** The sum of amounts of one currency; an amount of another currency is a RangeError, never converted. */
export function sumOf(currency: string, amounts: readonly Money[]): Money {
  let minor = 0n
  for (const amount of amounts) {
    if (amount.currency !== currency) throw new RangeError(`${amount.currency} was added to ${currency}`)
    minor += amount.minor
  }
  return { currency, minor }
}
