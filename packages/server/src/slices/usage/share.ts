import { type Pool, violatedConstraint } from '../../db/pool.ts'
import { type Around, type Scope, type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { EventFault } from './read-event.ts'
import { eventOrRefusal, recordEvents } from './record.ts'
import type { RecordedUsageEvent, UsageEventInput } from './schema.ts'

type Waiting = {
  readonly input: UsageEventInput
  readonly around: Around<RecordedUsageEvent> | undefined
  readonly settle: (recorded: RecordedUsageEvent | EventFault | undefined) => void
  readonly fail: (error: unknown) => void
}

const mostTogether = 1000
const waitingOf = new WeakMap<Pool, Map<string, Waiting[]>>()

/**
 * Counts one event in a transaction that it shares with the others of its environment that came while the one before was
 * under way: one commit for all of them, where a thousand a second would wait for each other's over the same bucket.
 * Each is answered after the commit, with an outcome of its own; `around`: what keeps that for its Idempotency-Key.
 */
export function recordTogether(
  deps: Deps,
  scope: Scope,
  input: UsageEventInput,
  around?: Around<RecordedUsageEvent>,
): Promise<RecordedUsageEvent> {
  const { environmentId } = scope
  if (environmentId === undefined) throw new Error('an event belongs to an environment')
  const waitings = waitingOf.get(deps.db) ?? new Map<string, Waiting[]>()
  waitingOf.set(deps.db, waitings)
  return new Promise<RecordedUsageEvent | EventFault | undefined>((settle, fail) => {
    const waiting = waitings.get(environmentId)
    if (waiting) {
      waiting.push({ input, around, settle, fail })
      return
    }
    const queue: Waiting[] = [{ input, around, settle, fail }]
    waitings.set(environmentId, queue)
    // It forgets the queue in the same breath in which it finds it empty, so none is left behind in it.
    void drain(deps, scope, queue, () => waitings.delete(environmentId))
  }).then(eventOrRefusal)
}

async function drain(deps: Deps, scope: Scope, queue: Waiting[], forget: () => void): Promise<void> {
  while (queue.length > 0) await countTogether(deps, scope, queue.splice(0, mostTogether))
  forget()
}

async function countTogether(deps: Deps, scope: Scope, together: readonly Waiting[]): Promise<void> {
  try {
    const answers = await transaction(deps.db, { scope, now: deps.clock.now() }, (tx) =>
      countIn(deps, tx, together),
    )
    for (const answer of answers) answer()
  } catch (error) {
    // A key that came twice at once stands in the way of all: alone, each finds what there is under its own.
    if (together.length > 1 && violatedConstraint(error) !== undefined)
      for (const one of together) await countTogether(deps, scope, [one])
    else for (const { fail } of together) fail(error)
  }
}

/** What is to be told to each once this is committed. */
async function countIn(deps: Deps, tx: Tx, together: readonly Waiting[]): Promise<(() => void)[]> {
  const answers: (() => void)[] = []
  const keyed = together.flatMap((one) => (one.around?.first ? [{ one, first: one.around.first }] : []))
  const found = keyed.length === 0 ? [] : await tx.queryAll(keyed.map(({ first }) => first.bound))
  const answered = new Set<Waiting>()
  for (const [index, { one, first }] of keyed.entries()) {
    try {
      first.check(found[index] ?? [])
    } catch (earlier) {
      answered.add(one)
      answers.push(() => one.fail(earlier))
    }
  }
  const open = together.filter((one) => !answered.has(one))
  const recorded = await recordEvents(
    deps,
    tx,
    tx.scope.environmentId ?? '',
    open.map(({ input }) => input),
  )
  for (const [index, one] of open.entries()) {
    const made = recorded[index]
    if (made && !(made instanceof EventFault))
      for (const bound of one.around?.last?.(made) ?? []) tx.defer(bound)
    answers.push(() => one.settle(made))
  }
  return answers
}
