/** How long after one attempt the next is made. The first is made at once. */
const waitsMs = [5 * 60_000, 30 * 60_000, 2 * 3_600_000, 24 * 3_600_000]
export const scheduledAttempts = waitsMs.length + 1

/** At most this share is added to a wait, so that what failed together does not come back together. */
const jitter = 0.1

/** The wait after an attempt, from 1. What it adds by chance is read off the delivery's id, of which half is chance. */
export function waitAfterMs(attempt: number, deliveryId: string): number {
  const chance = Number.parseInt(deliveryId.slice(-6), 16) / 0xffffff
  const wait = waitsMs[Math.min(attempt, waitsMs.length) - 1] ?? 0
  return Math.round(wait * (1 + jitter * chance))
}
