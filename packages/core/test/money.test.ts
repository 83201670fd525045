import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  add,
  allocate,
  compare,
  exponentOf,
  floor,
  fromDecimal,
  isCurrency,
  listCurrencies,
  multiply,
  parseMajor,
  ratio,
  roundHalfUp,
  toMajor,
  toMajorNumber,
} from '../src/money/index.ts'

test('the documented currencies have the decimals of ISO 4217', () => {
  const decimals = {
    NGN: 2,
    KES: 2,
    GHS: 2,
    ZAR: 2,
    UGX: 0,
    TZS: 2,
    RWF: 0,
    EGP: 2,
    XOF: 0,
    XAF: 0,
    MAD: 2,
    ETB: 2,
    DZD: 2,
    ZMW: 2,
    USD: 2,
    EUR: 2,
    GBP: 2,
    KWD: 3,
    TND: 3,
    JPY: 0,
    BHD: 3,
  }
  for (const [code, exponent] of Object.entries(decimals)) assert.equal(exponentOf(code), exponent, code)
  assert.ok(listCurrencies().length > 150)
  assert.ok(!isCurrency('usd') && !isCurrency('XYZ'))
})

test('an amount is read exactly or refused, never rounded', () => {
  assert.equal(parseMajor('KES', 49.99), 4999n)
  assert.equal(parseMajor('KES', '49.9'), 4990n)
  assert.equal(parseMajor('UGX', 180_000), 180_000n)
  assert.equal(parseMajor('USD', 1.1), 110n)
  assert.equal(parseMajor('USD', '1.1000'), 110n)
  assert.equal(parseMajor('KWD', '0.001'), 1n)
  const refused: [string, number | string][] = [
    ['UGX', 0.5],
    ['KES', 0.1 + 0.2],
    ['USD', 1e21],
    ['USD', '1e3'],
    ['USD', Number.NaN],
    ['USD', Infinity],
    ['USD', '1,000'],
    ['USD', ''],
    ['USD', ' 1'],
    ['USD', '.5'],
    ['USD', '1234567890123456'],
    ['USD', 12_345_678_901_234_567_890],
    ['USD', '0x10'],
  ]
  for (const [currency, value] of refused)
    assert.notEqual(typeof parseMajor(currency, value), 'bigint', `${currency} ${value}`)
})

test('an amount written and read again is the same, in every currency', () => {
  const codes = listCurrencies().map(({ code }) => code)
  fc.assert(
    fc.property(
      fc.constantFrom(...codes),
      fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }),
      (currency, minor) => {
        assert.equal(parseMajor(currency, toMajor({ currency, minor })), minor)
        assert.equal(parseMajor(currency, toMajorNumber({ currency, minor })), minor)
      },
    ),
    { numRuns: 2000 },
  )
})

test('a half is rounded away from zero', () => {
  assert.equal(roundHalfUp(ratio(5n, 2n)), 3n)
  assert.equal(roundHalfUp(ratio(-5n, 2n)), -3n)
  assert.equal(roundHalfUp(ratio(29_95n, 2n)), 1498n) // 14.975 is 14.98 (A30)
  assert.equal(floor(ratio(-1n, 2n)), -1n)
})

test('the parts of a split sum to the whole and are within one unit of their share', () => {
  assert.deepEqual(allocate(100n, [1n, 1n, 1n]), [34n, 33n, 33n])
  assert.deepEqual(allocate(-100n, [1n, 1n, 1n]), [-34n, -33n, -33n])
  assert.deepEqual(allocate(5n, [0n, 0n]), [3n, 2n])
  const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), weights, (total, shares) => {
      const parts = allocate(total, shares)
      assert.equal(
        parts.reduce((sum, part) => sum + part, 0n),
        total,
      )
      const sum = shares.reduce((left, share) => left + share, 0n)
      if (sum === 0n) return
      for (const [index, part] of parts.entries()) {
        const off = part * sum - total * (shares[index] ?? 0n)
        assert.ok(off < sum && -off < sum)
      }
    }),
    { numRuns: 2000 },
  )
})

test('fractions are exact', () => {
  assert.equal(compare(multiply(fromDecimal('0.0035'), ratio(1_000_000n)), ratio(3500n)), 0)
  assert.equal(compare(add(ratio(1n, 3n), ratio(1n, 6n)), ratio(1n, 2n)), 0)
  const fraction = fc.tuple(
    fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
    fc.bigInt({ min: 1n, max: 1_000_000n }),
  )
  fc.assert(
    fc.property(fraction, fraction, fraction, ([a, b], [c, d], [e, f]) => {
      const [x, y, z] = [ratio(a, b), ratio(c, d), ratio(e, f)]
      assert.equal(compare(multiply(x, add(y, z)), add(multiply(x, y), multiply(x, z))), 0)
    }),
  )
})
