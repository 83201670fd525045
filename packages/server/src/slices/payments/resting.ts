import type { Pool } from '../../db/pool.ts'
import type { Deps } from '../../deps.ts'
import type { Found, Outcome } from '../providers/index.ts'

/** After so many calls in a row that came to nothing an account is left alone. */
const mostFailures = 5
const restSeconds = [30, 60, 120, 300]

type Health = { failures: number; rests: number; untilMs: number }

/** By account, in this process: another finds out by itself, and a new one begins anew. */
const healths = new WeakMap<Pool, Map<string, Health>>()
const mostAccounts = 10_000

/**
 * Why a call is not even made: the account's provider wants to be left alone, or has not answered for a while. Whatever
 * waits there does not keep those of other accounts waiting, and may fall over to another at once.
 */
export function restOf(
  deps: Deps,
  accountId: string | null,
): Extract<Outcome, { status: 'unavailable' }> | undefined {
  const health = accountId === null ? undefined : healthsOf(deps).get(accountId)
  const leftMs = (health?.untilMs ?? 0) - deps.clock.nowMs()
  if (leftMs <= 0) return undefined
  return {
    status: 'unavailable',
    code: 'provider_unavailable',
    reason: 'The provider did not take calls, and is left alone for a while.',
    retryAfterSeconds: Math.ceil(leftMs / 1000),
  }
}

/** Keeps what came of a call. After a rest one call tells whether the next is longer. */
export function heardFrom(deps: Deps, accountId: string | null, found: Found): void {
  if (accountId === null) return
  const known = healthsOf(deps)
  const isDown =
    found.status === 'unknown' || (found.status === 'unavailable' && found.code === 'provider_unavailable')
  if (!isDown) {
    known.delete(accountId)
    return
  }
  if (known.size >= mostAccounts) known.clear()
  const health = known.get(accountId) ?? { failures: 0, rests: 0, untilMs: 0 }
  known.set(accountId, health)
  health.failures++
  const asked = found.status === 'unavailable' ? (found.retryAfterSeconds ?? 0) : 0
  const isTired = health.failures >= mostFailures
  const seconds = Math.max(asked, isTired ? (restSeconds[health.rests] ?? 300) : 0)
  if (isTired) health.rests = Math.min(health.rests + 1, restSeconds.length - 1)
  if (seconds > 0) health.untilMs = deps.clock.nowMs() + seconds * 1000
}

function healthsOf({ workerDb }: Deps): Map<string, Health> {
  const known = healths.get(workerDb) ?? new Map<string, Health>()
  healths.set(workerDb, known)
  return known
}
