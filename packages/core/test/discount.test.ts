import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Discount, applyDiscounts } from '../src/discount/index.ts'
import { draftInvoice } from '../src/invoice/index.ts'
import { add, ratio, roundHalfUp, zero } from '../src/money/index.ts'

const percent = (hundredths: bigint, lines: readonly number[] = [0]): Discount => ({
  kind: 'PERCENTAGE',
  rate: ratio(hundredths, 10_000n),
  lines,
})
const fixed = (minor: bigint, lines: readonly number[] = [0]): Discount => ({
  kind: 'FIXED_AMOUNT',
  minor,
  lines,
})
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, minor) => total + minor, 0n)
const vat = (hundredths: bigint, inclusive = false) => ({
  code: `vat${hundredths}`,
  rate: ratio(hundredths, 10_000n),
  inclusive,
})
const line = (minor: bigint, ...taxes: ReturnType<typeof vat>[]) => ({ amount: ratio(minor), taxes })

test('a discount comes off before tax, in proportion of the lines (F01)', () => {
  const invoice = draftInvoice(
    [line(10_000n, vat(1000n)), line(5000n, vat(0n)), line(3000n, vat(2000n)), line(2000n, vat(2000n))],
    [fixed(1000n, [0, 1, 2, 3])],
  )
  assert.deepEqual(invoice.lineDiscountMinor, [500n, 250n, 150n, 100n])
  assert.deepEqual([invoice.taxMinor, invoice.totalMinor], [1900n, 20_900n])
})

test('discounts with targets come off in order of application, each on what is left (F02)', () => {
  const fees = [1000n, 2000n, 3000n, 4000n, 1000n, 2000n, 3000n, 4000n]
  const rates = [1000n, 2000n, 1000n, 1000n, 1000n, 2000n, 1000n, 1000n]
  const invoice = draftInvoice(
    fees.map((fee, index) => line(fee, vat(rates[index] ?? 0n))),
    [fixed(2000n, [0, 1]), fixed(1000n, [4, 5, 6, 7]), fixed(500n, [0, 1, 2, 3, 4, 5, 6, 7])],
  )
  // Others keep fractions of a cent on a line and come to a tax of 1889: ours are whole, by largest remainder, and the
  // tax is that of each rate on the sum of its lines.
  assert.deepEqual(invoice.lineDiscountMinor, [677n, 1353n, 88n, 118n, 126n, 253n, 379n, 506n])
  assert.deepEqual(
    [
      invoice.discountMinor,
      invoice.subtotalMinor - invoice.discountMinor,
      invoice.taxMinor,
      invoice.totalMinor,
    ],
    [3500n, 16_500n, 1890n, 18_390n],
  )
})

test('a discount never takes more than there is (F03)', () => {
  const invoice = draftInvoice([line(10_000n, vat(1000n))], [fixed(1000n), fixed(11_000n)])
  assert.deepEqual(
    [invoice.discountMinor, invoice.taxMinor, invoice.totalMinor, invoice.issuedAs],
    [10_000n, 0n, 0n, 'PAID'],
  )
  assert.deepEqual(
    invoice.discounts.map(({ minor }) => minor),
    [1000n, 9000n],
  )
})

test('percentages stack on what is left, and come before fixed amounts whatever the order (F04, F05)', () => {
  assert.equal(draftInvoice([line(4900n)], [percent(6000n), percent(6000n)]).totalMinor, 784n)
  assert.equal(draftInvoice([line(10_000n)], [percent(1000n), fixed(5000n)]).totalMinor, 4000n)
  assert.equal(draftInvoice([line(10_000n)], [fixed(5000n), percent(1000n)]).totalMinor, 4000n)
})

test('a discount is shared out by largest remainder, and a percentage is rounded over all its lines (F07, F09)', () => {
  const shares = (minor: bigint, lines: bigint[]) =>
    applyDiscounts(lines, [fixed(minor, [0, 1])])[0]?.lineMinor
  assert.deepEqual(shares(100n, [100n, 200n]), [33n, 67n])
  assert.deepEqual(shares(750n, [300n, 1200n]), [150n, 600n])
  assert.deepEqual(shares(2500n, [1000n, 1000n]), [1000n, 1000n])
  assert.equal(applyDiscounts([100n, 100n], [percent(3333n, [0, 1])])[0]?.minor, 67n)
})

test('a discount on a price with its tax within takes the same part of both', () => {
  const ten = draftInvoice([line(11_600n, vat(1600n, true))], [percent(1000n)])
  assert.deepEqual(
    [ten.subtotalMinor, ten.discountMinor, ten.taxMinor, ten.totalMinor],
    [10_000n, 1000n, 1440n, 10_440n],
  )
  // A fixed amount is off the price that the customer was told.
  assert.equal(draftInvoice([line(11_600n, vat(1600n, true))], [fixed(1600n)]).totalMinor, 10_000n)
  assert.equal(draftInvoice([line(11_600n, vat(1600n, true))], [fixed(99_999n)]).totalMinor, 0n)
})

const anyLines = fc.array(
  fc.record({
    amount: fc
      .tuple(fc.bigInt({ min: 0n, max: 10n ** 8n }), fc.bigInt({ min: 1n, max: 31n }))
      .map(([numerator, denominator]) => ratio(numerator, denominator)),
    taxes: fc.uniqueArray(
      fc.record({
        code: fc.constantFrom('vat', 'levy'),
        rate: fc.bigInt({ min: 0n, max: 3000n }).map((hundredths) => ratio(hundredths, 10_000n)),
        inclusive: fc.boolean(),
      }),
      { maxLength: 2, selector: ({ code }) => code },
    ),
  }),
  { minLength: 1, maxLength: 6 },
)
const anyDiscounts = fc.array(
  fc.tuple(
    fc.oneof(
      fc.bigInt({ min: 0n, max: 10_000n }).map((hundredths) => percent(hundredths)),
      fc.bigInt({ min: 0n, max: 10n ** 8n }).map((minor) => fixed(minor)),
    ),
    fc.subarray([0, 1, 2, 3, 4, 5], { minLength: 1 }),
  ),
  { maxLength: 4 },
)

test('no discount exceeds its base, all add up, and every invoice sums to its total', () => {
  fc.assert(
    fc.property(anyLines, anyDiscounts, (lines, given) => {
      const discounts = given.map(([discount, places]) => ({
        ...discount,
        lines: places.filter((place) => place < lines.length),
      }))
      const invoice = draftInvoice(lines, discounts)
      for (const [place, net] of invoice.lineMinor.entries()) {
        const off = invoice.lineDiscountMinor[place] ?? 0n
        assert.ok(off >= 0n && off <= net)
        assert.equal(sum(invoice.discounts.map((one) => one.lineMinor[place] ?? 0n)), off)
      }
      for (const [index, discount] of discounts.entries())
        for (const [place, minor] of (invoice.discounts[index]?.lineMinor ?? []).entries())
          assert.ok(minor >= 0n && (minor === 0n || discount.lines.includes(place)))
      assert.equal(sum(invoice.lineDiscountMinor), invoice.discountMinor)
      assert.equal(sum(invoice.discounts.map(({ minor }) => minor)), invoice.discountMinor)
      assert.equal(invoice.subtotalMinor - invoice.discountMinor + invoice.taxMinor, invoice.totalMinor)
      for (const { taxMinor, lineMinor } of invoice.taxes) {
        assert.ok(taxMinor >= 0n)
        assert.equal(sum(lineMinor), taxMinor)
      }
    }),
    { numRuns: 3000 },
  )
})

test('without taxes within prices, what is taken is what each discount says of what is left', () => {
  fc.assert(
    fc.property(
      anyLines,
      fc.bigInt({ min: 0n, max: 10_000n }),
      fc.bigInt({ min: 0n, max: 10n ** 8n }),
      (lines, of, off) => {
        const all = [...lines.keys()]
        const plain = lines.map(({ amount }) => ({ amount, taxes: [] }))
        const { subtotalMinor, totalMinor } = draftInvoice(plain, [fixed(off, all), percent(of, all)])
        const exact = plain.map(({ amount }) => amount).reduce(add, zero)
        assert.equal(subtotalMinor, roundHalfUp(exact))
        const left = subtotalMinor - roundHalfUp(ratio(subtotalMinor * of, 10_000n))
        assert.equal(totalMinor, left > off ? left - off : 0n)
      },
    ),
  )
})
