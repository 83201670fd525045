import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { parseId, publicId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { type Outcome, ingestEvents, isoMs } from './ingest.ts'
import { presentEvent } from './present.ts'
import { EventFault } from './read-event.ts'
import type { RecordedUsageEvent, UsageBatch, UsageEvent, UsageEventInput, UsageResult } from './schema.ts'
import { eventsByIds } from './sql.ts'

/** Counts one event, once for its transaction id: sent again, it answers with the event that counted. */
export async function recordEvent(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: UsageEventInput,
): Promise<RecordedUsageEvent> {
  const [recorded] = await recordEvents(deps, tx, environmentId, [input])
  return eventOrRefusal(recorded)
}

/** The event that counts, or a refusal with what is wrong. */
export function eventOrRefusal(recorded: RecordedUsageEvent | EventFault | undefined): RecordedUsageEvent {
  if (recorded === undefined) throw new Error('an event without an outcome')
  if (!(recorded instanceof EventFault)) return recorded
  const { code, message, path } = recorded
  throw new Refusal(code, message, path === null ? [] : [{ path, message }])
}

/** Counts events; gives for each the event that counts, which for a repeat is the one that was there. */
export async function recordEvents(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  inputs: readonly UsageEventInput[],
): Promise<(RecordedUsageEvent | EventFault)[]> {
  const outcomes = await ingestEvents(deps, tx, environmentId, inputs)
  const repeated = outcomes.flatMap((outcome) => (outcome.status === 'duplicate' ? [outcome.event.id] : []))
  const rows = repeated.length === 0 ? [] : await tx.query(eventsByIds(environmentId, repeated))
  const before = new Map(rows.map((row) => [row.id, row]))
  return outcomes.map((outcome) => {
    if (outcome.status === 'error') return outcome.fault
    if (outcome.status === 'created') return { ...presentCounted(outcome), status: 'created' }
    const row = before.get(outcome.event.id)
    if (!row) throw new Error('a counted event vanished')
    return { ...presentEvent(row), status: 'duplicate' }
  })
}

function presentCounted({ event, receivedAt }: Extract<Outcome, { status: 'created' }>): UsageEvent {
  return {
    id: publicId('usageEvent', event.id),
    transactionId: event.transactionId,
    subscriptionId: publicId('subscription', event.subscriptionId),
    code: event.metric.code,
    timestamp: isoMs(event.at),
    properties: event.properties as UsageEvent['properties'],
    createdAt: isoMs(receivedAt.epochMilliseconds),
  }
}

/** Counts events, and says of each what became of it. One that is wrong leaves the others as they are. */
export async function recordBatch(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  inputs: readonly UsageEventInput[],
): Promise<UsageBatch> {
  const outcomes = await ingestEvents(deps, tx, environmentId, inputs)
  return summaryOf(outcomes.map((outcome, index) => resultOf(inputs[index]?.transactionId ?? null, outcome)))
}

export function resultOf(transactionId: string | null, outcome: Outcome): UsageResult {
  if (outcome.status !== 'error') return { transactionId, status: outcome.status, error: null }
  const { code, message, path } = outcome.fault
  return { transactionId, status: 'error', error: { code, message, path } }
}

function summaryOf(results: UsageResult[]): UsageBatch {
  const count = (wanted: UsageResult['status']): number =>
    results.reduce((sum, { status }) => (status === wanted ? sum + 1 : sum), 0)
  return {
    total: results.length,
    created: count('created'),
    duplicates: count('duplicate'),
    errors: count('error'),
    results,
  }
}

/** An event by its id. */
export async function findEvent(reader: Reader, environmentId: string, id: string): Promise<UsageEvent> {
  const stored = parseId('usageEvent', id)
  const [row] = stored === undefined ? [] : await reader.query(eventsByIds(environmentId, [stored]))
  if (!row) throw new Refusal('usage_event_not_found')
  return presentEvent(row)
}
