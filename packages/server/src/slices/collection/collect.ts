import type { Deps } from '../../deps.ts'
import { collectionLoop, inLanes, leaseMs, resolveDueRefunds, resolveRefundsOf } from '../payments/index.ts'
import { attemptCharge } from './charge.ts'
import { type ChargeOutcome, concludeCharges } from './conclude.ts'
import {
  type ClaimedPayment,
  bringToDisk,
  claimPayments,
  claimPaymentsInEnvironment,
  claimPaymentsOnTestClocks,
  isBusy,
} from './sql.ts'

const claimedAtOnce = 200
const lanes = 16
const othersWorkMs = 20
const patienceMs = 2000
/** The provider whose book is in this database: it cannot know more than what is committed. */
const ownBook = 'SANDBOX'

/** Charges what is due and asks about what is open, over all environments: refunds too. */
export const collection = { name: collectionLoop, tick: collectDue, restMs: 1000 }

async function collectDue(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const lease = now.add({ milliseconds: leaseMs })
  const claimed = [
    ...(await deps.workerDb.query(claimPayments(now, lease, claimedAtOnce))),
    ...(await deps.workerDb.query(claimPaymentsOnTestClocks(now, lease, claimedAtOnce))),
  ]
  await chargeAll(deps, claimed)
  const refunded = await resolveDueRefunds(deps)
  return refunded || claimed.length > 0
}

/**
 * Does in one environment what is due up to an instant of its clock, or waits a while for what others are doing there;
 * what a dead process holds is free again when its lease ends. Call again while something is due. Commits do not wait for
 * the disk, but that a payment is about to be sent to the world outside is there before it is sent.
 */
export async function collectEnvironment(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<void> {
  const patientUntilMs = deps.clock.nowMs() + patienceMs
  for (;;) {
    const now = deps.clock.now()
    const lease = now.add({ milliseconds: leaseMs })
    const claimed = await deps.clockDb.query(claimPaymentsInEnvironment(now, lease, environmentId, until))
    if (claimed.some(({ provider }) => provider !== ownBook)) await deps.workerDb.query(bringToDisk())
    const onTheWay = { ...deps, workerDb: deps.clockDb }
    const isOwn = claimed.every(({ provider }) => provider === ownBook)
    await (isOwn ? chargeTogether(onTheWay, claimed) : chargeAll(onTheWay, claimed))
    const refunded = await resolveRefundsOf(deps, environmentId, until)
    if (claimed.length > 0 || refunded) return
    const [others] = await deps.workerDb.query(isBusy(environmentId, until))
    if (!others?.busy || deps.clock.nowMs() >= patientUntilMs) return
    await deps.clock.sleep(othersWorkMs)
  }
}

/** Of one environment, where no provider lets anything wait: their outcomes are written at once. */
async function chargeTogether(deps: Deps, claimed: readonly ClaimedPayment[]): Promise<void> {
  const outcomes: ChargeOutcome[] = []
  await inLanes(claimed, lanes, async (payment) => {
    outcomes.push({ payment, found: await attemptCharge(deps, payment) })
  })
  await concludeEach(deps, outcomes)
}

/** Calls run side by side; whatever has ended by the time a write is over is written together, by environment. */
async function chargeAll(deps: Deps, claimed: readonly ClaimedPayment[]): Promise<void> {
  const ready: ChargeOutcome[] = []
  let writing = Promise.resolve()
  let isQueued = false
  const writeReady = async (): Promise<void> => {
    isQueued = false
    for (const outcomes of Map.groupBy(ready.splice(0), ({ payment }) => payment.environment_id).values()) {
      await concludeEach(deps, outcomes)
    }
  }
  await inLanes(claimed, lanes, async (payment) => {
    ready.push({ payment, found: await attemptCharge(deps, payment) })
    if (isQueued) return
    isQueued = true
    writing = writing.then(writeReady)
  })
  await writing
}

/** Together, and one by one when that fails: one that cannot be written down stops no other, and its lease runs out. */
async function concludeEach(deps: Deps, outcomes: readonly ChargeOutcome[]): Promise<void> {
  try {
    await concludeCharges(deps, outcomes)
  } catch (error) {
    if (outcomes.length > 1) {
      for (const outcome of outcomes) await concludeEach(deps, [outcome])
    } else {
      const payment = outcomes[0]?.payment.reference
      deps.log.error({ err: error, payment }, 'the outcome of a payment is written later')
    }
  }
}
