import { type Ratio, exponentOf, fromDecimal, multiply, ratio, roundHalfUp } from '@novabilling/core/money'
import { tooMuchMinor } from '../../http/money-input.ts'
import type { Fault } from '../../refusal.ts'

const mostDecimals = 25

/** A decimal of credits in its shortest form; undefined, with a fault, for what is none. */
export function readDecimal(path: string, value: number | string, faults: Fault[]): string | undefined {
  const match = /^0*(\d{1,15}?)(?:\.(\d+?)?0*)?$/.exec(String(value))
  const fraction = match?.[2] ?? ''
  if (!match || fraction.length > mostDecimals) {
    faults.push({
      path,
      message: `must be a decimal with at most 15 digits before the point and ${mostDecimals} after it`,
    })
    return undefined
  }
  const whole = match[1] ?? '0'
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** What credits come to in minor units of a currency, rounded half up: 17.969999999999999 at a rate of 1 are 17.97. */
export function minorOf(currency: string, credits: string, rate: string): bigint {
  const unit: Ratio = ratio(10n ** BigInt(exponentOf(currency)))
  return roundHalfUp(multiply(multiply(fromDecimal(credits), fromDecimal(rate)), unit))
}

/** Reads credits; what comes to nothing, or to more than can be told exactly, is a fault. Undefined where none are given. */
export function readCredits(
  path: string,
  value: number | string | undefined,
  { currency, rate }: { currency: string; rate: string },
  faults: Fault[],
): { credits: string; minor: bigint } | undefined {
  if (value === undefined) return undefined
  const credits = readDecimal(path, value, faults)
  if (credits === undefined) return undefined
  const minor = minorOf(currency, credits, rate)
  if (minor <= 0n) faults.push({ path, message: `comes to less than the smallest amount of ${currency}` })
  refuseMore(path, minor, faults)
  return { credits, minor }
}

/** Adds a fault where an amount is more than can be told exactly. */
export function refuseMore(path: string, minor: bigint, faults: Fault[]): void {
  if (minor >= tooMuchMinor) faults.push({ path, message: 'makes an amount of more than 15 digits' })
}
