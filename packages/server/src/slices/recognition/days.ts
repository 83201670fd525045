import { type EpochDay, localDay, toEpochDay } from '@novabilling/core/calendar'

/** What the holder of an environment's clock knows. */
export type RecognitionClock = {
  readonly closedThrough: EpochDay
  /** The tenant's. */
  readonly zone: string
  readonly carried: Readonly<Record<string, string>>
}

/** The last local day that is over at an instant. */
export function lastOver(zone: string, atMs: number): EpochDay {
  return localDay(zone, atMs) - 1
}

export function epochDayOf(day: string): EpochDay {
  const { year, month, day: dayOfMonth } = Temporal.PlainDate.from(day)
  return toEpochDay({ year, month, day: dayOfMonth })
}
