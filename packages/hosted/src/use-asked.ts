import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { Refused, ask } from './api.ts'

export type Asked<T> = {
  readonly found: T | undefined
  /** Why the last answer did not come; what was found before stays. */
  readonly fault: string | undefined
  readonly reload: () => Promise<void>
}

/** What the server says at `path`, and again whenever it is told to. Only the newest answer counts. */
export function useAsked<T>(path: string): Asked<T> {
  const [found, setFound] = useState<T>()
  const [fault, setFault] = useState<string>()
  const newest = useRef(0)
  const reload = useCallback(async () => {
    const turn = ++newest.current
    try {
      const answer = await ask<T>('GET', path)
      if (turn !== newest.current) return
      setFound(answer)
      setFault(undefined)
    } catch (error) {
      if (turn === newest.current) setFault(codeOf(error))
    }
  }, [path])
  useEffect(() => void reload(), [reload])
  return { found, fault, reload }
}

/** Why something did not happen, by its code. */
export function codeOf(error: unknown): string {
  return error instanceof Refused ? error.code : 'other'
}
