import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { add, compare, fromDecimal, multiply, ratio, toRoundedDecimal, zero } from '../src/money/index.ts'
import { type Tier, priceUsage, weightOf } from '../src/price/index.ts'

const tier = (upTo: string | null, unitPrice: string, flatAmount = '0'): Tier => ({
  upTo: upTo === null ? null : fromDecimal(upTo),
  unitPrice: fromDecimal(unitPrice),
  flatAmount: fromDecimal(flatAmount),
})
const price = (
  tiers: readonly Tier[],
  moves: readonly { units: ReturnType<typeof ratio>; part: ReturnType<typeof ratio> }[],
) =>
  priceUsage(
    { model: 'GRADUATED', tiers },
    { units: moves.reduce((sum, { units }) => add(sum, units), zero), events: 1n, moves },
  ).amount

test('seats that come and go pay for their part of the period, by the tier they fill or leave (D23)', () => {
  const tiers = [tier('5', '10', '100'), tier(null, '5', '50')]
  // Units and what they weigh: 5 are 3.5, 5 are 2.66667, 10 are 2, and 6 less are -2.2.
  const moves = [
    { units: ratio(5n), part: ratio(7n, 10n) },
    { units: ratio(5n), part: ratio(266_667n, 500_000n) },
    { units: ratio(10n), part: ratio(1n, 5n) },
    { units: ratio(-6n), part: ratio(11n, 30n) },
  ]
  assert.equal(toRoundedDecimal(price(tiers, moves), 2), '197.33')
})

const whole = ratio(1n)
const amount = fc.integer({ min: -40, max: 60 }).map((units) => ratio(BigInt(units)))
const part = fc.tuple(fc.bigInt({ min: 0n, max: 31n })).map(([days]) => ratio(days, 31n))

test('one price for all tiers is the weight of the units; no move in time is the price of the level', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(amount, part), { minLength: 1, maxLength: 8 }), (drawn) => {
      // The level is never below zero.
      let level = zero
      const moves = drawn.map(([units, left]) => {
        const next = compare(add(level, units), zero) < 0 ? multiply(level, ratio(-1n)) : units
        level = add(level, next)
        return { units: next, part: left }
      })
      const same = [tier('7', '3'), tier('20.5', '3'), tier(null, '3')]
      assert.equal(compare(price(same, moves), multiply(weightOf(moves), ratio(3n))), 0)
      const tiers = [tier('7', '3'), tier('20.5', '2'), tier(null, '0.5')]
      const still = moves.map(({ units }) => ({ units, part: whole }))
      const at = priceUsage({ model: 'GRADUATED', tiers }, { units: level, events: 1n })
      assert.equal(compare(price(tiers, still), at.amount), 0)
    }),
  )
})
