import type { Reader, Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { parseId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { type Outcome, ingestEvents } from './ingest.ts'
import { presentEvent } from './present.ts'
import type { RecordedUsageEvent, UsageBatch, UsageEvent, UsageEventInput, UsageResult } from './schema.ts'
import { eventById } from './sql.ts'

/** Counts one event, once for its transaction id: sent again, it answers with the event that counted. */
export async function recordEvent(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  input: UsageEventInput,
): Promise<RecordedUsageEvent> {
  const [outcome] = await ingestEvents(deps, tx, environmentId, [input])
  if (!outcome) throw new Error('an event without an outcome')
  if (outcome.status === 'error') {
    const { code, message, path } = outcome.fault
    throw new Refusal(code, message, path === null ? [] : [{ path, message }])
  }
  const { event, status } = outcome
  const [row] = await tx.query(eventById(environmentId, event.id))
  if (!row) throw new Error('a counted event vanished')
  return { ...presentEvent(row), status }
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

function resultOf(transactionId: string | null, outcome: Outcome): UsageResult {
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
  const [row] = stored === undefined ? [] : await reader.query(eventById(environmentId, stored))
  if (!row) throw new Refusal('usage_event_not_found')
  return presentEvent(row)
}
