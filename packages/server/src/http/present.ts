/** An instant as the API shows it: ISO 8601, UTC, milliseconds. */
export function isoInstant(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'millisecond' })
}

export function isoInstantOrNull(instant: Temporal.Instant | null): string | null {
  return instant === null ? null : isoInstant(instant)
}
