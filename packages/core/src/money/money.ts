import { exponentOf } from './currency.ts'

/** An amount in whole minor units of its currency: `{ currency: 'KES', minor: 4999n }` is 49.99 KES. */
export type Money = { readonly currency: string; readonly minor: bigint }

/** Why a value is not an amount, in words that follow the name of its field. */
export type MoneyFault = { readonly message: string }

const mostDigits = 15

/**
 * Reads an amount in major units, exactly: `parseMajor('KES', 49.99)` → 4999n. Takes a number or a plain decimal
 * in a string. What is not exactly an amount of the currency is a fault, never rounded: more decimals than the
 * currency has, more than 15 significant digits, an exponent, NaN.
 */
export function parseMajor(currency: string, value: number | string): bigint | MoneyFault {
  const text = typeof value === 'number' ? String(value) : value
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(text)
  if (!match) return { message: 'must be an amount such as 49.99, without exponent or separators' }
  const [, sign, whole = '', decimals = ''] = match
  const fraction = decimals.replace(/0+$/, '')
  const exponent = exponentOf(currency)
  if (fraction.length > exponent) {
    return {
      message:
        exponent === 0
          ? `must be whole: ${currency} has no decimals`
          : `has more than the ${exponent} decimals of ${currency}`,
    }
  }
  if ((whole + fraction).replace(/^0+/, '').length > mostDigits)
    return { message: `has more than ${mostDigits} digits` }
  const magnitude = BigInt(whole + fraction.padEnd(exponent, '0'))
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
