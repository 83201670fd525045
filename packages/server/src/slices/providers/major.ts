import { parseMajor, toMajorNumber } from '@novabilling/core/money'

/** An amount as a JSON number in major units. */
export function majorNumber(amountMinor: bigint, currency: string): number {
  return toMajorNumber({ currency, minor: amountMinor })
}

/**
 * The minor units of what a provider told in major units, as a number or a text.
 * @throws when it is no amount of the currency: then it is not known how much it is
 */
export function minorOf(value: unknown, currency: string): bigint {
  const parsed =
    typeof value === 'number' || typeof value === 'string' ? parseMajor(currency, value) : undefined
  if (typeof parsed !== 'bigint') throw new Error('a provider told an amount that cannot be read')
  return parsed
}
