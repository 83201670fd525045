import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { add, compare, ratio, subtract, zero } from '../src/money/index.ts'
import { correctionOf, withinCommitment } from '../src/price/index.ts'

const amount = fc
  .tuple(fc.bigInt({ min: -1_000_000n, max: 1_000_000n }), fc.bigInt({ min: 1n, max: 97n }))
  .map(([numerator, denominator]) => ratio(numerator, denominator))
const atLeast = (value: ReturnType<typeof ratio>, least: ReturnType<typeof ratio>) =>
  compare(value, least) > 0 ? value : least

test('fee, usage, top-up and corrections cost in all what the whole would have cost at once', () => {
  fc.assert(
    fc.property(amount, fc.array(fc.array(amount, { maxLength: 4 }), { maxLength: 4 }), (above, rounds) => {
      // What is paid beyond the commitment: nothing where that was topped up.
      let [paid, now] = [atLeast(above, zero), above]
      for (const corrections of rounds) {
        const taken = withinCommitment(now, corrections)
        for (const [index, correction] of corrections.entries()) {
          const left = subtract(correction, taken.within[index] ?? zero)
          paid = add(paid, left)
          // Never turned round, never more than it was.
          assert.ok(compare(left, zero) === 0 || compare(left, zero) === compare(correction, zero))
        }
        now = taken.above
      }
      const all = rounds.flat().reduce(add, above)
      assert.equal(compare(now, all), 0)
      assert.equal(compare(paid, atLeast(all, zero)), 0)
    }),
  )
})

test('a correction is what is due now less what was billed, however often it is made', () => {
  fc.assert(
    fc.property(fc.array(amount, { minLength: 1, maxLength: 6 }), amount, (prices, least) => {
      let billed = zero
      for (const exact of prices) billed = add(billed, correctionOf({ exact, least, billed }))
      assert.equal(compare(billed, atLeast(prices.at(-1) ?? zero, least)), 0)
    }),
  )
})
