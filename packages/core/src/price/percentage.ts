import { type Ratio, add, compare, multiply, ratio, subtract, zero } from '../money/index.ts'
import type { PercentagePricing, Pricing, Step, Usage } from './pricing.ts'

/**
 * Whether a price can only be told from each event: where an event has limits, or where it depends on which of them are
 * free. Any other price follows from their number and their sum.
 */
export function needsEachEvent(pricing: Pricing): boolean {
  if (pricing.model !== 'PERCENTAGE') return false
  const { fixedAmount, freeEvents, freeAmount, minPerEvent, maxPerEvent } = pricing
  if (minPerEvent !== null || maxPerEvent !== null || freeEvents > 0n) return true
  return freeAmount.numerator !== 0n && fixedAmount.numerator !== 0n
}

/** The steps of a percentage. */
export function pricePercentage(pricing: PercentagePricing, usage: Usage): Step[] {
  if (needsEachEvent(pricing)) return eachEvent(pricing, usage)
  const charged = atLeastZero(subtract(usage.units, pricing.freeAmount))
  return withoutNothing([
    step('RATE', charged, pricing.rate),
    step('EVENTS', ratio(usage.events), pricing.fixedAmount),
  ])
}

function eachEvent(pricing: PercentagePricing, { events, amounts }: Usage): Step[] {
  if (BigInt(amounts?.length ?? 0) !== events) throw new RangeError(`${events} events without their amounts`)
  const { rate, fixedAmount, minPerEvent, maxPerEvent } = pricing
  const free = freeAllowance(pricing)
  let charged = zero
  let within = 0n
  let atMinimum = 0n
  let atMaximum = 0n
  for (const amount of amounts ?? []) {
    const rest = free.take(amount)
    if (rest === undefined) continue
    const price = add(multiply(rest, rate), fixedAmount)
    // Money that came back is no income: an event never costs less than nothing.
    if (price.numerator < 0n) continue
    if (maxPerEvent !== null && compare(price, maxPerEvent) > 0) atMaximum++
    else if (minPerEvent !== null && compare(price, minPerEvent) < 0) atMinimum++
    else {
      within++
      charged = add(charged, rest)
    }
  }
  return withoutNothing([
    step('RATE', charged, rate),
    step('EVENTS', ratio(within), fixedAmount),
    step('EVENTS_AT_MINIMUM', ratio(atMinimum), minPerEvent ?? zero),
    step('EVENTS_AT_MAXIMUM', ratio(atMaximum), maxPerEvent ?? zero),
  ])
}

/** Gives what of each event in turn is to be charged; undefined where it is wholly free. */
function freeAllowance({ freeEvents, freeAmount }: PercentagePricing): {
  take: (amount: Ratio) => Ratio | undefined
} {
  const isAmountLimited = freeAmount.numerator !== 0n
  let eventsLeft = freeEvents
  let amountLeft = freeAmount
  let isSpent = false
  return {
    take(amount) {
      const isFree = freeEvents > 0n ? eventsLeft-- > 0n : isAmountLimited
      if (!isFree || isSpent) return amount
      if (!isAmountLimited || compare(amount, amountLeft) <= 0) {
        amountLeft = subtract(amountLeft, amount)
        return undefined
      }
      isSpent = true
      return subtract(amount, amountLeft)
    },
  }
}

function atLeastZero(value: Ratio): Ratio {
  return value.numerator < 0n ? zero : value
}

function step(kind: Step['kind'], quantity: Ratio, unitPrice: Ratio): Step {
  return { kind, from: null, upTo: null, quantity, unitPrice, amount: multiply(quantity, unitPrice) }
}

function withoutNothing(steps: readonly Step[]): Step[] {
  return steps.filter(({ amount }) => amount.numerator !== 0n)
}
