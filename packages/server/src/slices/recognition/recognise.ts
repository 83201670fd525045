import { type EpochDay, startOfDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import { earnedBy, revenueRecognised } from '@novabilling/core/ledger'
import { type Tx, transaction } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import { postEntries } from '../ledger/index.ts'
import { type RecognitionClock, epochDayOf, lastOver } from './days.ts'
import { fold } from './fold.ts'
import { dueClocks, insertDays, lockClock, openCohorts, saveClock } from './sql.ts'

const clocksAtOnce = 100
/** Days of one environment in one transaction. */
const mostDaysAtOnce = 400

/** Closes the days that are over on real time. It waits for the billing run, whose invoices a day has to hold. */
export async function tick(deps: Deps): Promise<boolean> {
  const now = deps.clock.now()
  const due = await deps.workerDb.query(dueClocks(now, clocksAtOnce))
  let isMore = false
  for (const { environment_id: id, unbilled_since: since } of due)
    isMore = (await closeDays(deps, id, since ?? now)) || isMore
  return isMore || due.length === clocksAtOnce
}

/** Closes the days of an environment that are over at an instant of its own clock: each as it would have been in time. */
export async function recogniseEnvironment(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
): Promise<void> {
  while (await closeDays(deps, environmentId, until));
}

/**
 * Recognises what was earned on each of the tenant's days that is over, in one posting a day and currency. A line in
 * another zone is in arrears by less than a day, and never ahead. Says whether there may be more.
 */
async function closeDays(deps: Deps, environmentId: string, until: Temporal.Instant): Promise<boolean> {
  while (await inTurn(deps, environmentId, until, (tx, clock) => fold(tx, environmentId, clock)));
  return inTurn(deps, environmentId, until, async (tx, { carried, closedThrough, zone }) => {
    const last = Math.min(lastOver(zone, until.epochMilliseconds), closedThrough + mostDaysAtOnce)
    const cohorts = await tx.query(openCohorts(environmentId, formatDay(closedThrough), formatDay(last)))
    const days = cohorts.map((row) => ({
      minor: row.amount_minor,
      firstDay: epochDayOf(row.first_day),
      lastDay: epochDayOf(row.last_day),
    }))
    const posted: { day: EpochDay; currency: string; id: string; minor: bigint }[] = []
    const earned = new Map(Object.entries(carried).map(([currency, minor]) => [currency, BigInt(minor)]))
    for (let day = closedThrough + 1; day <= last; day++) {
      const [before, after] = [startOfDay(zone, day), startOfDay(zone, day + 1)]
      for (const [index, { zone: own, currency, lines }] of cohorts.entries()) {
        const line = days[index]
        if (!line) continue
        const minor = earnedBy(line, lastOver(own, after)) - earnedBy(line, lastOver(own, before))
        if (minor !== 0n) earned.set(currency, (earned.get(currency) ?? 0n) + lines * minor)
      }
      for (const [currency, minor] of earned)
        if (minor !== 0n) posted.push({ day, currency, id: deps.ids.next(), minor })
      earned.clear()
    }
    write(tx, environmentId, zone, posted)
    const next = Temporal.Instant.fromEpochMilliseconds(startOfDay(zone, last + 2))
    tx.defer(saveClock(environmentId, formatDay(last), next, '{}'))
    return last < lastOver(zone, until.epochMilliseconds)
  })
}

/** Does one thing under the environment's clock; false where nothing is due, or somebody else is at it. */
function inTurn(
  deps: Deps,
  environmentId: string,
  until: Temporal.Instant,
  act: (tx: Tx, clock: RecognitionClock) => Promise<boolean>,
): Promise<boolean> {
  const scope = { tenantId: '', environmentId }
  return transaction(deps.workerDb, { scope, now: until }, async (tx) => {
    const [clock] = await tx.query(lockClock(environmentId, until))
    if (!clock) return false
    const { closed_through, carried, timezone: zone } = clock
    return act(tx, { closedThrough: epochDayOf(closed_through), carried, zone })
  })
}

function write(
  tx: Tx,
  environmentId: string,
  zone: string,
  posted: readonly { day: EpochDay; currency: string; id: string; minor: bigint }[],
): void {
  if (posted.length === 0) return
  tx.defer(
    insertDays(
      environmentId,
      posted.map(({ day }) => formatDay(day)),
      posted.map(({ currency }) => currency),
      posted.map(({ id }) => id),
      posted.map(({ minor }) => minor),
    ),
  )
  postEntries(
    tx,
    environmentId,
    posted.map(({ day, currency, id, minor }) => ({
      id,
      documentKind: 'RECOGNITION',
      documentId: id,
      currency,
      // The last moment of the day, so that the books as of it hold it.
      at: Temporal.Instant.fromEpochMilliseconds(startOfDay(zone, day + 1) - 1),
      entries: revenueRecognised(minor),
    })),
  )
}
