import { startOfDay } from '@novabilling/core/calendar'
import { formatDay } from '@novabilling/core/invoice'
import { type Deferral, daysOf, earnedBy } from '@novabilling/core/ledger'
import type { Bound } from '../../db/statement.ts'
import type { Tx } from '../../db/transaction.ts'
import { type RecognitionClock, lastOver } from './days.ts'
import {
  type GroupRow,
  addToCohorts,
  saveCarried,
  takeFromCohorts,
  takeNewCredits,
  takeNewLines,
  takeVoidCredits,
  takeVoidLines,
} from './sql.ts'

/** Lines in one transaction. */
const linesAtOnce = 20_000

/**
 * Counts new lines among their cohorts, and those of void invoices no more; those of credit notes likewise, below zero. What they have earned by the last closed
 * day, or what was recognised of them, is carried to the next one. Says whether there may be more.
 */
export async function fold(tx: Tx, environmentId: string, clock: RecognitionClock): Promise<boolean> {
  const added = [
    ...(await tx.query(takeNewLines(environmentId, linesAtOnce))),
    ...(await tx.query(takeNewCredits(environmentId, linesAtOnce))),
  ]
  const taken = [
    ...(await tx.query(takeVoidLines(environmentId, linesAtOnce))),
    ...(await tx.query(takeVoidCredits(environmentId, linesAtOnce))),
  ]
  if (added.length + taken.length === 0) return false
  const carried = new Map(Object.entries(clock.carried).map(([currency, minor]) => [currency, BigInt(minor)]))
  const closedAt = startOfDay(clock.zone, clock.closedThrough + 1)
  const count = (groups: readonly GroupRow[], sign: 1n | -1n): Cohort[] => {
    const cohorts = cohortsOf(groups)
    for (const { deferral, zone, currency, lines } of cohorts) {
      const earned = sign * lines * earnedBy(deferral, lastOver(zone, closedAt))
      carried.set(currency, (carried.get(currency) ?? 0n) + earned)
    }
    return cohorts
  }
  if (added.length > 0) tx.defer(bind(addToCohorts, environmentId, count(added, 1n)))
  if (taken.length > 0) tx.defer(bind(takeFromCohorts, environmentId, count(taken, -1n)))
  const shown = Object.fromEntries(Array.from(carried, ([currency, minor]) => [currency, String(minor)]))
  tx.defer(saveCarried(environmentId, JSON.stringify(shown)))
  return true
}

type Cohort = {
  readonly deferral: Deferral
  readonly zone: string
  readonly currency: string
  lines: bigint
}

/** Groups by instants brought together by their local days. */
function cohortsOf(groups: readonly GroupRow[]): Cohort[] {
  const cohorts = new Map<string, Cohort>()
  for (const { zone, currency, amount_minor: minor, from, to, lines } of groups) {
    const days = daysOf({ zone, from: from.epochMilliseconds, to: to.epochMilliseconds })
    const key = `${days.firstDay} ${days.lastDay} ${zone} ${currency} ${minor}`
    const cohort = cohorts.get(key)
    if (cohort) cohort.lines += lines
    else cohorts.set(key, { deferral: { minor, ...days }, zone, currency, lines })
  }
  return [...cohorts.values()]
}

function bind(
  statement: typeof addToCohorts,
  environmentId: string,
  cohorts: readonly Cohort[],
): Bound<Readonly<Record<string, never>>> {
  return statement(
    environmentId,
    cohorts.map(({ deferral }) => formatDay(deferral.lastDay)),
    cohorts.map(({ deferral }) => formatDay(deferral.firstDay)),
    cohorts.map(({ zone }) => zone),
    cohorts.map(({ currency }) => currency),
    cohorts.map(({ deferral }) => deferral.minor),
    cohorts.map(({ lines }) => lines),
  )
}
