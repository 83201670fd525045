import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, use } from 'react'
import { type Api, ApiError, account } from './api.ts'

export type Environment = { id: string; name: string; kind: 'LIVE' | 'TEST' }

/** Who is signed in. */
export type Visit = {
  member: { id: string; name: string; email: string; role: 'OWNER' | 'ADMIN' | 'MEMBER' | 'VIEWER' }
  tenant: { id: string; name: string; currency: string; timezone: string }
  environments: Environment[]
}

/** The visit, null where nobody is signed in, undefined while that is being found out. */
export function useVisit(): { visit: Visit | null | undefined; error: Error | null } {
  const { data, error } = useQuery({
    queryKey: ['visit'],
    queryFn: async () => {
      try {
        return await account.get<Visit>('/dashboard/session')
      } catch (error) {
        if (error instanceof ApiError && error.status === 401) return null
        throw error
      }
    },
    staleTime: Infinity,
    retry: false,
  })
  return { visit: data, error }
}

export function useSetVisit(): (visit: Visit | null) => void {
  const client = useQueryClient()
  return (visit) => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'visit' })
    client.setQueryData(['visit'], visit)
  }
}

type Place = { readonly visit: Visit; readonly environment: Environment; readonly api: Api }
export const PlaceContext = createContext<Place | undefined>(undefined)

/** Who works here, and in which environment: on every page behind the sign-in. */
export function usePlace(): Place & { readonly mayWrite: boolean; readonly isAdmin: boolean } {
  const place = use(PlaceContext)
  if (!place) throw new Error('a page was shown outside the shell')
  const { role } = place.visit.member
  return { ...place, mayWrite: role !== 'VIEWER', isAdmin: role === 'OWNER' || role === 'ADMIN' }
}
