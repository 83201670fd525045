import { type Bucket, type Cuts, bucketOf } from '@novabilling/core/usage'
import type { MeteredRow } from './sql.ts'

/** A subscription as taking events needs it; instants in epoch milliseconds. */
export type Metered = {
  readonly id: string
  readonly externalId: string | null
  /** Which state of the row it was made from. */
  readonly version: number
  /** When it takes events: `[from, until)`. */
  readonly from: number
  readonly until: number
  readonly cuts: Cuts
  readonly isWatched: boolean
  /** The bucket of the event before, which is that of most that follow. */
  bucket: Bucket | undefined
}

export function meteredOf(row: MeteredRow): Metered {
  const from = Date.parse(row.started_at)
  const pausedAt = row.status === 'PAUSED' ? row.paused_at : null
  return {
    id: row.id,
    externalId: row.external_id,
    version: row.version,
    from,
    until: Math.min(orNever(row.canceled_at), orNever(pausedAt)),
    cuts: {
      zone: row.timezone,
      startedAt: from,
      periodFrom: row.current_period_start === null ? null : Date.parse(row.current_period_start),
      periodTo: row.current_period_end === null ? null : Date.parse(row.current_period_end),
    },
    isWatched: row.is_watched,
    bucket: undefined,
  }
}

/** Whether what happened then is usage of the subscription: not before its start, nor from its end or a pause that lasts on. */
export function isRunning({ from, until }: Metered, at: number): boolean {
  return from <= at && at < until
}

export function bucketAt(metered: Metered, at: number): Bucket {
  const { bucket } = metered
  if (bucket && bucket.from <= at && at < bucket.to) return bucket
  return (metered.bucket = bucketOf(metered.cuts, at))
}

function orNever(instant: string | null): number {
  return instant === null ? Number.POSITIVE_INFINITY : Date.parse(instant)
}
