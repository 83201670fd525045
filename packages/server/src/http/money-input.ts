import { parseMajor } from '@novabilling/core/money'
import type { Fault } from '../refusal.ts'

/** The least in minor units that has more than 15 digits: no amount is as much, so that each is told exactly. */
export const tooMuchMinor = 10n ** 15n

/** Reads amounts against their currency and collects what is wrong, so that all faults are told at once. */
export class MoneyReader {
  readonly faults: Fault[] = []

  /** The amount in minor units; 0 when it is not one, and a fault says so. */
  read(path: string, currency: string, value: number | string): bigint {
    const parsed = parseMajor(currency, value)
    if (typeof parsed === 'bigint' && parsed >= 0n) return parsed
    this.faults.push({ path, message: typeof parsed === 'bigint' ? 'must be >= 0' : parsed.message })
    return 0n
  }
}
