import { jsonArray } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { usageEvents } from '../../http/operations.ts'
import { parseId } from '../../ids.ts'
import { type MetricRow, metricsByCodes } from '../metrics/index.ts'
import { ensureGeneration, generationAt, guardChange, neighboursAt } from './generations.ts'
import { type CountedEvent, EventFault, readEvent } from './read-event.ts'
import type { UsageEventInput } from './schema.ts'
import { type MeteredRow, meteredByReferences, storeEvents } from './sql.ts'

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
  const find = await lookUp(tx, environmentId, inputs)
  const nowMs = tx.now.epochMilliseconds
  const read = inputs.map((input) => readEvent(input, { environmentId, nowMs, ...find(input) }))
  const first = new Map<string, CountedEvent>()
  for (const event of read) {
    if (!(event instanceof EventFault) && !first.has(event.id)) first.set(event.id, event)
  }
  // How long an id counts once is a matter of real time, whatever clock the environment has.
  const receivedAt = deps.clock.now()
  const added = await store(deps, tx, environmentId, [...first.values()], receivedAt)
  const outcomes = read.map((event): Outcome => {
    if (event instanceof EventFault) return { status: 'error', fault: event }
    const counts = added.has(event.id) && first.get(event.id) === event
    return counts ? { status: 'created', event, receivedAt } : { status: 'duplicate', event }
  })
  tx.afterCommit(() => countOutcomes(outcomes))
  return outcomes
}

function countOutcomes(outcomes: readonly Outcome[]): void {
  for (const outcome of ['created', 'duplicate', 'error'] as const) {
    const count = outcomes.reduce((sum, { status }) => (status === outcome ? sum + 1 : sum), 0)
    if (count > 0) usageEvents.inc({ outcome }, count)
  }
}

type Found = { readonly subscription: MeteredRow | undefined; readonly metric: MetricRow | undefined }

/** The subscriptions and metrics that events name, in one round trip. */
async function lookUp(
  tx: Tx,
  environmentId: string,
  inputs: readonly UsageEventInput[],
): Promise<(input: UsageEventInput) => Found> {
  const references = new Set<string>()
  const codes = new Set<string>()
  for (const { subscriptionId, code } of inputs) {
    references.add(subscriptionId)
    codes.add(code)
  }
  const ids = new Map<string, string>()
  for (const reference of references) {
    const id = parseId('subscription', reference)
    if (id !== undefined) ids.set(reference, id)
  }
  const externalIds = [...references].filter((reference) => !ids.has(reference))
  const [found, metrics] = await tx.queryAll([
    meteredByReferences(environmentId, [...ids.values()], externalIds),
    metricsByCodes(environmentId, [...codes]),
  ])
  const byId = new Map(found.map((row) => [row.id, row]))
  // An external id may look like one of ours.
  const missing = [...ids].flatMap(([reference, id]) => (byId.has(id) ? [] : [reference]))
  const others = missing.length === 0 ? [] : await tx.query(meteredByReferences(environmentId, [], missing))
  const rows = [...found, ...others]
  const byExternalId = new Map(rows.map((row) => [row.external_id, row]))
  const byCode = new Map(metrics.map((row) => [row.code, row]))
  return ({ subscriptionId, code }) => ({
    subscription: byId.get(ids.get(subscriptionId) ?? '') ?? byExternalId.get(subscriptionId),
    metric: byCode.get(code),
  })
}

/** The ids of those that had not counted before. */
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
      events.map(({ id }) => id),
      events.map(({ transactionId }) => transactionId),
      events.map(({ subscriptionId }) => subscriptionId),
      events.map(({ metric }) => metric.id),
      events.map(({ at }) => isoMs(at)),
      jsonArray(events.map(({ properties }) => JSON.stringify(properties))),
      events.map(({ quantity }) => quantity),
      events.map(({ word }) => word),
      events.map(({ bucket }) => isoMs(bucket.from)),
      events.map(({ bucket }) => isoMs(bucket.to)),
      events.map(({ filterValues }) => filterValues),
      [...latest],
    ),
  )
  return new Set(rows.map(({ id }) => id))
}

export function isoMs(ms: number): string {
  return new Date(ms).toISOString()
}
