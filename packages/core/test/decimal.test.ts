import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compare, fromDecimal, ratio, toRoundedDecimal } from '../src/money/index.ts'

test('a fraction is shown by its shortest decimal, rounded half up', () => {
  assert.equal(toRoundedDecimal(ratio(1n, 3n), 4), '0.3333')
  assert.equal(toRoundedDecimal(ratio(5n, 2n), 4), '2.5')
  assert.equal(toRoundedDecimal(ratio(5n, 2n), 0), '3')
  assert.equal(toRoundedDecimal(ratio(-1n, 8n), 2), '-0.13')
  assert.equal(toRoundedDecimal(ratio(120n), 6), '120')
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: 0, max: 12 }),
      (whole, places) => {
        const value = ratio(whole, 10n ** BigInt(places))
        assert.equal(compare(fromDecimal(toRoundedDecimal(value, 12)), value), 0)
      },
    ),
  )
})
