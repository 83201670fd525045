const most = 5000
const texts = new Map<number, string>()

/**
 * Milliseconds since 1970 as the API and PostgreSQL write them. Remembered, because most subscriptions of a run share
 * their midnights: making the text anew costs more than all else that is computed for a period.
 */
export function isoMs(ms: number): string {
  const known = texts.get(ms)
  if (known !== undefined) return known
  const text = Temporal.Instant.fromEpochMilliseconds(ms).toString({ smallestUnit: 'millisecond' })
  if (texts.size >= most) texts.clear()
  texts.set(ms, text)
  return text
}

export function isoMsOrNull(ms: number | null): string | null {
  return ms === null ? null : isoMs(ms)
}

export function msOrNull(text: string | null): number | null {
  return text === null ? null : Date.parse(text)
}
