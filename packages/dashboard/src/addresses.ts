import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { Filters } from './router.tsx'
import { usePlace } from './visit.ts'

/** The address of a page of an environment. */
export function addressOf(environment: string, page = ''): string {
  return `/${encodeURIComponent(environment)}${page === '' ? '' : `/${page}`}`
}

/** Goes to a page of the environment that is shown. */
export function useGo(): (page: string) => void {
  const navigate = useNavigate()
  const { environment } = usePlace()
  return (page) => void navigate({ to: addressOf(environment.name, page) })
}

/** The id that the address ends with. */
export function useId(): string {
  const params: { id?: string } = useParams({ strict: false })
  return params.id ?? ''
}

/** The filters that the address holds, so that a link shows what one sees. */
export function useFilters(): {
  readonly filters: Filters
  readonly page: number
  readonly set: (changes: Filters) => void
} {
  const navigate = useNavigate()
  const filters: Filters = useSearch({ strict: false })
  return {
    filters,
    page: Number(filters['page'] ?? 1),
    set: (changes) => {
      const next = { ...filters, page: undefined, ...changes }
      const kept = Object.entries(next).filter(([, value]) => value !== undefined && value !== '')
      void navigate({ to: '.', search: Object.fromEntries(kept) as never, replace: true })
    },
  }
}
