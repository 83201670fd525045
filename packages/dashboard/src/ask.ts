import { notifications } from '@mantine/notifications'
import {
  type QueryClient,
  type UseQueryResult,
  keepPreviousData,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { createElement } from 'react'
import { ApiError, type Query, account } from './api.ts'
import { Said } from './parts/said.tsx'
import { usePlace } from './visit.ts'

/** Something of the environment's data, as of a few seconds ago at most. */
export function useData<T>(
  path: string,
  query?: Query,
  options: { enabled?: boolean; everyMs?: number } = {},
): UseQueryResult<T> {
  const { api, environment } = usePlace()
  return useQuery({
    queryKey: [environment.id, path, query],
    queryFn: () => api.get<T>(path, query),
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    refetchInterval: options.everyMs ?? false,
  })
}

/** Something of the account, whatever the environment. */
export function useAccount<T>(
  path: string,
  query?: Query,
  options: { everyMs?: number } = {},
): UseQueryResult<T> {
  return useQuery({
    queryKey: ['account', path, query],
    queryFn: () => account.get<T>(path, query),
    placeholderData: keepPreviousData,
    refetchInterval: options.everyMs ?? false,
  })
}

type Deed<R> = {
  readonly act: () => Promise<R>
  /** What to say when it is done. */
  readonly said?: string
  /** What takes it back, where it can be. */
  readonly undo?: () => Promise<unknown>
  readonly after?: (result: R) => void
  /** Shown beside the fields instead of in a corner. */
  readonly refused?: (error: ApiError) => void
}

/** Does something on the server, says what came of it, and has everything that is shown asked for again. */
export function useDeed(): { run: <R>(deed: Deed<R>) => void; isRunning: boolean } {
  const client = useQueryClient()
  const { mutate, isPending } = useMutation({ mutationFn: (deed: Deed<unknown>) => carryOut(client, deed) })
  return { run: (deed) => mutate(deed as Deed<unknown>), isRunning: isPending }
}

async function carryOut(client: QueryClient, deed: Deed<unknown>): Promise<void> {
  const askAgain = (): Promise<void> =>
    client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'visit' })
  try {
    const result = await deed.act()
    if (deed.said) say(client, deed.said, deed.undo)
    await askAgain()
    deed.after?.(result)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    // What was shown may be out of date: that is the most frequent reason of a conflict.
    if (error.status === 409) await askAgain()
    if (deed.refused && error.faults.length > 0) deed.refused(error)
    else showRefusal(error)
  }
}

function say(client: QueryClient, text: string, undo: (() => Promise<unknown>) | undefined): void {
  if (!undo) {
    notifications.show({ message: text, color: 'teal' })
    return
  }
  const id = crypto.randomUUID()
  const takeBack = (): void => {
    notifications.hide(id)
    void carryOut(client, { act: undo, said: 'Undone' })
  }
  const message = createElement(Said, { text, undo: takeBack })
  notifications.show({ id, message, color: 'teal', autoClose: 10_000 })
}

export function showRefusal(error: ApiError): void {
  const faults = error.faults.map(({ path, message }) => `${path} ${message}`).join(' · ')
  const reference = error.status >= 500 && error.requestId ? ` Request ${error.requestId}.` : ''
  notifications.show({
    title: error.status === 0 ? 'No connection' : 'Not done',
    message: `${faults || error.message}${reference}`,
    color: 'red',
    autoClose: 8000,
  })
}

/** The faults of a refusal as a form shows them. */
export function fieldErrors(error: ApiError): Record<string, string> {
  return Object.fromEntries(
    error.faults.map(({ path, message }) => [
      path.replaceAll('/', '.').replaceAll(/\[(\d+)\]/g, '.$1'),
      message,
    ]),
  )
}
