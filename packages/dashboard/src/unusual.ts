type UsageDay = { readonly day: string; readonly requests: number }

/** A key is only known after so many days. */
const knownAfterDays = 5
const timesAsMany = 5
const leastRequests = 200

/**
 * The newest day on which a key did at least five times what is usual for it (the median of its other days), if there is
 * one: small numbers never stand out.
 */
export function unusualDay(
  days: readonly UsageDay[],
): { readonly day: string; readonly requests: number; readonly usual: number } | undefined {
  if (days.length < knownAfterDays) return undefined
  for (const { day, requests } of days.toSorted((a, b) => (a.day < b.day ? 1 : -1))) {
    const others = days
      .filter((other) => other.day !== day)
      .map((other) => other.requests)
      .toSorted((a, b) => a - b)
    const usual = others[Math.floor(others.length / 2)] ?? 0
    if (requests >= leastRequests && requests >= timesAsMany * Math.max(usual, 1))
      return { day, requests, usual }
  }
  return undefined
}
