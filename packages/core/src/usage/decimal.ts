/** The most that one event may say, either way; and with how many decimals. */
const mostUnits = 10n ** 15n
const mostUnitDecimals = 12

/** Why a value is no quantity. */
export type QuantityFault = { readonly message: string }

const decimal = /^-?\d{1,16}(?:\.(\d{1,30}))?$/

/**
 * The exact decimal of a quantity that an event carries: a JSON number or a decimal in a string, from -10^15 to 10^15 with
 * up to 12 decimals. A number with more than 15 significant digits is refused, as it may not be what was written; the
 * string says it exactly. `quantityOf('0.10')` → `'0.10'`, `quantityOf(2)` → `'2'`.
 */
export function quantityOf(value: unknown): string | QuantityFault {
  if (typeof value !== 'number' && typeof value !== 'string') return { message: 'must be a number' }
  const text = String(value)
  const match = decimal.exec(text)
  if (!match) return { message: 'must be a number in plain decimal form, from -10^15 to 10^15' }
  const decimals = match[1]?.length ?? 0
  if (decimals > mostUnitDecimals) return { message: `must have at most ${mostUnitDecimals} decimals` }
  const digits = text.replaceAll(/[-.]/g, '')
  if (typeof value === 'number' && digits.replaceAll(/^0+|0+$/g, '').length > 15)
    return { message: 'has more than 15 significant digits: give it as a string' }
  // Most are far below the limit, so the exact comparison is only made near it.
  if (digits.length - decimals < 16 || BigInt(digits) <= mostUnits * 10n ** BigInt(decimals)) return text
  return { message: 'must be from -10^15 to 10^15' }
}
