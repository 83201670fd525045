import { type Scope, transaction } from '../../db/transaction.ts'
import type { Pool } from '../../db/pool.ts'
import type { Deps } from '../../deps.ts'
import type { EventFault } from './read-event.ts'
import { eventOrRefusal, recordEvents } from './record.ts'
import type { RecordedUsageEvent, UsageEventInput } from './schema.ts'

type Waiting = {
  readonly input: UsageEventInput
  readonly settle: (recorded: RecordedUsageEvent | EventFault | undefined) => void
  readonly fail: (error: unknown) => void
}

const mostTogether = 1000
const waitingOf = new WeakMap<Pool, Map<string, Waiting[]>>()

/**
 * Counts one event in a transaction that it shares with the others of its environment that came while the one before was
 * under way: one commit for all of them, where a thousand a second would wait for each other's over the same bucket.
 * Each is answered after the commit, with an outcome of its own.
 */
export function recordTogether(
  deps: Deps,
  scope: Scope,
  input: UsageEventInput,
): Promise<RecordedUsageEvent> {
  const { environmentId } = scope
  if (environmentId === undefined) throw new Error('an event belongs to an environment')
  const waitings = waitingOf.get(deps.db) ?? new Map<string, Waiting[]>()
  waitingOf.set(deps.db, waitings)
  return new Promise<RecordedUsageEvent | EventFault | undefined>((settle, fail) => {
    const waiting = waitings.get(environmentId)
    if (waiting) {
      waiting.push({ input, settle, fail })
      return
    }
    const queue: Waiting[] = [{ input, settle, fail }]
    waitings.set(environmentId, queue)
    // It forgets the queue in the same breath in which it finds it empty, so none is left behind in it.
    void drain(deps, scope, queue, () => waitings.delete(environmentId))
  }).then(eventOrRefusal)
}

async function drain(deps: Deps, scope: Scope, queue: Waiting[], forget: () => void): Promise<void> {
  const environmentId = scope.environmentId ?? ''
  while (queue.length > 0) {
    const together = queue.splice(0, mostTogether)
    try {
      const recorded = await transaction(deps.db, { scope, now: deps.clock.now() }, (tx) =>
        recordEvents(
          deps,
          tx,
          environmentId,
          together.map(({ input }) => input),
        ),
      )
      for (const [index, { settle }] of together.entries()) settle(recorded[index])
    } catch (error) {
      for (const { fail } of together) fail(error)
    }
  }
  forget()
}
