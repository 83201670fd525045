import type { BillingInterval } from '../calendar/index.ts'
import { type Ratio, compare, ratio } from '../money/index.ts'

/** Periods of a common year of 365 days, which is 52 weeks, 8760 hours. */
/** A year has 12 months, 52 weeks or 365 days. */
export const periodsAYear: Readonly<Record<BillingInterval, bigint>> = {
  HOURLY: 8760n,
  DAILY: 365n,
  WEEKLY: 52n,
  MONTHLY: 12n,
  QUARTERLY: 4n,
  YEARLY: 1n,
}

/** What is paid a period, and how long that is. */
export type Pace = {
  readonly periodMinor: bigint
  readonly interval: BillingInterval
  readonly intervalCount: number
}

/** What it comes to in a year, exactly, in minor units. */
export function worthAYear({ periodMinor, interval, intervalCount }: Pace): Ratio {
  return ratio(periodMinor * periodsAYear[interval], BigInt(intervalCount))
}

/** Whether a change pays less for the same time: a downgrade, which waits for the end of the period unless it is told to. */
export function isDowngrade(from: Pace, to: Pace): boolean {
  return compare(worthAYear(to), worthAYear(from)) < 0
}
