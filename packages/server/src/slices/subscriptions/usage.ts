import {
  type Ratio,
  add,
  compare,
  divide,
  multiply,
  ratio,
  roundHalfUp,
  toRoundedDecimal,
  toMajor,
  zero,
} from '@novabilling/core/money'
import { topUpTo } from '@novabilling/core/price'
import { shareUsed } from '@novabilling/core/subscription'
import type { Tx } from '../../db/transaction.ts'
import type { Deps } from '../../deps.ts'
import {
  type BilledUsage,
  type LateUsage,
  type RatedUsage,
  type UsageWindow,
  rateLateUsage,
  rateUsage,
  rememberBilled,
  saveCorrections,
} from '../charges/index.ts'
import type { Draft, UsageDerivation } from '../invoices/index.ts'
import { type Charge, invoiceOf, withCharges } from './draft.ts'
import { afterCommitments, topUpToCommitments } from './commitment.ts'
import { giveBackUsage } from './give-back-usage.ts'
import { isoMs, msOrNull } from './instants.ts'
import { endOfUnits, scheduleOf, unitOf } from './schedule.ts'
import type { DueRow } from './sql.ts'
import type { UsedWindow } from './used-window.ts'

/**
 * Adds the usage of windows to the drafts of a pass: to the one that the end of the window made, or else as an invoice of
 * its own; and what came late for windows that were billed before, to that of the first. `rows` has the row of each
 * draft, and is kept so.
 */
export async function addUsage(
  deps: Deps,
  tx: Tx,
  windows: readonly UsedWindow[],
  drafts: Draft[],
  rows: DueRow[],
): Promise<void> {
  const firsts = [...new Map(windows.toReversed().map((window) => [window.row, window])).values()]
  const late = await afterCommitments(
    tx,
    await rateLateUsage(
      tx,
      firsts.map(({ was }) => ({ environmentId: was.environment_id, subscriptionId: was.id })),
    ),
  )
  const rated = await rateUsage(tx, windows.map(windowOf))
  const open = windows.flatMap((window, index) => {
    const found = rated[index]
    if (!found) return []
    const used = found.usage.map((one) => billedOf(window, one))
    const usedMinor = used.reduce((sum, one) => add(sum, one.billed), zero)
    return [{ window, from: found.from, used, usedMinor }]
  })
  const toppedUp = await topUpToCommitments(tx, open, drafts)
  const billed = open.flatMap(({ used }) => used)
  const back: LateUsage[] = []
  for (const window of windows) {
    const index = open.findIndex((one) => one.window === window)
    const used = open[index]?.used ?? []
    const corrected = firsts.includes(window) ? late.filter((one) => isOf(window, one)) : []
    back.push(...corrected.filter(({ correction }) => correction.numerator < 0n))
    const charges = [
      ...used.flatMap(({ lines }) => lines),
      ...[toppedUp[index] ?? []].flat(),
      ...corrected.flatMap((one) => (one.correction.numerator > 0n ? correctionLine(window, one) : [])),
    ]
    const [first] = charges
    if (!first) continue
    const { was, row, to, place } = window
    const draft = drafts[place]
    const at = isoMs(window.at)
    if (draft && rows[place] === row && (draft.periodStart === at || draft.periodEnd === at))
      drafts[place] = withCharges(draft, charges)
    else {
      drafts.push(
        invoiceOf(was, { kind: 'CHANGE', at: window.at, from: first.from ?? at, to: isoMs(to) }, charges),
      )
      rows.push(row)
    }
  }
  rememberBilled(tx, billed)
  const settled = await giveBackUsage(
    deps,
    tx,
    windows.map(({ row }) => row),
    back,
  )
  saveCorrections(tx, [...late.filter(({ correction }) => correction.numerator >= 0n), ...settled])
}

function isOf({ row }: UsedWindow, { rated }: LateUsage): boolean {
  return rated.subscriptionId === row.id && rated.environmentId === row.environment_id
}

function windowOf({ was, period, to }: UsedWindow): UsageWindow {
  return {
    environmentId: was.environment_id,
    subscriptionId: was.id,
    planId: was.plan_id,
    revision: was.charges_revision,
    currency: was.currency,
    periodFrom: Date.parse(was.current_period_start ?? ''),
    to,
    wholeFrom: period.wholeFrom,
    wholeTo: period.wholeTo,
  }
}

/** A line of what was used, where anything was, and one of what is missing to the charge's minimum. */
function billedOf(window: UsedWindow, rated: RatedUsage): BilledUsage & { readonly lines: Charge[] } {
  const lines: Charge[] = []
  const { events, units } = rated.usage
  if (events > 0n || units.numerator > 0n) lines.push(usageLine(window, rated))
  const { least, line } = minimumOf(window, rated)
  if (line) lines.push(line)
  const billed = lines.reduce((sum, { derivation }) => add(sum, derivation.exact), zero)
  return { rated, lines, billed, least }
}

/** What came late for a window that was billed before, on the invoice of a later one. */
function correctionLine({ was }: UsedWindow, late: LateUsage): Charge {
  const { rated, correction } = late
  return {
    type: 'CORRECTION',
    description: `${rated.name} (reported late)`,
    quantity: '1',
    unit: toMajor({ currency: rated.currency, minor: roundHalfUp(correction) }),
    from: isoMs(rated.from),
    to: isoMs(rated.to),
    isDeferred: false,
    metricId: rated.metricId,
    derivation: {
      zone: was.timezone,
      unit: 'PERIOD',
      share: ratio(1n),
      exact: correction,
      wholeFrom: isoMs(rated.wholeFrom),
      wholeTo: isoMs(rated.wholeTo),
      usage: derivationOf(rated),
      correction: { least: pair(late.least), billed: pair(late.billed), within: pair(late.within) },
    },
  }
}

const shownDecimals = 12

function usageLine({ was, period }: UsedWindow, rated: RatedUsage): Charge {
  const { usage, priced, exactMinor, from, to } = rated
  const quantity = usage.weighted ?? usage.units
  const [only, ...more] = priced.steps
  const isProduct = only !== undefined && more.length === 0 && compare(only.quantity, quantity) === 0
  const average = quantity.numerator > 0n ? divide(priced.amount, quantity) : zero
  return {
    type: 'USAGE',
    description: rated.name,
    quantity: toRoundedDecimal(quantity, shownDecimals),
    unit: toRoundedDecimal(isProduct ? only.unitPrice : average, shownDecimals),
    from: isoMs(from),
    to: isoMs(to),
    isDeferred: false,
    metricId: rated.metricId,
    derivation: {
      zone: was.timezone,
      unit: 'PERIOD',
      share: ratio(1n),
      exact: exactMinor,
      wholeFrom: isoMs(period.wholeFrom),
      wholeTo: isoMs(period.wholeTo),
      usage: derivationOf(rated),
    },
  }
}

function derivationOf({ model, usage, price, priced, chargeId }: RatedUsage): UsageDerivation {
  return {
    charge: chargeId,
    model,
    units: pair(usage.units),
    weighted: usage.weighted ? pair(usage.weighted) : null,
    events: String(usage.events),
    properties: price.properties,
    steps: priced.steps.map(({ kind, from, upTo, quantity, unitPrice }) => ({
      kind,
      from: from && toRoundedDecimal(from, shownDecimals),
      upTo: upTo && toRoundedDecimal(upTo, shownDecimals),
      quantity: pair(quantity),
      // A rate in percent has two decimals more as a factor.
      unitPrice: toRoundedDecimal(unitPrice, shownDecimals + 2),
    })),
  }
}

/** The minimum of a charge by the days of the period that the usage is of, and what is missing to it. */
function minimumOf(
  { was, period, cut }: UsedWindow,
  rated: RatedUsage,
): { readonly least: Ratio; readonly line?: Charge } {
  const { price, exactMinor, from } = rated
  if (price.minimum === null) return { least: zero }
  const share = shareUsed(scheduleOf(was), period, { from, cut, endsAt: msOrNull(was.ends_at) })
  const minimum = ratio(BigInt(price.minimum))
  const least = multiply(minimum, share)
  const missing = topUpTo(minimum, share, exactMinor)
  if (missing.numerator === 0n) return { least }
  const isWhole = share.numerator === share.denominator
  const to = cut.by === 'period' || isWhole ? rated.to : endOfUnits(was, from, Number(share.numerator))
  const line: Charge = {
    type: 'COMMITMENT',
    description: `${rated.name} (up to its minimum)`,
    quantity: '1',
    unit: toMajor({ currency: was.currency, minor: roundHalfUp(missing) }),
    from: isoMs(from),
    to: isoMs(to),
    isDeferred: false,
    metricId: rated.metricId,
    derivation: {
      zone: was.timezone,
      unit: isWhole ? 'PERIOD' : unitOf(was),
      share,
      exact: missing,
      wholeFrom: isoMs(period.wholeFrom),
      wholeTo: isoMs(period.wholeTo),
      minimum: { charge: rated.chargeId, minor: price.minimum, reached: pair(exactMinor) },
    },
  }
  return { least, line }
}

function pair({ numerator, denominator }: Ratio): readonly [string, string] {
  return [String(numerator), String(denominator)]
}
