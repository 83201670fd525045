import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Ratio, add, compare, ratio, roundHalfUp, subtract, zero } from '../src/money/index.ts'
import { type Movement, movementKind, movementsByStretch } from '../src/subscription/index.ts'

const kinds = ['new', 'expansion', 'contraction', 'churn', 'reactivation'] as const
const stretches = ['2026-01', '2026-02', '2026-03']
const worth = fc
  .tuple(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), fc.bigInt({ min: 1n, max: 36n }))
  .map(([numerator, denominator]) => ratio(numerator, denominator))
const movement = fc.record<Movement>({
  stretch: fc.constantFrom(...stretches),
  kind: fc.constantFrom(...kinds),
  worth,
})

test('the opening and the movements are the closing, each closing the next opening, and none is off by a minor unit', () => {
  fc.assert(
    fc.property(worth, fc.array(movement, { maxLength: 30 }), (before, movements) => {
      const sum = (some: readonly Movement[]): Ratio =>
        some.reduce<Ratio>((all, one) => add(all, one.worth), zero)
      let opening = roundHalfUp(before)
      for (const month of movementsByStretch(before, stretches, movements)) {
        assert.equal(month.opening, opening)
        assert.equal(
          month.closing,
          kinds.reduce((all, kind) => all + month[kind], month.opening),
        )
        for (const kind of kinds) {
          const exact = sum(movements.filter((one) => one.stretch === month.stretch && one.kind === kind))
          const off = subtract(ratio(month[kind]), exact)
          assert.ok(compare(off, ratio(1n)) <= 0 && compare(off, ratio(-1n)) >= 0)
          if (exact.numerator === 0n) assert.equal(month[kind], 0n)
        }
        opening = month.closing
      }
      assert.equal(opening, roundHalfUp(add(before, sum(movements))))
    }),
  )
})

test('what runs for the first time is new, what runs again is back, and what only changes has grown or shrunk', () => {
  const kind = (ran: boolean, runs: boolean, everRan: boolean, grew: boolean): string =>
    movementKind({ ran, runs, everRan, grew })
  assert.equal(kind(false, true, false, true), 'new')
  assert.equal(kind(false, true, true, true), 'reactivation')
  assert.equal(kind(true, false, true, false), 'churn')
  assert.equal(kind(true, true, true, true), 'expansion')
  assert.equal(kind(true, true, true, false), 'contraction')
})
