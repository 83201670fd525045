import {
  type Ratio,
  add,
  multiply,
  ratio,
  roundHalfUp,
  subtract,
  toMajor,
  zero,
} from '@novabilling/core/money'
import { topUpTo, withinCommitment } from '@novabilling/core/price'
import { shareUsed } from '@novabilling/core/subscription'
import type { Tx } from '../../db/transaction.ts'
import type { LateUsage } from '../charges/index.ts'
import type { Draft } from '../invoices/index.ts'
import { addCommitments, commitmentsOf, feesOfWindows, saveCommitments } from './commitment-sql.ts'
import type { Charge } from './draft.ts'
import { isoMs, msOrNull } from './instants.ts'
import { endOfUnits, scheduleOf, unitOf } from './schedule.ts'
import type { UsedWindow } from './used-window.ts'

/** A window with the least that fee and usage cost in it together, and what its usage comes to, in minor units. */
export type CommittedWindow = {
  readonly window: UsedWindow
  readonly from: number
  readonly usedMinor: Ratio
}

/**
 * The lines that top fee and usage up to the minimum commitments of their plans, by the days of a period that is cut; in
 * the order of the windows, undefined where nothing is missing. The fee is what was charged for the window, less what was
 * credited of it: where none was, since a change was not prorated or the period was billed elsewhere, nothing is asked.
 * What a pause gave back is not asked for again.
 */
export async function topUpToCommitments(
  tx: Tx,
  windows: readonly CommittedWindow[],
  drafts: readonly Draft[],
): Promise<(Charge | undefined)[]> {
  const asked = windows.filter(({ window: { was } }) => was.commitment_minor !== null && !was.pause_credited)
  if (asked.length === 0) return windows.map(() => undefined)
  const charged = await tx.query(
    feesOfWindows(
      asked.map(({ window }) => window.was.environment_id),
      asked.map(({ window }) => window.was.id),
      asked.map(({ from }) => isoMs(from)),
      asked.map(({ window }) => isoMs(window.to)),
    ),
  )
  const remembered: { of: CommittedWindow; topped: Ratio; above: Ratio }[] = []
  const lines = windows.map((of) => {
    const place = asked.indexOf(of) + 1
    if (place === 0) return undefined
    const { window, from, usedMinor } = of
    const stored = charged
      .filter((line) => line.place === place)
      .map(({ above, below, amount_minor: amount, credited_minor: credited }) => {
        const exact = ratio(BigInt(above), BigInt(below))
        return amount === 0n ? exact : multiply(exact, ratio(amount - credited, amount))
      })
    const fees = [...stored, ...feesAhead(window, from, drafts)]
    if (fees.length === 0) return undefined
    const fee = fees.reduce(add, zero)
    const { was, period, cut } = window
    const share = shareUsed(scheduleOf(was), period, { from, cut, endsAt: msOrNull(was.ends_at) })
    const minimum = ratio(was.commitment_minor ?? 0n)
    const reached = add(fee, usedMinor)
    const topped = topUpTo(minimum, share, reached)
    remembered.push({ of, topped, above: subtract(reached, multiply(minimum, share)) })
    return topped.numerator === 0n ? undefined : topUpLine(of, { share, topped, reached })
  })
  tx.defer(
    addCommitments(
      remembered.map(({ of }) => of.window.was.environment_id),
      remembered.map(({ of }) => of.window.was.id),
      remembered.map(({ of }) => isoMs(of.from)),
      remembered.map(({ topped }) => String(topped.numerator)),
      remembered.map(({ topped }) => String(topped.denominator)),
      remembered.map(({ above }) => String(above.numerator)),
      remembered.map(({ above }) => String(above.denominator)),
    ),
  )
  return lines
}

/** What of the fee of a window is not written down yet: in drafts of the pass, or waiting in arrears. */
function feesAhead({ row, was, to }: UsedWindow, from: number, drafts: readonly Draft[]): Ratio[] {
  const isWithin = (at: string | null): boolean =>
    at !== null && Date.parse(at) >= from && Date.parse(at) < to
  const drafted = drafts
    .filter((draft) => draft.subscriptionId === row.id && draft.environmentId === row.environment_id)
    .flatMap(({ lines }) => lines.filter(({ type }) => type === 'PLAN'))
    .filter((line) => isWithin(line.from))
    .map(({ derivation }) => derivation.exact)
  const waiting = drafted.length > 0 ? [] : (was.arrears?.parts ?? []).filter((part) => isWithin(part.from))
  return [
    ...drafted,
    ...waiting.map(({ priceMinor, quantity, share: [part, whole] }) =>
      multiply(ratio(BigInt(priceMinor) * BigInt(quantity)), ratio(BigInt(part), BigInt(whole))),
    ),
  ]
}

function topUpLine(
  { window: { was, period, cut, to: end }, from }: CommittedWindow,
  { share, topped, reached }: { share: Ratio; topped: Ratio; reached: Ratio },
): Charge {
  const isWhole = share.numerator === share.denominator
  const to = cut.by === 'period' || isWhole ? end : endOfUnits(was, from, Number(share.numerator))
  return {
    type: 'COMMITMENT',
    description: `${was.plan_name} (up to its minimum commitment)`,
    quantity: '1',
    unit: toMajor({ currency: was.currency, minor: roundHalfUp(topped) }),
    from: isoMs(from),
    to: isoMs(to),
    isDeferred: false,
    derivation: {
      zone: was.timezone,
      unit: isWhole ? 'PERIOD' : unitOf(was),
      share,
      exact: topped,
      wholeFrom: isoMs(period.wholeFrom),
      wholeTo: isoMs(period.wholeTo),
      minimum: {
        charge: null,
        minor: String(was.commitment_minor),
        reached: [String(reached.numerator), String(reached.denominator)],
      },
    },
  }
}

/** What of late usage is left to bill or give back after the commitments of its windows, which remember it. */
export async function afterCommitments(tx: Tx, late: readonly LateUsage[]): Promise<LateUsage[]> {
  if (late.length === 0) return []
  const found = await tx.query(
    commitmentsOf(
      late.map(({ rated }) => rated.environmentId),
      late.map(({ rated }) => rated.subscriptionId),
      late.map(({ rated }) => isoMs(rated.from)),
    ),
  )
  if (found.length === 0) return [...late]
  const left = new Map<LateUsage, LateUsage>(late.map((one) => [one, one]))
  const moved = found.map((row) => {
    const own = late.filter(
      ({ rated }) =>
        rated.environmentId === row.environment_id &&
        rated.subscriptionId === row.subscription_id &&
        rated.from === row.window_from.epochMilliseconds,
    )
    const { within, above } = withinCommitment(
      ratio(BigInt(row.above[0]), BigInt(row.above[1])),
      own.map(({ correction }) => correction),
    )
    for (const [index, one] of own.entries()) {
      const taken = within[index] ?? zero
      left.set(one, { ...one, within: taken, correction: subtract(one.correction, taken) })
    }
    return { row, above }
  })
  tx.defer(
    saveCommitments(
      moved.map(({ row }) => row.environment_id),
      moved.map(({ row }) => row.subscription_id),
      moved.map(({ row }) => row.window_from),
      moved.map(({ above }) => String(above.numerator)),
      moved.map(({ above }) => String(above.denominator)),
    ),
  )
  return [...left.values()]
}
