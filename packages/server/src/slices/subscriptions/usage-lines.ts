import {
  type Ratio,
  add,
  compare,
  divide,
  floor,
  multiply,
  ratio,
  roundHalfUp,
  subtract,
  toMajor,
  toRoundedDecimal,
  zero,
} from '@novabilling/core/money'
import { correctionOf, topUpTo } from '@novabilling/core/price'
import { shareUsed } from '@novabilling/core/subscription'
import type { BilledUsage, LateUsage, OpenUsage, RatedUsage } from '../charges/index.ts'
import type { UsageDerivation } from '../invoices/index.ts'
import type { Charge } from './draft.ts'
import { isoMs, msOrNull } from './instants.ts'
import { endOfUnits, scheduleOf, unitOf } from './schedule.ts'
import type { UsedWindow } from './used-window.ts'

/** What a window that has ended is billed for a charge, in minor units. */
export type ClosedUsage = BilledUsage & {
  readonly lines: Charge[]
  /** What the window costs in all, with what was invoiced before it ended. */
  readonly cost: Ratio
  /** Where more than that was invoiced before: what is to be given back. */
  readonly back: LateUsage[]
}

/** A line of what was used and not invoiced before, where there is any, and one of what is missing to the charge's minimum. */
export function closedUsage(window: UsedWindow, rated: OpenUsage): ClosedUsage {
  const { exactMinor: exact, advanced } = rated
  const { events, units } = rated.usage
  const { least, line } = minimumOf(window, rated, compare(exact, advanced) < 0 ? advanced : exact)
  const due = compare(exact, advanced)
  const isUsed = events > 0n || units.numerator > 0n
  const lines = [
    ...(due > 0 || (isUsed && advanced.numerator === 0n)
      ? [usageLine(window, rated, { goesOn: false })]
      : []),
    ...(line ? [line] : []),
  ]
  const billed = lines.reduce((sum, { derivation }) => add(sum, derivation.exact), advanced)
  const correction = correctionOf({ exact, least, billed: advanced })
  const isTooMuch = correction.numerator < 0n
  return {
    rated,
    lines,
    billed,
    least,
    cost: isTooMuch ? add(advanced, correction) : billed,
    back: isTooMuch
      ? [{ rated, least, billed: advanced, correction, within: zero, lines: billed, credited: zero }]
      : [],
  }
}

/** A line of what has been used of a window that goes on, in whole minor units; undefined where that is none. */
export function lineSoFar(window: Pick<UsedWindow, 'was' | 'period'>, rated: OpenUsage): Charge | undefined {
  const line = usageLine(window, rated, { goesOn: true })
  return line.derivation.exact.numerator > 0n ? line : undefined
}

/** What came late for a window that was billed before, on the invoice of a later one. */
export function correctionLine({ was }: UsedWindow, late: LateUsage): Charge {
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

function usageLine(
  { was, period }: Pick<UsedWindow, 'was' | 'period'>,
  rated: OpenUsage,
  { goesOn }: { goesOn: boolean },
): Charge {
  const { exactMinor, advanced, from, to } = rated
  const due = subtract(exactMinor, advanced)
  const exact = goesOn ? ratio(floor(due)) : due
  const isWhole = compare(exact, exactMinor) === 0
  return {
    type: 'USAGE',
    description: advanced.numerator === 0n ? rated.name : `${rated.name} (beyond what was invoiced before)`,
    ...(isWhole
      ? quantityOf(rated)
      : { quantity: '1', unit: toMajor({ currency: rated.currency, minor: roundHalfUp(exact) }) }),
    from: isoMs(from),
    to: isoMs(to),
    isDeferred: false,
    metricId: rated.metricId,
    derivation: {
      zone: was.timezone,
      unit: 'PERIOD',
      share: ratio(1n),
      exact,
      wholeFrom: isoMs(period.wholeFrom),
      wholeTo: isoMs(period.wholeTo),
      usage: derivationOf(rated),
      ...(isWhole && !goesOn ? {} : { earlier: { billed: pair(advanced), roundedDown: goesOn } }),
    },
  }
}

function quantityOf({ usage, priced }: RatedUsage): { quantity: string; unit: string } {
  const quantity = usage.weighted ?? usage.units
  const [only, ...more] = priced.steps
  const isProduct = only !== undefined && more.length === 0 && compare(only.quantity, quantity) === 0
  const average = quantity.numerator > 0n ? divide(priced.amount, quantity) : zero
  return {
    quantity: toRoundedDecimal(quantity, shownDecimals),
    unit: toRoundedDecimal(isProduct ? only.unitPrice : average, shownDecimals),
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

/** The minimum of a charge by the days of the period that the usage is of, and what is missing to it from what is reached. */
function minimumOf(
  { was, period, cut }: UsedWindow,
  rated: RatedUsage,
  reached: Ratio,
): { readonly least: Ratio; readonly line?: Charge } {
  const { price, from } = rated
  if (price.minimum === null) return { least: zero }
  const share = shareUsed(scheduleOf(was), period, { from, cut, endsAt: msOrNull(was.ends_at) })
  const minimum = ratio(BigInt(price.minimum))
  const least = multiply(minimum, share)
  const missing = topUpTo(minimum, share, reached)
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
      minimum: { charge: rated.chargeId, minor: price.minimum, reached: pair(reached) },
    },
  }
  return { least, line }
}

function pair({ numerator, denominator }: Ratio): readonly [string, string] {
  return [String(numerator), String(denominator)]
}
