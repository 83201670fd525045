import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { roundLines } from '../src/invoice/index.ts'
import { type Ratio, add, compare, fromDecimal, multiply, ratio, subtract, zero } from '../src/money/index.ts'
import {
  type ChargeModel,
  type GivenProperties,
  type Pricing,
  needsEachEvent,
  priceUsage,
  pricingOf,
  readDecimal,
  readProperties,
  topUpTo,
} from '../src/price/index.ts'

function pricing(model: ChargeModel, given: GivenProperties): Pricing {
  const { properties, faults } = readProperties(model, given)
  assert.deepEqual(faults, [])
  return pricingOf(model, properties)
}

function faultsOf(model: ChargeModel, given: GivenProperties): string[] {
  return readProperties(model, given).faults.map(({ path, message }) => `${path} ${message}`)
}

const isSame = (a: Ratio, b: Ratio): boolean => compare(a, b) === 0

function costs(price: Pricing, units: string, expected: string): void {
  const { amount } = priceUsage(price, { units: fromDecimal(units), events: 1n })
  assert.ok(
    isSame(amount, fromDecimal(expected)),
    `${units} units: ${amount.numerator}/${amount.denominator}, not ${expected}`,
  )
}

/** The price of events one by one. */
function costsOf(price: Pricing, amounts: readonly string[], expected: string): void {
  const each = amounts.map(fromDecimal)
  const { amount } = priceUsage(price, {
    units: each.reduce(add, zero),
    events: BigInt(each.length),
    amounts: each,
  })
  assert.ok(
    isSame(amount, fromDecimal(expected)),
    `${amount.numerator}/${amount.denominator}, not ${expected}`,
  )
}

const withFlats = pricing('GRADUATED', {
  graduatedRanges: [
    { fromValue: 0, toValue: 10, perUnitAmount: 10, flatAmount: 2 },
    { fromValue: 11, toValue: 20, perUnitAmount: 5, flatAmount: 3 },
    { fromValue: 21, toValue: null, perUnitAmount: 5, flatAmount: 3 },
  ],
})

test('graduated: each unit at the price of its tier, a flat amount as soon as one is in it', () => {
  for (const [units, price] of [
    ['1', '12'],
    ['10', '102'],
    ['11', '110'],
    ['12', '115'],
    ['21', '163'],
  ] as const)
    costs(withFlats, units, price)
  // Elsewhere the first flat amount, 2, is due without any usage. Here no usage costs nothing unless a minimum says so.
  costs(withFlats, '0', '0')
})

test('graduated: tiers may end at fractions', () => {
  const price = pricing('GRADUATED', {
    graduatedRanges: [
      { fromValue: 0, toValue: 0.1, perUnitAmount: 10 },
      { fromValue: 0.1, toValue: 1, perUnitAmount: 5 },
      { fromValue: 1, toValue: null, perUnitAmount: 2 },
    ],
  })
  costs(price, '0.05', '0.5')
  costs(price, '0.5', '3')
})

const flatThenUnits = pricing('GRADUATED', {
  tiers: [
    { upTo: 5, unitPrice: 0, flatAmount: 100 },
    { upTo: 10, unitPrice: 0, flatAmount: 50 },
    { upTo: 15, unitPrice: 5 },
    { upTo: null, unitPrice: 1 },
  ],
})

test('graduated: flat amounts and units together; what is billed in parts comes to the same', () => {
  costs(flatThenUnits, '22', '182')
  // After 12 units, ten more cost 15 + 7 = 22.
  costs(flatThenUnits, '12', '160')
})

test('graduated: a percentage of amounts, by tiers', () => {
  const price = pricing('GRADUATED', {
    tiers: [
      { upTo: 10, unitPrice: 0.01, flatAmount: 200 },
      { upTo: 20, unitPrice: 0.02, flatAmount: 300 },
      { upTo: null, unitPrice: 0.03, flatAmount: 400 },
    ],
  })
  for (const [units, expected] of [
    ['0', '0'], // 200 where no usage costs the first flat amount
    ['1', '200.01'],
    ['10', '200.1'],
    ['11', '500.12'],
    ['12', '500.14'],
    ['21', '900.33'],
  ] as const)
    costs(price, units, expected)
})

test('the edges of a tier: upTo is in it, what is above by a fraction is in the next', () => {
  const tiers = [
    { upTo: 1000, unitPrice: 0.01 },
    { upTo: 10_000, unitPrice: 0.005 },
    { upTo: null, unitPrice: 0.001 },
  ]
  const graduated = pricing('GRADUATED', { tiers })
  const volume = pricing('VOLUME', { tiers })
  for (const [units, each, all] of [
    ['0', '0', '0'],
    ['1', '0.01', '0.01'],
    ['1000', '10', '10'],
    ['1000.5', '10.0025', '5.0025'],
    ['1001', '10.005', '5.005'],
    ['10001', '55.001', '10.001'],
  ] as const) {
    costs(graduated, units, each)
    costs(volume, units, all)
  }
})

test('volume: all units at the price of the tier that the last is in', () => {
  const price = pricing('VOLUME', {
    graduatedRanges: [
      { fromValue: 0, toValue: 100, perUnitAmount: 2, flatAmount: 10 },
      { fromValue: 101, toValue: 200, perUnitAmount: 1 },
      { fromValue: 201, toValue: null, perUnitAmount: 0.5, flatAmount: 50 },
    ],
  })
  for (const [units, expected] of [
    ['0', '0'], // 10 where no usage costs the first flat amount
    ['1', '12'],
    ['100', '210'],
    ['100.5', '100.5'],
    ['101', '101'],
    ['200', '200'],
    ['210', '155'],
    ['300', '200'],
  ] as const)
    costs(price, units, expected)
})

test('package: what is begun is paid, after the free units', () => {
  for (const [freeUnits, expected] of [
    [0, '1300'],
    [10, '1200'],
    [200, '0'],
  ] as const)
    costs(pricing('PACKAGE', { amount: 100, packageSize: 10, freeUnits }), '121', expected)
  const price = pricing('PACKAGE', { amount: 15, packageSize: 10 })
  // 17 units, and 5 more: two packages, and one more.
  costs(price, '17', '30')
  costs(price, '22', '45')
  costs(price, '0.001', '15')
})

test('standard: a price a unit, also of what events bring as their own amounts', () => {
  costs(pricing('STANDARD', { unitPrice: 1 }), '0.402', '0.402')
  costs(pricing('STANDARD', { unitPrice: '1.33333' }), '10', '13.3333')
})

test('percentage: a rate, a fixed amount an event, the first events free up to an amount', () => {
  const price = pricing('PERCENTAGE', { rate: 1.3, fixedAmount: 2, freeEvents: 3, freeAmount: 250 })
  // 50 and 100 are free; of the 250 after them 150 is not; the 400 is charged whole: 550 × 1.3 % + 2 × 2.
  costsOf(price, ['50', '100', '250', '400'], '11.15')
})

test('percentage: a free amount is used up once, in the order of the events', () => {
  const price = pricing('PERCENTAGE', { rate: 10, fixedAmount: 1, freeAmount: 100 })
  // 60 are free; of 90 the 40 that fit are, the 50 above are not; an event of nothing pays its fixed amount.
  costsOf(price, ['60', '90', '90', '0'], '17')
})

test('percentage: the least and the most an event costs, with its fixed amount', () => {
  const limits = { rate: 2.99, minPerEvent: 1.75, maxPerEvent: 12 }
  const events = ['10', '80', '10000']
  costsOf(pricing('PERCENTAGE', limits), events, '16.142')
  costsOf(pricing('PERCENTAGE', { ...limits, fixedAmount: 2 }), events, '18.691')
  costsOf(pricing('PERCENTAGE', { ...limits, freeEvents: 2 }), events, '12')
  costsOf(pricing('PERCENTAGE', { ...limits, freeAmount: 30 }), events, '13.794')
  costsOf(pricing('PERCENTAGE', { rate: 2.99 }), events, '301.691')
})

test('percentage: money that came back never makes an event cost less than nothing', () => {
  costsOf(pricing('PERCENTAGE', { rate: 10, maxPerEvent: 5 }), ['-100', '20'], '2')
})

test('a percentage of the sum needs no single events, and is what they come to one by one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1_000_000), { maxLength: 30 }),
      fc.record({ rate: fc.nat(100), fixedAmount: fc.nat(10) }),
      (cents, options) => {
        const price = pricing('PERCENTAGE', options)
        assert.equal(needsEachEvent(price), false)
        const amounts = cents.map((cent) => ratio(BigInt(cent), 100n))
        const usage = { units: amounts.reduce(add, zero), events: BigInt(amounts.length), amounts }
        const limited = pricing('PERCENTAGE', { ...options, maxPerEvent: 999_999_999 })
        assert.equal(needsEachEvent(limited), true)
        assert.ok(isSame(priceUsage(price, usage).amount, priceUsage(limited, usage).amount))
      },
    ),
  )
})

test('a price from each event is refused without them, never guessed', () => {
  const price = pricing('PERCENTAGE', { rate: 1, freeEvents: 1 })
  assert.throws(() => priceUsage(price, { units: ratio(5n), events: 2n }), RangeError)
})

const decimals = (most: number, places: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(most), fc.nat(10 ** places - 1))
    .map(([whole, part]) => `${whole}.${String(part).padStart(places, '0')}`)

const tiersOf = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 0, maxLength: 5 }),
    fc.array(fc.tuple(decimals(100, 6), decimals(20, 2)), { minLength: 6, maxLength: 6 }),
  )
  .map(([ends, prices]) =>
    [...ends.toSorted((a, b) => a - b), null].map((upTo, index) => ({
      upTo,
      unitPrice: prices[index]?.[0] ?? '0',
      flatAmount: prices[index]?.[1] ?? '0',
    })),
  )

const pricings: fc.Arbitrary<Pricing> = fc.oneof(
  decimals(1000, 12).map((unitPrice) => pricing('STANDARD', { unitPrice: unitPrice.slice(0, 16) })),
  tiersOf.map((tiers) => pricing('GRADUATED', { tiers })),
  tiersOf.map((tiers) => pricing('VOLUME', { tiers })),
  fc
    .record({
      amount: decimals(100, 2),
      packageSize: fc.integer({ min: 1, max: 500 }),
      freeUnits: fc.nat(100),
    })
    .map((given) => pricing('PACKAGE', given)),
  fc
    .record({ rate: decimals(99, 4), fixedAmount: decimals(5, 2) })
    .map((given) => pricing('PERCENTAGE', given)),
)

test('what a price comes to is the sum of its steps, and each step is its quantity at its price', () => {
  fc.assert(
    fc.property(pricings, decimals(30_000, 3), (price, units) => {
      const { amount, steps } = priceUsage(price, { units: fromDecimal(units), events: 3n })
      assert.ok(isSame(amount, steps.map((one) => one.amount).reduce(add, zero)))
      for (const one of steps) assert.ok(isSame(one.amount, multiply(one.quantity, one.unitPrice)))
    }),
    { numRuns: 2000 },
  )
})

test('a graduated price is the sum of what each tier, alone, makes of its own units', () => {
  fc.assert(
    fc.property(tiersOf, decimals(30_000, 3), (tiers, units) => {
      // Another shape: every tier takes what lies between its edges, whichever tiers there are besides.
      const all = fromDecimal(units)
      let expected = zero
      let from = zero
      for (const { upTo, unitPrice, flatAmount } of tiers) {
        const above = subtract(all, from)
        const width = upTo === null ? above : subtract(ratio(BigInt(upTo)), from)
        const inside = compare(above, width) < 0 ? above : width
        if (compare(inside, zero) > 0)
          expected = add(expected, add(multiply(inside, fromDecimal(unitPrice)), fromDecimal(flatAmount)))
        if (upTo !== null) from = ratio(BigInt(upTo))
      }
      assert.ok(
        isSame(priceUsage(pricing('GRADUATED', { tiers }), { units: all, events: 1n }).amount, expected),
      )
    }),
    { numRuns: 2000 },
  )
})

test('more usage never costs less: standard, graduated, package and percentage (volume may, by design)', () => {
  fc.assert(
    fc.property(pricings, decimals(20_000, 3), decimals(5000, 3), (price, units, more) => {
      fc.pre(price.model !== 'VOLUME')
      const less = priceUsage(price, { units: fromDecimal(units), events: 1n }).amount
      const greater = priceUsage(price, {
        units: add(fromDecimal(units), fromDecimal(more)),
        events: 2n,
      }).amount
      assert.ok(compare(greater, less) >= 0)
    }),
    { numRuns: 2000 },
  )
})

test('no usage, and usage below zero, costs nothing', () => {
  fc.assert(
    fc.property(pricings, fc.nat(1000), (price, below) => {
      for (const units of [zero, ratio(BigInt(-below))])
        assert.deepEqual(priceUsage(price, { units, events: 0n }).amount.numerator, 0n)
    }),
  )
})

test('prices of 12 decimals and 10^15 units lose nothing', () => {
  costs(
    pricing('STANDARD', { unitPrice: '0.000000000001' }),
    '1000000000000000.000000000001',
    '1000.000000000000000000000001',
  )
  costs(pricing('STANDARD', { unitPrice: 1e-7 }), '3', '0.0000003')
  const price = pricing('GRADUATED', {
    tiers: [
      { upTo: '999999999999999', unitPrice: '0.000000000003' },
      { upTo: null, unitPrice: 1 },
    ],
  })
  costs(price, '1000000000000000', '3000.999999999997')
})

test('ranges with a gap, an overlap or an end before the last are refused, by name', () => {
  const range = (fromValue: number, toValue: number | null) => ({ fromValue, toValue, perUnitAmount: 1 })
  assert.deepEqual(faultsOf('GRADUATED', { graduatedRanges: [range(0, 10), range(12, null)] }), [
    'graduatedRanges[1].fromValue leaves a gap or overlaps: after 10 comes 10, or 11 where units are whole',
  ])
  assert.deepEqual(faultsOf('GRADUATED', { graduatedRanges: [range(0, 10), range(9, null)] }), [
    'graduatedRanges[1].fromValue leaves a gap or overlaps: after 10 comes 10, or 11 where units are whole',
  ])
  assert.deepEqual(faultsOf('VOLUME', { graduatedRanges: [range(5, null)] }), [
    'graduatedRanges[0].fromValue leaves a gap or overlaps: after 0 comes 0',
  ])
  assert.deepEqual(faultsOf('GRADUATED', { graduatedRanges: [range(0, 0.5), range(1.5, null)] }).length, 1)
  assert.deepEqual(faultsOf('GRADUATED', { graduatedRanges: [range(0, 10)] }), [
    'graduatedRanges[0].toValue must be null: the last has no end',
  ])
  assert.deepEqual(
    faultsOf('GRADUATED', {
      tiers: [
        { upTo: null, unitPrice: 1 },
        { upTo: 5, unitPrice: 1 },
      ],
    }),
    [
      'tiers[0].upTo is null before the last: only the last has no end',
      'tiers[1].upTo must be null: the last has no end',
    ],
  )
  assert.deepEqual(
    faultsOf('GRADUATED', {
      tiers: [
        { upTo: 5, unitPrice: 1 },
        { upTo: 5, unitPrice: 1 },
        { upTo: null, unitPrice: 1 },
      ],
    }),
    ['tiers[1].upTo must be more than 5'],
  )
  assert.deepEqual(faultsOf('VOLUME', { tiers: [] }), ['tiers must have at least one'])
})

test('properties of another model, missing ones and those that contradict each other are all told at once', () => {
  assert.deepEqual(faultsOf('STANDARD', { rate: 1, amount: 2 }), [
    'rate is not a property of STANDARD: it has unitPrice',
    'amount is not a property of STANDARD: it has unitPrice',
    'unitPrice is needed for STANDARD',
  ])
  assert.deepEqual(faultsOf('PACKAGE', { amount: 1, packageSize: 0 }), ['packageSize must be more than 0'])
  assert.deepEqual(faultsOf('PERCENTAGE', { rate: 1, minPerEvent: 3, maxPerEvent: 2 }), [
    'maxPerEvent must not be less than minPerEvent, 3',
  ])
  assert.deepEqual(faultsOf('STANDARD', { unitPrice: -1 }), ['unitPrice must be >= 0'])
})

test('a decimal is read as it was written or refused: never rounded', () => {
  const digits = (value: number | string): string => {
    const read = readDecimal(value)
    return 'digits' in read ? read.digits : read.message
  }
  assert.equal(digits(0.0035), '0.0035')
  assert.equal(digits('007.500'), '7.5')
  assert.equal(digits(1.5e-12), 'has more than 12 decimals')
  assert.equal(digits(1e-12), '0.000000000001')
  assert.equal(digits('1234567890123456'), 'has more than 15 digits')
  for (const wrong of ['1e3', '1,5', '', ' 1', Number.NaN, Number.POSITIVE_INFINITY, 1e30])
    assert.match(digits(wrong), /must be a decimal/)
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 999_999_999_999_999 }),
      fc.integer({ min: 0, max: 12 }),
      (whole, places) => {
        const text = String(whole).padStart(places + 1, '0')
        const written = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
        assert.ok(isSame(fromDecimal(digits(Number(written))), fromDecimal(written)))
      },
    ),
  )
})

test('a minimum is topped up by the share of the period, and the invoice is rounded once', () => {
  const minor = (amount: Ratio): Ratio => multiply(amount, ratio(100n))
  const topUp = (share: Ratio, minimum: string, fee: string): bigint[] => {
    const reached = multiply(share, fromDecimal(fee))
    const missing = topUpTo(fromDecimal(minimum), share, reached)
    return [...roundLines([{ amount: minor(reached) }, { amount: minor(missing) }]).lineMinor]
  }
  // 10,000 a period and a fee of 1,000 in arrears: a week cut to 5 days, a quarter to 56 of 90, a year to 334.
  assert.deepEqual(topUp(ratio(5n, 7n), '10000', '1000'), [71_429n, 642_857n])
  assert.deepEqual(topUp(ratio(56n, 90n), '10000', '1000'), [62_222n, 560_000n])
  assert.deepEqual(topUp(ratio(334n, 365n), '10000', '1000'), [91_507n, 823_561n])
  // A charge of its own: 8.00 of usage, at least 10.00 a month, ended after 25 of 28 days.
  const missing = topUpTo(fromDecimal('10'), ratio(25n, 28n), fromDecimal('8'))
  assert.deepEqual(roundLines([{ amount: ratio(800n) }, { amount: minor(missing) }]).lineMinor, [800n, 93n])
  assert.deepEqual(topUpTo(ratio(100n), ratio(1n), ratio(250n)), zero)
  // At least 150 where a volume price comes to 100, as with no usage where its minimum is 150.
  assert.ok(isSame(topUpTo(ratio(150n), ratio(1n), ratio(100n)), ratio(50n)))
})
