import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  add,
  allocate,
  compare,
  divide,
  exponentOf,
  floor,
  fromDecimal,
  isCurrency,
  listCurrencies,
  mostMinor,
  multiply,
  parseMajor,
  ratio,
  roundHalfUp,
  sumOf,
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
  assert.throws(() => exponentOf('XYZ'), RangeError)
})

test('decimals are those of ISO 4217, whatever this Node’s Intl shows (HUF, IDR, PKR and COP without decimals)', () => {
  const two =
    'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SLE SOS SYP YER AMD CRC MUR TWD UZS CVE MRU STN CDF SDG SSP ZWG'
  for (const code of two.split(' ')) assert.equal(exponentOf(code), 2, code)
  for (const code of 'BIF CLP DJF GNF ISK KMF KRW PYG VND VUV XPF'.split(' '))
    assert.equal(exponentOf(code), 0, code)
  for (const code of 'IQD JOD LYD OMR'.split(' ')) assert.equal(exponentOf(code), 3, code)
  assert.equal(parseMajor('HUF', 49.99), 4999n)
  assert.equal(toMajor({ currency: 'IQD', minor: 1n }), '0.001')
})

test('the list names every currency once, with its sign and decimals', () => {
  const list = listCurrencies()
  assert.equal(new Set(list.map(({ code }) => code)).size, list.length)
  assert.deepEqual(
    list.filter(({ code }) => code === 'UGX' || code === 'NGN'),
    [
      { code: 'NGN', name: 'Nigerian Naira', symbol: '₦', decimals: 2 },
      { code: 'UGX', name: 'Ugandan Shilling', symbol: 'UGX', decimals: 0 },
    ],
  )
})

test('each fault has its code', () => {
  const codeOf = (currency: string, value: number | string): string => {
    const parsed = parseMajor(currency, value)
    return typeof parsed === 'bigint' ? 'none' : parsed.code
  }
  assert.equal(codeOf('USD', '1e3'), 'not_a_decimal')
  assert.equal(codeOf('USD', -Infinity), 'not_a_decimal')
  assert.equal(codeOf('USD', '9'.repeat(100)), 'not_a_decimal')
  assert.equal(codeOf('USD', 0.001), 'too_many_decimals')
  assert.equal(codeOf('USD', '1234567890123.456'), 'too_many_decimals')
  assert.equal(codeOf('USD', '12345678901234.56'), 'too_many_digits')
  assert.equal(codeOf('USD', '1234567890123.45'), 'none')
  assert.equal(codeOf('USD', '0.00'), 'none')
})

test('the largest amount that is taken fits a stored 64-bit integer, in every currency', () => {
  for (const { code } of listCurrencies()) {
    const parsed = parseMajor(code, '999999999999999')
    if (typeof parsed === 'bigint') assert.ok(parsed <= mostMinor, code)
    else assert.equal(parsed.code, 'too_large')
  }
  assert.equal(parseMajor('KWD', '999999999999999'), 999_999_999_999_999_000n)
  assert.ok(mostMinor * 9n < 2n ** 63n)
})

test('currencies are never mixed', () => {
  const [a, b] = [
    { currency: 'KES', minor: 5n },
    { currency: 'UGX', minor: 5n },
  ]
  assert.deepEqual(sumOf('KES', [a, a]), { currency: 'KES', minor: 10n })
  assert.deepEqual(sumOf('KES', []), { currency: 'KES', minor: 0n })
  assert.throws(() => sumOf('KES', [a, b]), RangeError)
})

test('amounts are rounded half up at the decimals of their currency (G01)', () => {
  const rounded = (currency: string, decimal: string): string => {
    const scale = ratio(10n ** BigInt(exponentOf(currency)))
    return toMajor({ currency, minor: roundHalfUp(multiply(fromDecimal(decimal), scale)) })
  }
  for (const code of ['USD', 'EUR', 'GBP']) assert.equal(rounded(code, '10.275'), '10.28')
  for (const code of 'JPY KRW VND CLP UGX RWF XAF XOF GNF BIF DJF KMF'.split(' '))
    assert.equal(rounded(code, '1000.5'), '1001')
  assert.deepEqual([rounded('GBP', '0.005'), rounded('GBP', '0.004')], ['0.01', '0.00'])
  assert.deepEqual([rounded('TND', '10.2745'), rounded('TND', '-0.0005')], ['10.275', '-0.001'])
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
    ['USD', Number('12345678901234567890')],
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

test('a split by fractions is the split by their numerators over one denominator', () => {
  assert.deepEqual(allocate(100n, [ratio(1n, 2n), ratio(1n, 3n), ratio(1n, 6n)]), [50n, 33n, 17n])
  const fraction = fc.tuple(fc.bigInt({ min: 0n, max: 999n }), fc.bigInt({ min: 1n, max: 60n }))
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }),
      fc.array(fraction, { minLength: 1, maxLength: 8 }),
      (total, fractions) => {
        const common = fractions.reduce((product, [, denominator]) => product * denominator, 1n)
        assert.deepEqual(
          allocate(
            total,
            fractions.map(([numerator, denominator]) => ratio(numerator, denominator)),
          ),
          allocate(
            total,
            fractions.map(([numerator, denominator]) => numerator * (common / denominator)),
          ),
        )
      },
    ),
  )
})

test('discounts are shared out to the last cent (F01, F07, F09)', () => {
  assert.deepEqual(allocate(1000n, [10_000n, 5000n, 3000n, 2000n]), [500n, 250n, 150n, 100n])
  assert.deepEqual(allocate(100n, [100n, 200n]), [33n, 67n])
  assert.deepEqual(allocate(750n, [300n, 1200n]), [150n, 600n])
  assert.deepEqual(allocate(2500n, [1000n, 1000n]), [1250n, 1250n]) // the cap at the lines is the discount's
  assert.deepEqual(allocate(67n, [100n, 100n]), [34n, 33n])
})

test('a split that cannot be is an error', () => {
  assert.throws(() => allocate(1n, []), RangeError)
  assert.deepEqual(allocate(0n, []), [])
  assert.throws(() => allocate(1n, [1n, -1n]), RangeError)
  assert.throws(() => allocate(1n, [ratio(-1n, 2n), ratio(1n)]), RangeError)
})

test('an operation on fractions that has no answer is an error', () => {
  assert.throws(() => ratio(1n, 0n), RangeError)
  assert.throws(() => divide(ratio(1n), ratio(0n)), RangeError)
  assert.throws(() => fromDecimal('1e3'), RangeError)
  assert.throws(() => fromDecimal(''), RangeError)
  assert.equal(compare(divide(ratio(1n), ratio(-2n)), ratio(1n, -2n)), 0)
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
