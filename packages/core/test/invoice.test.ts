import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type InvoiceStatus,
  canMoveInvoice,
  chargeOf,
  draftInvoice,
  formatInvoiceNumber,
} from '../src/invoice/index.ts'
import {
  type Ratio,
  add,
  compare,
  fromDecimal,
  mostMinor,
  multiply,
  ratio,
  roundHalfUp,
  subtract,
  zero,
} from '../src/money/index.ts'
import { type TaxRate, type TaxedLine, netOf, taxOn, taxTotals, taxWithin } from '../src/tax/index.ts'

const exclusive = (code: string, rate: string): TaxRate => ({
  code,
  rate: fromDecimal(rate),
  inclusive: false,
})
const inclusive = (code: string, rate: string): TaxRate => ({
  code,
  rate: fromDecimal(rate),
  inclusive: true,
})
const line = (amount: Ratio | bigint, ...taxes: TaxRate[]): TaxedLine => ({
  amount: typeof amount === 'bigint' ? ratio(amount) : amount,
  taxes,
})
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)

test('the exact subtotal is rounded once, not line by line (G02)', () => {
  const third = multiply(fromDecimal('10.333333'), ratio(100n))
  // The case rounds each line first: 30.99. The exact sum is 30.999999.
  assert.deepEqual(draftInvoice([line(third), line(third), line(third)]).lineMinor, [1034n, 1033n, 1033n])
  const yen = ['100.4', '200.5', '300.6'].map((amount) => line(fromDecimal(amount)))
  assert.equal(draftInvoice(yen).totalMinor, 602n)
})

test('tax is rounded half up on its base (G03)', () => {
  const cases: [bigint, string, bigint][] = [
    [10_000n, '0.08875', 888n],
    [9999n, '0.2', 2000n],
    [12_345n, '0.0725', 895n],
    [999n, '0.105', 105n],
    [100n, '0.001', 0n],
  ]
  for (const [base, rate, tax] of cases) assert.equal(taxOn(base, fromDecimal(rate)), tax)
})

test('many small lines are an invoice of their exact sum (G05)', () => {
  const vat = exclusive('vat', '0.4')
  const lines = ['0.4', '0.4', '0.4', '0.4', '0.4', '0.4', '1', '1'].map((amount) =>
    line(fromDecimal(amount), vat),
  )
  // The case rounds each line (2) and its tax (1); ours rounds 4.4 once, and the tax of 4.
  const { lineMinor, subtotalMinor, taxMinor, totalMinor } = draftInvoice(lines)
  assert.deepEqual([subtotalMinor, taxMinor, totalMinor], [4n, 2n, 6n])
  assert.equal(sum(lineMinor), 4n)
})

test('tax is computed per rate, on the sum of its lines after their discount (F01)', () => {
  const [ten, none, twenty] = [exclusive('a', '0.1'), exclusive('b', '0'), exclusive('c', '0.2')]
  const invoice = draftInvoice([
    line(9500n, ten),
    line(4750n, none),
    line(2850n, twenty),
    line(1900n, twenty),
  ])
  assert.deepEqual(
    invoice.taxes.map(({ baseMinor, taxMinor }) => [baseMinor, taxMinor]),
    [
      [9500n, 950n],
      [4750n, 0n],
      [4750n, 950n],
    ],
  )
  assert.deepEqual([invoice.taxMinor, invoice.totalMinor], [1900n, 20_900n])
})

test('one rate over three lines is one rounding (BR-CO-17)', () => {
  const vat = exclusive('vat', '0.16')
  // Line by line each tax would be 0.53 and the sum 1.59.
  const { taxes } = draftInvoice([line(333n, vat), line(333n, vat), line(333n, vat)])
  assert.deepEqual(
    taxes.map(({ baseMinor, taxMinor }) => [baseMinor, taxMinor]),
    [[999n, 160n]],
  )
})

test('a price that includes its tax is what the customer pays', () => {
  const vat = inclusive('vat', '0.16')
  const invoice = draftInvoice([line(11_600n, vat)])
  assert.deepEqual([invoice.subtotalMinor, invoice.taxMinor, invoice.totalMinor], [10_000n, 1600n, 11_600n])
  assert.equal(compare(netOf(line(11_600n, vat)), ratio(10_000n)), 0)
  // Two taxes within one price share it by their rates.
  const two = draftInvoice([line(1250n, inclusive('vat', '0.15'), inclusive('levy', '0.1'))])
  assert.deepEqual(
    two.taxes.map(({ taxMinor }) => taxMinor),
    [150n, 100n],
  )
  // A tax on top of a price that includes another has the net amount for its base.
  const mixed = draftInvoice([line(11_600n, vat, exclusive('levy', '0.01'))])
  assert.equal(mixed.totalMinor, 11_700n)
})

test('an invoice over nothing is PAID at once, one below nothing or beyond counting is an error', () => {
  assert.equal(draftInvoice([]).issuedAs, 'PAID')
  assert.equal(draftInvoice([line(0n)]).issuedAs, 'PAID')
  assert.equal(draftInvoice([line(100n), line(-100n)]).issuedAs, 'PAID')
  assert.equal(draftInvoice([line(ratio(49n, 100n))]).issuedAs, 'PAID')
  assert.equal(draftInvoice([line(1n)]).issuedAs, 'PENDING')
  assert.throws(() => draftInvoice([line(-1n)]), RangeError)
  assert.throws(() => draftInvoice([line(mostMinor), line(1n)]), RangeError)
})

const anyTax = fc.record({
  code: fc.constantFrom('vat', 'levy', 'city'),
  rate: fc.integer({ min: 0, max: 10_000 }).map((basisPoints) => ratio(BigInt(basisPoints), 10_000n)),
  inclusive: fc.boolean(),
})
const anyLine = fc.record({
  amount: fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.bigInt({ min: 1n, max: 366n }))
    .map(([numerator, denominator]) => ratio(numerator, denominator)),
  taxes: fc.uniqueArray(anyTax, { maxLength: 3, selector: ({ code }) => code }),
})
const anyLines = fc.array(anyLine, { minLength: 1, maxLength: 12 })

test('every invoice adds up: lines to subtotal, taxes to tax, both to total; each base is the sum of its lines', () => {
  fc.assert(
    fc.property(anyLines, (lines) => {
      const invoice = draftInvoice(lines)
      assert.equal(sum(invoice.lineMinor), invoice.subtotalMinor)
      assert.equal(sum(invoice.taxes.map(({ taxMinor }) => taxMinor)), invoice.taxMinor)
      assert.equal(invoice.subtotalMinor + invoice.taxMinor, invoice.totalMinor)
      let exact = zero
      for (const one of lines) exact = add(exact, netOf(one))
      assert.equal(invoice.subtotalMinor, roundHalfUp(exact))
      for (const { tax, baseMinor } of invoice.taxes) {
        const own = lines.map((one, index) =>
          one.taxes.some(
            (of) =>
              of.code === tax.code && of.inclusive === tax.inclusive && compare(of.rate, tax.rate) === 0,
          )
            ? (invoice.lineMinor[index] ?? 0n)
            : 0n,
        )
        assert.equal(sum(own), baseMinor)
      }
    }),
    { numRuns: 2000 },
  )
})

test('prices that include their tax sum to what is paid, to the minor unit', () => {
  fc.assert(
    fc.property(anyLines, anyTax, (lines, tax) => {
      const within = lines.map(({ amount }) => ({ amount, taxes: [{ ...tax, inclusive: true }] }))
      let gross = zero
      for (const { amount } of within) gross = add(gross, amount)
      assert.equal(draftInvoice(within).totalMinor, roundHalfUp(gross))
      const whole = roundHalfUp(gross)
      const off = subtract(ratio(taxWithin(whole, tax.rate)), ratio(draftInvoice(within).taxMinor))
      assert.ok(compare(off, ratio(1n)) <= 0 && compare(off, ratio(-1n)) >= 0)
    }),
    { numRuns: 1000 },
  )
})

test('one tax at two rates, or within one price and on top of another, is two totals', () => {
  const lines = [
    line(100n, exclusive('vat', '0.1')),
    line(100n, exclusive('vat', '0.2')),
    line(110n, inclusive('vat', '0.1')),
  ]
  assert.equal(taxTotals(lines, [100n, 100n, 100n]).length, 3)
})

test('the moves of an invoice are those of the contract and no other', () => {
  const statuses: InvoiceStatus[] = ['DRAFT', 'PENDING', 'PAID', 'FAILED', 'VOID', 'UNCOLLECTIBLE']
  const allowed = statuses.flatMap((from) =>
    statuses.filter((to) => canMoveInvoice(from, to)).map((to) => `${from} ${to}`),
  )
  assert.deepEqual(allowed, [
    'DRAFT PENDING',
    'DRAFT PAID', // nothing to pay
    'PENDING PAID',
    'PENDING FAILED',
    'PENDING VOID',
    'PENDING UNCOLLECTIBLE',
    'FAILED PAID',
    'FAILED VOID',
    'FAILED UNCOLLECTIBLE',
  ])
})

test('numbers count per environment and year, six digits wide and wider when they must be (J07)', () => {
  // J07 counts per customer or per organization; ours is one gap-free count per environment and year.
  assert.equal(formatInvoiceNumber('INV', 2026, 1), 'INV-2026-000001')
  assert.equal(formatInvoiceNumber('INV', 2026, 999_999), 'INV-2026-999999')
  assert.equal(formatInvoiceNumber('INV', 2026, 1_000_000n), 'INV-2026-1000000')
})

test('a line by hand charges quantity times price exactly, whatever the decimals', () => {
  const decimals = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }), fc.integer({ min: 0, max: 12 }))
  fc.assert(
    fc.property(decimals, fc.bigInt({ min: 0n, max: 10n ** 15n }), ([digits, places], unitMinor) => {
      const text = digits.toString().padStart(places + 1, '0')
      const quantity = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
      const charge = chargeOf(quantity, unitMinor)
      assert.equal(charge.numerator * 10n ** BigInt(places), digits * unitMinor * charge.denominator)
    }),
  )
  assert.equal(roundHalfUp(chargeOf('1.5', 333n)), 500n)
})
