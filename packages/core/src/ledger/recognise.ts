import { type EpochDay, localDay } from '../calendar/index.ts'

/**
 * How much of a charge in advance has been earned by the end of a local day: in equal parts over the days of its
 * period, rounded down, all of it with the last day.
 */
export function recognisedBy(
  line: { minor: bigint; zone: string; from: number; to: number },
  day: EpochDay,
): bigint {
  const first = localDay(line.zone, line.from)
  // The period ends before `to`, so a boundary at midnight is not one of its days.
  const days = BigInt(Math.max(1, localDay(line.zone, line.to - 1) - first + 1))
  const passed = BigInt(day - first + 1)
  if (passed <= 0n) return 0n
  return passed >= days ? line.minor : (line.minor * passed) / days
}
