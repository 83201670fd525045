import type { LoadedDelivery } from './dispatch-sql.ts'
import { waitAfterMs } from './schedule.ts'
import type { WebhookAttempt } from './schema.ts'
import type { Reply } from './send.ts'

/** An endpoint that nothing got through to for so long is switched off. */
const patienceHours = 72

/** What an attempt came to, in the columns of its delivery. */
export type Outcome = {
  readonly delivery: LoadedDelivery
  readonly result: 'succeeded' | 'failed' | 'given_up' | 'interrupted'
  readonly status: 'PENDING' | 'SUCCEEDED' | 'FAILED'
  readonly dueAt: Temporal.Instant | null
  readonly record: WebhookAttempt
  /** Why no more is sent to this endpoint at all. */
  readonly reasonToDisable: (failingSince: Temporal.Instant | null) => ReasonToDisable | undefined
}

/** In a sentence for programs and logs, and in parts that a mail says in its reader's language. */
export type ReasonToDisable = {
  readonly sentence: string
  readonly why: 'GONE' | 'SILENT'
  /** What it answered last; null: nothing. */
  readonly lastStatus: number | null
  readonly days: number
}

/** Decides what a reply means: a 2xx is success, anything else is tried again on the schedule, and given up after the last. */
export function outcomeOf(attempt: {
  readonly delivery: LoadedDelivery
  readonly reply: Reply
  readonly at: Temporal.Instant
  readonly durationMs: number
  readonly now: Temporal.Instant
  /** The server was stopped before the answer came. */
  readonly isInterrupted: boolean
}): Outcome {
  const { delivery, reply, at, durationMs, now, isInterrupted } = attempt
  const isSuccess = reply.status !== null && reply.status >= 200 && reply.status < 300
  const error = isSuccess
    ? null
    : isInterrupted
      ? 'The server was stopped before an answer came.'
      : errorOf(reply)
  const record: WebhookAttempt = {
    attempt: delivery.attempt,
    at: at.toString({ smallestUnit: 'millisecond' }),
    durationMs,
    responseStatus: reply.status,
    responseBody: reply.status === null ? null : reply.excerpt,
    error,
  }
  const never = (): undefined => undefined
  if (isSuccess) {
    const status = 'SUCCEEDED'
    return { delivery, result: 'succeeded', status, dueAt: null, record, reasonToDisable: never }
  }
  if (isInterrupted) {
    const status = 'PENDING'
    return { delivery, result: 'interrupted', status, dueAt: now, record, reasonToDisable: never }
  }
  const isLast = delivery.attempt >= delivery.last_attempt
  const wait = { milliseconds: waitAfterMs(delivery.attempt, delivery.id) }
  return {
    delivery,
    result: isLast ? 'given_up' : 'failed',
    status: isLast ? 'FAILED' : 'PENDING',
    dueAt: isLast ? null : now.add(wait),
    record,
    reasonToDisable(failingSince) {
      const days = patienceHours / 24
      const told = { lastStatus: reply.status, days }
      if (reply.status === 410) return { ...told, sentence: 'It answered 410 Gone.', why: 'GONE' }
      const limit = failingSince?.add({ hours: patienceHours })
      if (!limit || Temporal.Instant.compare(now, limit) < 0) return undefined
      const sentence = `Nothing got through to it for ${days} days. The last time: ${error ?? ''}`
      return { ...told, sentence, why: 'SILENT' }
    },
  }
}

function errorOf(reply: Reply): string {
  if (reply.status === null) return reply.error
  return reply.status >= 300 && reply.status < 400
    ? `It answered ${reply.status}; redirects are not followed.`
    : `It answered ${reply.status}.`
}
