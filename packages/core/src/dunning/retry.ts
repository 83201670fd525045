import { type EpochMs, addLocalDays, localDay, startOfDay } from '../calendar/index.ts'
import type { DeclineKind } from './decline.ts'

/** What is done about an invoice whose charge failed. */
export type DunningPlan = {
  /** Days after the first failure on which it is tried again, rising. */
  readonly retryDays: readonly number[]
  /** What becomes of its subscription when all of them have failed. */
  readonly finalAction: 'CANCEL' | 'PAUSE' | 'NONE'
}

export const defaultDunning: DunningPlan = { retryDays: [1, 3, 5, 7], finalAction: 'CANCEL' }

const hourMs = 3_600_000
/** Mobile money rings somebody's phone: never at the hour of the night at which a period happened to begin. */
const phoneHour = 10

/**
 * When a retry is due: so many local days after the first failure, at the same clock time; by mobile money at 10:00 of
 * that day. The zone is the customer's.
 */
export function retryAt(
  failedAt: EpochMs,
  day: number,
  { zone, onPhone }: { readonly zone: string; readonly onPhone: boolean },
): EpochMs {
  const at = addLocalDays(zone, failedAt, day)
  if (!onPhone) return at
  return startOfDay(zone, localDay(zone, at)) + phoneHour * hourMs
}

/**
 * Whether a retry may charge without the customer: not by the method that was declined for good, or that needs the
 * customer. Another method may always be tried.
 */
export function mayRetry(last: { readonly kind: DeclineKind; readonly sameMethod: boolean }): boolean {
  return !last.sameMethod || last.kind === 'SOFT' || last.kind === 'OURS'
}
