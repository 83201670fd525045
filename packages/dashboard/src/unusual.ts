type EndedDay = UsageDay & { readonly refused: number; readonly failed: number }

/** A day of so many requests that did not go well stands out, where that was rare before. */
const leastTrouble = 50
const shareOfTrouble = 0.3
const timesAsOften = 5

/** The newest day on which far more of a key's requests were refused or failed than is usual for it. */
export function troubledDay(
  days: readonly EndedDay[],
): { readonly day: string; readonly requests: number; readonly trouble: number } | undefined {
  for (const { day, requests, refused, failed } of days.toSorted((a, b) => (a.day < b.day ? 1 : -1))) {
    const trouble = refused + failed
    if (trouble < leastTrouble || trouble < shareOfTrouble * requests) continue
    const others = days.filter((other) => other.day !== day)
    const usual = others.reduce((sum, other) => sum + other.refused + other.failed, 0)
    const all = others.reduce((sum, other) => sum + other.requests, 0)
    if (trouble / requests >= (timesAsOften * usual) / Math.max(all, 1)) return { day, requests, trouble }
  }
  return undefined
}

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
