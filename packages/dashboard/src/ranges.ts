import type { Page } from './api.ts'
import { useAccount } from './ask.ts'
import type { EnvironmentState } from './types.ts'
import { usePlace } from './visit.ts'

/** How far back a report goes, and by what it is divided. */
export const ranges = {
  '30 days': { groupBy: 'day', days: 30 },
  '12 weeks': { groupBy: 'week', days: 84 },
  '12 months': { groupBy: 'month', days: 365 },
} as const
export type Range = keyof typeof ranges

export function rangeOf(value: unknown): Range {
  return value === '30 days' || value === '12 weeks' ? value : '12 months'
}

/** The first day of a range that ends today, by the environment's clock; undefined until that is known. */
export function useFirstDay(range: Range): string | undefined {
  const { environment } = usePlace()
  const environments = useAccount<Page<EnvironmentState>>('/tenants/me/environments', { limit: 100 })
  const now = environments.data?.data.find(({ id }) => id === environment.id)?.clock.now
  if (now === undefined) return undefined
  const first = new Date(now)
  first.setUTCDate(first.getUTCDate() - ranges[range].days)
  return first.toISOString().slice(0, 10)
}
