import { type EpochDay, localDay } from '../calendar/index.ts'

/**
 * A charge in advance, and the local days, first to last, over which it is earned. One below zero is what a credit note
 * gives back of a charge, and is taken back in the same way.
 */
export type Deferral = { readonly minor: bigint; readonly firstDay: EpochDay; readonly lastDay: EpochDay }

/**
 * How much of a charge in advance has been earned by the end of a local day: in equal parts over the days of its
 * period, rounded towards zero, all of it with the last day.
 */
export function recognisedBy(
  line: { minor: bigint; zone: string; from: number; to: number },
  day: EpochDay,
): bigint {
  return earnedBy({ minor: line.minor, ...daysOf(line) }, day)
}

/** The local days, first to last, of a period. It ends before `to`, so a boundary at midnight is not one of them. */
export function daysOf(period: { zone: string; from: number; to: number }): {
  firstDay: EpochDay
  lastDay: EpochDay
} {
  const firstDay = localDay(period.zone, period.from)
  return { firstDay, lastDay: Math.max(firstDay, localDay(period.zone, period.to - 1)) }
}

/** The same of a charge whose days are known. */
export function earnedBy({ minor, firstDay, lastDay }: Deferral, day: EpochDay): bigint {
  if (day < firstDay) return 0n
  if (day >= lastDay) return minor
  return (minor * BigInt(day - firstDay + 1)) / BigInt(lastDay - firstDay + 1)
}
