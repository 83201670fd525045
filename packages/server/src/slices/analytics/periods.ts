/** The first day of the day, week (from Monday) or month that a day is in. */
export function firstDay(day: string, groupBy: 'day' | 'week' | 'month'): string {
  if (groupBy === 'day') return day
  if (groupBy === 'month') return `${day.slice(0, 7)}-01`
  const date = Temporal.PlainDate.from(day)
  return date.subtract({ days: date.dayOfWeek - 1 }).toString()
}

/** A share in percent with two decimals; null where there is nothing to have a share of. */
export function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 10_000) / whole) / 100
}
