import { exponentOf } from '@novabilling/core/money'

/**
 * An amount in units of 10^-decimals, as a provider counts it: `2` for hundredths, whatever the currency has.
 * Undefined where it has no whole number of them.
 */
export function toUnits(amountMinor: bigint, currency: string, decimals: number): bigint | undefined {
  const shift = decimals - exponentOf(currency)
  if (shift >= 0) return amountMinor * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  return amountMinor % divisor === 0n ? amountMinor / divisor : undefined
}

/**
 * The minor units of what a provider told in units of 10^-decimals, as a number or a text.
 * @throws when it is no whole number of them: then it is not known how much it is
 */
export function fromUnits(value: unknown, currency: string, decimals: number): bigint {
  const text = String(value)
  if (!/^\d{1,18}(\.0+)?$/.test(text)) throw new Error('a provider told an amount that cannot be read')
  const units = BigInt(text.split('.')[0] ?? '')
  const shift = exponentOf(currency) - decimals
  if (shift >= 0) return units * 10n ** BigInt(shift)
  const divisor = 10n ** BigInt(-shift)
  if (units % divisor !== 0n) throw new Error('a provider told a part of a minor unit')
  return units / divisor
}
