import { type DunningPlan, declineKind, defaultDunning, retryAt } from '@novabilling/core/dunning'
import type { Deps } from '../../deps.ts'
import type { Tx } from '../../db/transaction.ts'
import { saveDunnings, termsOf } from './sql.ts'

/** A charge that failed, for an invoice that is still owed. */
export type Failure = {
  readonly invoiceId: string
  readonly code: string
  readonly onPhone: boolean
}

/** The loop that tries again. */
export const dunningLoopName = 'dunning'

const againAfterHours = 24

/**
 * Plans what is done about charges that failed: the first failure of an invoice begins its retries; when the last of
 * them has failed, what becomes of the subscription is due now. Where it failed because of us or of the provider, the
 * customer gets another day instead.
 */
export async function planRetries(
  deps: Deps,
  tx: Tx,
  environmentId: string,
  failures: readonly Failure[],
): Promise<void> {
  if (failures.length === 0) return
  const terms = await tx.query(
    termsOf(
      environmentId,
      failures.map(({ invoiceId }) => invoiceId),
    ),
  )
  const failureOf = new Map(failures.map((failure) => [failure.invoiceId, failure]))
  const planned = terms.flatMap((row) => {
    const failure = failureOf.get(row.invoice_id)
    if (!failure) return []
    const { retryDays } = planOf(row.plan)
    const isOurs = declineKind(failure.code) === 'OURS'
    if (row.started_at === null || row.step === null || row.ended_at !== null) {
      const [day = 0] = retryDays
      const where = { zone: row.timezone, onPhone: failure.onPhone }
      const at = retryAt(tx.now.epochMilliseconds, day, where)
      return [
        { id: row.invoice_id, startedAt: tx.now, step: 0, dueAt: Temporal.Instant.fromEpochMilliseconds(at) },
      ]
    }
    if (row.step < retryDays.length) return []
    const dueAt = isOurs ? tx.now.add({ hours: againAfterHours }) : tx.now
    const step = isOurs ? Math.max(0, retryDays.length - 1) : row.step
    return [{ id: row.invoice_id, startedAt: row.started_at, step, dueAt }]
  })
  if (planned.length === 0) return
  tx.defer(
    saveDunnings(
      environmentId,
      planned.map(({ id }) => id),
      planned.map(({ startedAt }) => startedAt),
      planned.map(({ step }) => step),
      planned.map(({ dueAt }) => dueAt),
    ),
  )
  tx.afterCommit(() => deps.bells.ring(dunningLoopName))
}

/** The tenant's plan, its days rising, or ours. */
export function planOf(stored: DunningPlan | null): DunningPlan {
  if (!stored) return defaultDunning
  return { ...stored, retryDays: stored.retryDays.toSorted((one, other) => one - other) }
}
