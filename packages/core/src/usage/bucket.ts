import { type EpochMs, localDay, startOfDay } from '../calendar/index.ts'

/** Instants at which usage is cut besides midnights, where they are known when an event comes. */
export type Cuts = {
  readonly zone: string
  readonly startedAt: EpochMs
  readonly periodFrom: EpochMs | null
  readonly periodTo: EpochMs | null
}

/** A stretch of time `[from, to)` whose events are added up together. */
export type Bucket = { readonly from: EpochMs; readonly to: EpochMs }

/**
 * The bucket of an event: its local day, in the zone of the subscription, cut at the start of the subscription and at
 * the bounds of the period under way. So whole buckets make up a period, and closing one never needs to look into any.
 * A bound that is not known yet (a change of plan to come) falls into a bucket; its events then have to be looked at.
 */
export function bucketOf({ zone, startedAt, periodFrom, periodTo }: Cuts, at: EpochMs): Bucket {
  const day = localDay(zone, at)
  let from = startOfDay(zone, day)
  let to = startOfDay(zone, day + 1)
  for (const cut of [startedAt, periodFrom, periodTo]) {
    if (cut === null) continue
    if (cut <= at) from = Math.max(from, cut)
    else to = Math.min(to, cut)
  }
  return { from, to }
}
