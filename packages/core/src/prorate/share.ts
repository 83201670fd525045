import { type BillingInterval, type EpochMs, type Period, localDay } from '../calendar/index.ts'
import { type Ratio, ratio } from '../money/index.ts'

/** What a share of a period is counted in: local days, or seconds where a period is as short as a day. */
export type Unit = { readonly interval: BillingInterval; readonly zone: string }

/** What part of its whole period a period is: 1 for a whole one, less for a stub. */
export function wholeShare(unit: Unit, period: Period): Ratio {
  return share(unit, period, period.from, period.to)
}

/** What is left of a period from a change on. The day of the change belongs to what comes after it. */
export function unusedAfterChange(unit: Unit, period: Period, at: EpochMs): Ratio {
  return share(unit, period, Math.max(at, period.from), period.to)
}

/** What is left of a period after a cancellation. The day of the cancellation stays billed. */
export function unusedAfterCancellation(unit: Unit, period: Period, at: EpochMs): Ratio {
  const moment = Math.max(at, period.from)
  if (isShort(unit)) return share(unit, period, moment, period.to)
  const days = localDay(unit.zone, period.to) - localDay(unit.zone, moment) - 1
  return ratio(BigInt(Math.max(0, days)), wholeDays(unit, period))
}

function share(unit: Unit, period: Period, from: EpochMs, to: EpochMs): Ratio {
  if (from >= to) return ratio(0n)
  if (isShort(unit)) return ratio(BigInt(to - from), BigInt(period.wholeTo - period.wholeFrom))
  return ratio(BigInt(localDay(unit.zone, to) - localDay(unit.zone, from)), wholeDays(unit, period))
}

function wholeDays({ zone }: Unit, { wholeFrom, wholeTo }: Period): bigint {
  return BigInt(localDay(zone, wholeTo) - localDay(zone, wholeFrom))
}

function isShort({ interval }: Unit): boolean {
  return interval === 'HOURLY' || interval === 'DAILY'
}
