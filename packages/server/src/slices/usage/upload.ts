import type { Readable } from 'node:stream'
import { type Scope, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { parseLine } from '../../http/json-body.ts'
import { type Line, linesOf } from '../../http/lines.ts'
import { faultsOf } from '../../http/problems.ts'
import { validatorCompiler } from '../../http/validation.ts'
import { Refusal } from '../../refusal.ts'
import { ingestEvents } from './ingest.ts'
import { EventFault } from './read-event.ts'
import { resultOf } from './record.ts'
import { type UsageBatch, UsageEventInput, type UsageResult } from './schema.ts'

const linesAtOnce = 1000
const mostResults = 1000

const validate = validatorCompiler([])({
  schema: UsageEventInput,
  httpPart: 'body',
  method: 'POST',
  url: '/events/batch',
})

/**
 * Counts the events of a body of lines as they come, 1000 in a transaction, and reads the next 1000 meanwhile, but no
 * further: the sender waits. What has been counted stays, if the connection ends: sent again, it counts once. Tells the
 * lines that are wrong, up to 1000.
 */
export async function recordUpload(deps: Deps, scope: Scope, body: Readable): Promise<UsageBatch> {
  const sums = { total: 0, created: 0, duplicates: 0, errors: 0 }
  const results: UsageResult[] = []
  const note = (result: UsageResult): void => {
    sums.total++
    if (result.status === 'created') sums.created++
    else if (result.status === 'duplicate') sums.duplicates++
    else {
      sums.errors++
      if (results.length < mostResults) results.push(result)
    }
  }
  let waiting: Line[] = []
  const count = async (): Promise<void> => {
    const lines = waiting.map((line) => ({ number: line.number, read: readLine(line) }))
    waiting = []
    const inputs = lines.flatMap(({ read }) => (read instanceof EventFault ? [] : [read]))
    const outcomes = await transaction(deps.db, { scope, now: deps.clock.now() }, (tx) =>
      ingestEvents(deps, tx, scope.environmentId ?? '', inputs),
    )
    let next = 0
    for (const { number, read } of lines) {
      const fault = read instanceof EventFault
      const outcome = fault ? { status: 'error' as const, fault: read } : outcomes[next++]
      if (!outcome) throw new Error('an event without an outcome')
      note({ ...resultOf(fault ? null : read.transactionId, outcome), line: number })
    }
  }
  let counting = Promise.resolve()
  for await (const line of linesOf(body)) {
    waiting.push(line)
    if (waiting.length < linesAtOnce) continue
    await counting
    counting = count()
    // It is waited for in its turn; a body that ends before that has a failure of its own to tell.
    counting.catch(() => {})
  }
  await counting
  if (waiting.length > 0) await count()
  return { ...sums, results }
}

function readLine({ text }: Line): UsageEventInput | EventFault {
  if (text === undefined) return new EventFault('usage_event_invalid', null, 'The line is too long.')
  try {
    const event = parseLine(text)
    if (isEvent(event)) return event
    const [fault] = faultsOf(validate.errors ?? [], 'body')
    return new EventFault('usage_event_invalid', fault?.path ?? null, fault?.message)
  } catch (error) {
    if (error instanceof SyntaxError)
      return new EventFault('usage_event_invalid', null, 'The line is no JSON.')
    if (error instanceof Refusal) return new EventFault('usage_event_invalid', null, error.message)
    throw error
  }
}

function isEvent(event: unknown): event is UsageEventInput {
  return validate(event) === true
}
