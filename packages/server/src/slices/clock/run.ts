import { Bells } from '../../bells.ts'
import type { Deps } from '../../deps.ts'
import { transaction } from '../../db/transaction.ts'
import { billEnvironment } from '../billing-run/index.ts'
import { collectEnvironment } from '../collection/index.ts'
import { freezeDunnings, retryDueIn } from '../dunning/index.ts'
import { announceOverdueIn } from '../invoices/index.ts'
import { serveWalletsIn } from '../topping-up/index.ts'
import { recogniseEnvironment } from '../recognition/index.ts'
import { announceTrialsEndingIn, issueHeldIn, watchUsageIn } from '../subscriptions/index.ts'
import {
  currentRun,
  endRun,
  freezeInvoices,
  freezePayments,
  freezeRecognition,
  freezeRefunds,
  freezeSubscriptions,
  holdsSubscriptions,
  leaseRun,
  moveClock,
  prolongLease,
  waitingRuns,
} from './sql.ts'

const leaseMs = 60_000
const heartbeatMs = 15_000
const sliceMs = 2000
const atOnce = 4
const triesPerStep = 3
const betweenTriesMs = 500
const mostStepsAtOneInstant = 100

/** Goes on with clocks whose process died, or whose request did not wait for their end. */
export const clock = { name: 'clock', tick: resume, restMs: 1000 }

async function resume(deps: Deps): Promise<boolean> {
  const waiting = await deps.workerDb.query(waitingRuns(deps.clock.now(), atOnce))
  const until = deps.clock.nowMs() + sliceMs
  await Promise.all(waiting.map(({ id }) => runClock(deps, id, until)))
  return waiting.length > 0
}

/**
 * Moves a clock that is on its way, until it has arrived or `untilMs` is over: to each next instant at which
 * something is due, does what is due then, and goes on, so that everything happens in order and at its time.
 * False when somebody else is moving it.
 */
export async function runClock(deps: Deps, environmentId: string, untilMs: number): Promise<boolean> {
  const leaseUntil = (): Temporal.Instant => deps.clock.now().add({ milliseconds: leaseMs })
  const [leased] = await deps.workerDb.query(leaseRun(environmentId, deps.clock.now(), leaseUntil()))
  if (!leased) return false
  const { attempt } = leased
  const heartbeat = deps.clock.every(heartbeatMs, () => {
    deps.workerDb
      .query(prolongLease(environmentId, attempt, leaseUntil()))
      .catch((error: unknown) => deps.log.warn({ err: error }, 'the lease of a clock could not be prolonged'))
  })
  try {
    let last: Temporal.Instant | undefined
    for (let again = 0; deps.clock.nowMs() < untilMs;) {
      const at = await stepOrFail(deps, environmentId, attempt)
      if (!at) break
      again = last?.equals(at) ? again + 1 : 0
      last = at
      if (again > mostStepsAtOneInstant) {
        const reason = `What is due at ${at.toString()} does not come to an end.`
        await deps.workerDb.query(endRun(environmentId, attempt, 'FAILED', reason))
        break
      }
    }
  } finally {
    heartbeat()
    for (const loop of ['webhooks', 'customer-mail']) deps.bells.ring(loop)
    await deps.workerDb.query(prolongLease(environmentId, attempt, deps.clock.now()))
  }
  return true
}

async function stepOrFail(
  deps: Deps,
  environmentId: string,
  attempt: number,
): Promise<Temporal.Instant | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await step(deps, environmentId, attempt)
    } catch (error) {
      deps.log.error({ err: error, environmentId }, 'a step of a clock failed')
      if (tries === triesPerStep || !isPassing(error)) {
        await deps.workerDb.query(endRun(environmentId, attempt, 'FAILED', reasonOf(error)))
        return undefined
      }
      await deps.clock.sleep(betweenTriesMs)
    }
  }
}

/** What falls due on the way, each with the column that says when. At one instant it happens in this order. */
const kinds = [
  { due: 'trial_notice_at', act: announceTrialsEndingIn },
  { due: 'billing_at', act: billEnvironment },
  { due: 'usage_at', act: watchUsageIn },
  { due: 'finalize_at', act: issueHeldIn },
  { due: 'dunning_at', act: retryDueIn },
  { due: 'collection_at', act: collectEnvironment },
  { due: 'wallets_at', act: serveWalletsIn },
  { due: 'overdue_at', act: announceOverdueIn },
] as const

/**
 * One step: the first thing that is due, at its instant. Its commits do not wait for the disk; the one that says that the
 * clock has arrived does, and takes them along. Gives where the clock stands. Undefined when it has arrived, or is not
 * ours to move any more.
 */
async function step(
  deps: Deps,
  environmentId: string,
  attempt: number,
): Promise<Temporal.Instant | undefined> {
  const [run] = await deps.clockDb.query(currentRun(environmentId, attempt))
  if (!run?.clock_target) return undefined
  const target = run.clock_target
  // What is there has its times by the environment's clock from here on: they are read anew.
  if (!run.clock_now) return freeze(deps, run.tenant_id, environmentId, attempt, target)
  const now = run.clock_now
  const dues = kinds.flatMap(({ due, act }) => (run[due] ? { at: later(run[due], now), act } : []))
  const first = dues.reduce<(typeof dues)[number] | undefined>(
    (best, one) => (best && Temporal.Instant.compare(best.at, one.at) <= 0 ? best : one),
    undefined,
  )
  if (!first || Temporal.Instant.compare(first.at, target) > 0) {
    // Nothing on the way looks at what is earned, and each day gets its own date: all of them at once are the same.
    await recogniseEnvironment(deps, environmentId, target)
    await deps.workerDb.query(moveClock(environmentId, attempt, target))
    await deps.workerDb.query(endRun(environmentId, attempt, 'IDLE', null))
    return undefined
  }
  const { at, act } = first
  if (!at.equals(now)) {
    const [moved] = await deps.clockDb.query(moveClock(environmentId, attempt, at))
    if (!moved) return undefined
  }
  // What it makes due is done by the next steps: no loop is woken for it.
  await act({ ...deps, bells: new Bells() }, environmentId, at)
  return at
}

function later(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) > 0 ? a : b
}

/**
 * The first time an environment leaves real time: its rows are due by its own clock from now on. One without
 * subscriptions starts at the target, which may lie in the past.
 */
async function freeze(
  deps: Deps,
  tenantId: string,
  environmentId: string,
  attempt: number,
  target: Temporal.Instant,
): Promise<Temporal.Instant> {
  const scope = { tenantId, environmentId }
  const real = deps.clock.now()
  return transaction(deps.workerDb, { scope, now: real }, async (tx) => {
    const [held] = await tx.query(holdsSubscriptions(environmentId))
    const start = held?.found ? real : target
    await tx.query(moveClock(environmentId, attempt, start))
    tx.defer(freezeSubscriptions(environmentId))
    tx.defer(freezeInvoices(environmentId))
    tx.defer(freezePayments(environmentId))
    tx.defer(freezeRefunds(environmentId))
    tx.defer(freezeDunnings(environmentId))
    tx.defer(freezeRecognition(environmentId))
    return start
  })
}

/** The database's or the network's trouble, which another try may find gone. */
function isPassing(error: unknown): boolean {
  return error instanceof Error && 'code' in error
}

/** What the account is told: never the database's own words. */
function reasonOf(error: unknown): string {
  if (isPassing(error) || !(error instanceof Error))
    return 'A step could not be written down. Set the clock again to go on.'
  return error.message.slice(0, 500)
}
