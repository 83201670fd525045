import { instantArray, uuidArray, wordArray } from '../../db/binary-array.ts'
import { jsonArray } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { usageEvents } from '../../http/operations.ts'
import { ensureGeneration, generationAt, guardChange, neighboursAt } from './generations.ts'
import { lookUp } from './look-up.ts'
import { type CountedEvent, EventFault, readEvent } from './read-event.ts'
import type { UsageEventInput } from './schema.ts'
import { storeEvents } from './sql.ts'
import { watchUsage } from './watch.ts'

/** What became of one event. */
export type Outcome =
  | { readonly status: 'created'; readonly event: CountedEvent; readonly receivedAt: Temporal.Instant }
  | { readonly status: 'duplicate'; readonly event: CountedEvent }
  | { readonly status: 'error'; readonly fault: EventFault }

/**
 * Counts events, each transaction id once, in the transaction of the caller: they are stored and added up, or nothing of
 * them is there. Each gets an outcome of its own, in their order; of the same id twice in one go the first counts.
 */
export async function ingestEvents(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  inputs: readonly UsageEventInput[],
): Promise<Outcome[]> {
  const find = await lookUp(deps, tx, environmentId, inputs)
  const nowMs = tx.now.epochMilliseconds
  const read = inputs.map((input) => readEvent(input, { environmentId, nowMs, ...find(input) }))
  const first = new Map<string, CountedEvent>()
  for (const event of read) {
    if (!(event instanceof EventFault) && !first.has(event.id)) first.set(event.id, event)
  }
  // How long an id counts once is a matter of real time, whatever clock the environment has.
  const receivedAt = deps.clock.now()
  const before = await store(deps, tx, environmentId, [...first.values()], receivedAt)
  const outcomes = read.map((event): Outcome => {
    if (event instanceof EventFault) return { status: 'error', fault: event }
    const counts = !before.has(event.id) && first.get(event.id) === event
    return counts ? { status: 'created', event, receivedAt } : { status: 'duplicate', event }
  })
  const isWatched = (input: UsageEventInput | undefined): boolean =>
    input !== undefined && find(input).subscription?.isWatched === true
  const watched = outcomes.flatMap((outcome, index) =>
    outcome.status === 'created' && isWatched(inputs[index]) ? [outcome.event.subscriptionId] : [],
  )
  watchUsage(deps, tx, environmentId, [...new Set(watched)])
  tx.afterCommit(() => countOutcomes(outcomes))
  return outcomes
}

function countOutcomes(outcomes: readonly Outcome[]): void {
  for (const outcome of ['created', 'duplicate', 'error'] as const) {
    const count = outcomes.reduce((sum, { status }) => (status === outcome ? sum + 1 : sum), 0)
    if (count > 0) usageEvents.inc({ outcome }, count)
  }
}

/** The ids of those that had counted before. */
async function store(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  events: readonly CountedEvent[],
  receivedAt: Temporal.Instant,
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const receivedMs = receivedAt.epochMilliseconds
  await ensureGeneration(deps.db, generationAt(receivedMs))
  guardChange(tx, environmentId, receivedMs)
  const latest = new Set<string>()
  for (const { metric } of events) if (metric.aggregation_type === 'LATEST') latest.add(metric.id)
  const rows = await tx.query(
    storeEvents(
      environmentId,
      generationAt(receivedMs),
      neighboursAt(receivedMs),
      receivedAt,
      uuidArray(events.map(({ id }) => id)),
      wordArray(events.map(({ transactionId }) => transactionId)),
      uuidArray(events.map(({ subscriptionId }) => subscriptionId)),
      uuidArray(events.map(({ metric }) => metric.id)),
      instantArray(events.map(({ at }) => at)),
      jsonArray(events.map(({ properties }) => JSON.stringify(properties))),
      wordArray(events.map(({ quantity }) => quantity)),
      wordArray(events.map(({ word }) => word)),
      instantArray(events.map(({ bucket }) => bucket.from)),
      instantArray(events.map(({ bucket }) => bucket.to)),
      wordArray(events.map(({ filterValues }) => filterValues)),
      [...latest],
    ),
  )
  return new Set(rows.map(({ id }) => id))
}

export function isoMs(ms: number): string {
  return new Date(ms).toISOString()
}
