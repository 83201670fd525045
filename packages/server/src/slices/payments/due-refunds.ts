import type { Deps } from '../../deps.ts'
import { inLanes, leaseMs } from './attempts.ts'
import { type RefundOutcome, attemptRefund, concludeRefunds } from './refund-outcomes.ts'
import {
  type ClaimedRefund,
  claimRefunds,
  claimRefundsInEnvironment,
  claimRefundsOnTestClocks,
} from './refunds-sql.ts'

const claimedAtOnce = 100
const lanes = 8

/** Takes up refunds whose outcome has to be asked for, or that a crash left behind. Says whether there were any. */
export async function resolveDueRefunds(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ milliseconds: leaseMs })
  const claimed = [
    ...(await deps.workerDb.query(claimRefunds(now, lease, claimedAtOnce))),
    ...(await deps.workerDb.query(claimRefundsOnTestClocks(now, lease, claimedAtOnce))),
  ]
  return resolve(deps, claimed)
}

/** The same in one environment, for what is due up to an instant of its clock. */
export async function resolveRefundsOf(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ milliseconds: leaseMs })
  return resolve(deps, await deps.workerDb.query(claimRefundsInEnvironment(now, lease, environmentId, until)))
}

async function resolve(deps: Deps, claimed: readonly ClaimedRefund[]): Promise<boolean> {
  const outcomes: RefundOutcome[] = []
  await inLanes(claimed, lanes, async (refund) => {
    outcomes.push({ refund, found: await attemptRefund(deps, refund) })
  })
  // One by one: a refund that cannot be written down stops no other, and its lease runs out.
  for (const outcome of outcomes) {
    try {
      await concludeRefunds(deps, [outcome])
    } catch (error) {
      deps.log.error(
        { err: error, refund: outcome.refund.reference },
        'the outcome of a refund is written later',
      )
    }
  }
  return claimed.length > 0
}
