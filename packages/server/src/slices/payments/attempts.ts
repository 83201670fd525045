import type { Deps } from '../../deps.ts'
import { heardFrom, restOf } from './resting.ts'
import { type Found, type KeptMethod, type Outcome, type Provider, outcomeOf } from '../providers/index.ts'

/** Longer than any call to a provider may take, so that a lease outlives the work under it. */
export const leaseMs = 90_000

/** How long a request that wrote an intent down has the first turn at it. */
export const firstTurnMs = 5000

/** A call that never arrives is given up after so many tries: some four hours. */
const mostTries = 10

const backoffSeconds = [1, 5, 15, 60, 300, 900, 3600]

/** How long to wait before the next question about an outcome that is not known. */
function askAgainAfterSeconds(attempt: number, onTestClock: boolean): number {
  // On a clock that stands still nothing happens by waiting, so the first question comes at once.
  if (onTestClock && attempt <= 1) return 0
  return backoffSeconds[Math.min(attempt, backoffSeconds.length) - 1] ?? 3600
}

/**
 * One attempt at a charge or a refund: the call itself, the first time; after that only the question how it
 * ended. `not_found` comes out when the provider surely knows nothing of it, so that it may be sent again.
 */
export async function attempt(
  deps: Deps,
  provider: Provider,
  row: {
    was: string
    called_at: Temporal.Instant | null
    reference: string
    provider_id: string | null
  },
  calls: { act: () => Promise<Outcome>; ask: () => Promise<Found> },
): Promise<Found> {
  const what = { provider: provider.name, reference: row.reference }
  const rest = restOf(deps, row.provider_id)
  if (row.was === 'PENDING') {
    if (rest) return rest
    const outcome = await outcomeOf(deps, calls.act, what)
    heardFrom(deps, row.provider_id, outcome)
    return outcome
  }
  if (rest) return { status: 'unknown' }
  const found = await outcomeOf(deps, calls.ask, what)
  // That nothing is known of it yet is an answer, too.
  if (found.status !== 'unknown') heardFrom(deps, row.provider_id, found)
  const calledMs = row.called_at?.epochMilliseconds ?? 0
  // The question did not get through, which tells nothing of what it was about.
  if (found.status === 'unavailable') return { status: 'unknown' }
  if (found.status === 'not_found' && deps.clock.nowMs() - calledMs < provider.settlingMs)
    return { status: 'unknown' }
  return found
}

/**
 * Prepares an attempt and makes it. One that cannot be prepared, such as with a secret that does not open, was surely not
 * sent if it had not been before; it stops no other, and ends like one that never arrives.
 */
export async function prepared(
  deps: Deps,
  row: { was: string; reference: string },
  work: () => Promise<Found>,
): Promise<Found> {
  try {
    return await work()
  } catch (error) {
    deps.log.error({ err: error, reference: row.reference }, 'a call to a provider cannot be prepared')
    if (row.was !== 'PENDING') return { status: 'unknown' }
    const reason = 'The call could not be prepared.'
    return { status: 'unavailable', code: 'provider_config_error', reason }
  }
}

/** Runs `act` over all items, at most `lanes` at a time. */
export async function inLanes<T>(
  items: readonly T[],
  lanes: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  const lane = async (): Promise<void> => {
    for (const item of queue) await act(item)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane))
}

/** What came out of an attempt, in the columns of its row. `at`: the environment's time. */
export type Recorded = {
  readonly status: 'PENDING' | 'PROCESSING' | 'UNKNOWN' | 'SUCCEEDED' | 'FAILED'
  readonly transactionId: string | null
  readonly failureCode: string | null
  readonly failureReason: string | null
  readonly dueAt: Temporal.Instant | null
  readonly handle: string | null
  /** What the provider now says of the method that was charged. */
  readonly method?: KeptMethod
}

/** Decides what an outcome means. Success with other money than was asked for is set aside, never booked. */
export function recordOf(
  found: Found,
  asked: { amount_minor: bigint; currency: string; attempt: number; onTestClock: boolean },
  at: Temporal.Instant,
): Recorded {
  const open = { transactionId: null, failureCode: null, failureReason: null, handle: null }
  switch (found.status) {
    case 'succeeded':
      if (found.amountMinor !== asked.amount_minor || found.currency !== asked.currency) {
        const failureReason = `The provider confirmed ${found.amountMinor} minor units of ${found.currency}.`
        return { ...open, status: 'UNKNOWN', failureCode: 'amount_mismatch', failureReason, dueAt: null }
      }
      return {
        ...open,
        status: 'SUCCEEDED',
        transactionId: found.transactionId,
        dueAt: null,
        ...(found.method ? { method: found.method } : {}),
      }
    case 'declined':
      return { ...open, status: 'FAILED', failureCode: found.code, failureReason: found.reason, dueAt: null }
    case 'pending':
      return {
        ...open,
        status: 'PROCESSING',
        dueAt: at.add({ seconds: found.askAfterSeconds }),
        handle: found.handle ?? null,
      }
    case 'unavailable': {
      const failure = { failureCode: found.code, failureReason: found.reason }
      if (asked.attempt >= mostTries) return { ...open, ...failure, status: 'FAILED', dueAt: null }
      const seconds = Math.max(askAgainAfterSeconds(asked.attempt, false), found.retryAfterSeconds ?? 0)
      return { ...open, ...failure, status: 'PENDING', dueAt: at.add({ seconds }) }
    }
    case 'unknown': {
      const seconds = askAgainAfterSeconds(asked.attempt, asked.onTestClock)
      return { ...open, status: 'UNKNOWN', dueAt: at.add({ seconds }), handle: found.handle ?? null }
    }
    case 'not_found':
      return { ...open, status: 'PENDING', dueAt: at }
  }
}
