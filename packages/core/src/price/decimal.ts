/** A decimal as it is given: a JSON number, or its digits in a string. */
export type Decimal = number | string

const mostDecimals = 12
const mostDigits = 15

/**
 * Reads a decimal of at most 12 decimals and 15 digits, which a JSON number holds exactly, into its shortest digits:
 * `readDecimal(1e-7)` → `0.0000001`. Gives what is wrong with it instead, in words that follow the name of its field;
 * nothing is ever rounded.
 */
export function readDecimal(value: Decimal): { digits: string } | { message: string } {
  const match = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/.exec(typeof value === 'number' ? written(value) : value)
  if (!match) return { message: 'must be a decimal such as 0.0035, without exponent or separators' }
  const [, sign, before = '', after = ''] = match
  if (sign === '-') return { message: 'must be >= 0' }
  const whole = before.replace(/^0+(?=\d)/, '')
  const decimals = after.replace(/0+$/, '')
  if (decimals.length > mostDecimals) return { message: `has more than ${mostDecimals} decimals` }
  if ((whole + decimals).replace(/^0+/, '').length > mostDigits)
    return { message: `has more than ${mostDigits} digits` }
  return { digits: decimals === '' ? whole : `${whole}.${decimals}` }
}

/** JavaScript writes what is below a millionth with an exponent, whoever wrote it without one. */
function written(value: number): string {
  const match = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(String(value))
  if (!match) return String(value)
  const [, sign = '', first = '', rest = '', exponent = ''] = match
  return `${sign}0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`
}
