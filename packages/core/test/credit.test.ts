import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type Creditable,
  canMoveCreditNote,
  creditLeft,
  creditLines,
  creditLinesUpTo,
  creditTotal,
  creditUnits,
  formatCreditNoteNumber,
  roundCredits,
  settleCredit,
  spendCredits,
  spendLimited,
} from '../src/credit/index.ts'
import { creditNoteIssued, creditNoteVoided } from '../src/ledger/index.ts'
import { allocate, fromDecimal, multiply, ratio, roundHalfUp } from '../src/money/index.ts'
import { taxOn } from '../src/tax/index.ts'

/** An invoice of these lines, with one rate over all of them. */
function charged(amounts: readonly bigint[], options: { discount?: bigint; rate?: string } = {}): Creditable {
  const discounts = allocate(options.discount ?? 0n, amounts)
  const net = amounts.reduce((sum, amount, index) => sum + amount - (discounts[index] ?? 0n), 0n)
  return {
    lines: amounts.map((leftMinor, index) => ({ leftMinor, discountLeftMinor: discounts[index] ?? 0n })),
    taxes: [{ lines: [...amounts.keys()], leftMinor: taxOn(net, fromDecimal(options.rate ?? '0')) }],
  }
}

/** What is left after a credit. */
function after(invoice: Creditable, credit: ReturnType<typeof creditLines>): Creditable {
  return {
    lines: invoice.lines.map(({ leftMinor, discountLeftMinor }, index) => ({
      leftMinor: leftMinor - (credit.lines[index]?.amountMinor ?? 0n),
      discountLeftMinor: discountLeftMinor - (credit.lines[index]?.discountMinor ?? 0n),
    })),
    taxes: invoice.taxes.map((tax, index) => ({
      ...tax,
      leftMinor: tax.leftMinor - (credit.taxes[index] ?? 0n),
    })),
  }
}

test('a credit takes along the tax of its part of a line (A03, A26, G07, G09)', () => {
  for (const [amount, rate, credited, tax, total] of [
    [1000n, '0.25', 645n, 161n, 806n],
    [3750n, '0.2', 3571n, 714n, 4285n],
    [20_000n, '0.25', 19_333n, 4833n, 24_166n],
    [2999n, '0.2333', 2571n, 600n, 3171n],
  ] as const) {
    const credit = creditLines(charged([amount], { rate }), [credited])
    assert.deepEqual([credit.taxMinor, credit.totalMinor], [tax, total])
  }
})

test('the credits of an invoice sum to it, without a lost cent (G10)', () => {
  const invoice = charged([76_900n], { rate: '0.2' })
  const first = creditLines(invoice, [72_686n])
  // 726.86 is the invoice's own net less the remaining 42.14.
  const second = creditLines(after(invoice, first), [4214n])
  assert.deepEqual([first.totalMinor, second.totalMinor], [87_223n, 5057n])
  assert.equal(first.totalMinor + second.totalMinor, 92_280n)
})

test('lines are credited with their discount and tax, and not twice (G11)', () => {
  const invoice = charged([1000n, 2000n, 3000n, 4000n], { discount: 1000n, rate: '0.1' })
  assert.equal(creditLeft(invoice), 9900n)
  const first = creditLines(invoice, [1000n, 2000n])
  const left = after(invoice, first)
  const second = creditLines(left, [0n, 0n, 3000n, 4000n])
  assert.deepEqual([first.totalMinor, second.totalMinor], [2970n, 6930n])
  assert.throws(() => creditLines(after(left, second), [1000n]), RangeError)
  assert.throws(() => creditLines(invoice, [-1n]), RangeError)
})

test('a credit of a discounted line is net of its discount (A18)', () => {
  const invoice = charged([10_000n], { discount: 2500n })
  assert.equal(creditLines(invoice, [5000n]).totalMinor, 3750n)
})

test('each line takes along its own taxes, where there are several', () => {
  const invoice: Creditable = {
    lines: [
      { leftMinor: 10_000n, discountLeftMinor: 0n },
      { leftMinor: 10_000n, discountLeftMinor: 0n },
    ],
    taxes: [
      { lines: [0], leftMinor: 1600n },
      { lines: [0, 1], leftMinor: 200n },
    ],
  }
  assert.deepEqual(creditLines(invoice, [5000n]).taxes, [800n, 50n])
  assert.deepEqual(creditLines(invoice, [0n, 5000n]).taxes, [0n, 50n])
  assert.throws(() => creditLines({ lines: [], taxes: [{ lines: [0], leftMinor: 1n }] }, []), RangeError)
})

test('whatever the order, kind and size of its credits, an invoice is credited to the last minor unit and never more', () => {
  const anyInvoice = fc
    .array(fc.record({ amount: fc.bigInt(0n, 10n ** 6n), taxed: fc.boolean() }), {
      minLength: 1,
      maxLength: 5,
    })
    .chain((lines) =>
      fc.record({
        lines: fc.constant(lines),
        discounts: fc.tuple(...lines.map(({ amount }) => fc.bigInt(0n, amount))),
        tax: fc.bigInt(0n, 10n ** 5n),
      }),
    )
    .map(({ lines, discounts, tax }): Creditable => {
      const taxed = [...lines.keys()].filter((place) => lines[place]?.taxed)
      const base = taxed.reduce(
        (sum, place) => sum + (lines[place]?.amount ?? 0n) - (discounts[place] ?? 0n),
        0n,
      )
      return {
        lines: lines.map(({ amount }, place) => ({
          leftMinor: amount,
          discountLeftMinor: discounts[place] ?? 0n,
        })),
        taxes: [{ lines: taxed, leftMinor: base === 0n ? 0n : tax }],
      }
    })
  const anyStep = fc.record({
    byLine: fc.boolean(),
    share: fc.integer({ min: 0, max: 100 }),
    most: fc.boolean(),
  })
  fc.assert(
    fc.property(anyInvoice, fc.array(anyStep, { maxLength: 6 }), (invoice, steps) => {
      const total = creditLeft(invoice)
      let [left, given] = [invoice, 0n]
      const take = (credit: ReturnType<typeof creditLines>): void => {
        assert.equal(credit.totalMinor, credit.subtotalMinor - credit.discountMinor + credit.taxMinor)
        left = after(left, credit)
        given += credit.totalMinor
        for (const line of left.lines) {
          assert.ok(line.discountLeftMinor >= 0n)
          assert.ok(line.leftMinor >= line.discountLeftMinor)
        }
        for (const { leftMinor } of left.taxes) assert.ok(leftMinor >= 0n)
        assert.equal(creditLeft(left), total - given)
      }
      for (const { byLine, share, most } of steps) {
        const part = (minor: bigint): bigint => (minor * BigInt(share)) / 100n
        if (!byLine) take(creditTotal(left, part(creditLeft(left))))
        else {
          const amounts = left.lines.map(({ leftMinor }) => part(leftMinor))
          const limit = creditLeft(left) / 3n
          const credit = most ? creditLinesUpTo(left, amounts, limit) : creditLines(left, amounts)
          if (most) assert.ok(credit.totalMinor <= limit)
          take(credit)
        }
      }
      take(creditTotal(left, creditLeft(left)))
      assert.equal(given, total)
      assert.equal(creditLeft(left), 0n)
    }),
    { numRuns: 3000 },
  )
})

test('a total is taken from every line and tax in proportion, and never more than is left', () => {
  const invoice = charged([1000n, 3000n], { rate: '0.2' })
  const credit = creditTotal(invoice, 2400n)
  assert.deepEqual(
    [credit.lines.map(({ amountMinor }) => amountMinor), credit.taxMinor],
    [[500n, 1500n], 400n],
  )
  assert.throws(() => creditTotal(invoice, 4801n), RangeError)
  assert.throws(() => creditTotal(invoice, -1n), RangeError)
  assert.equal(creditLinesUpTo(invoice, [1000n, 0n], -5n).totalMinor, 0n)
})

test('a credit settles its own invoice first; the rest is the customer’s or goes back as it came (G12, H03)', () => {
  const settle = (totalMinor: bigint, owedMinor: bigint, refundableMinor: bigint): bigint[] => {
    const { settledMinor, refundMinor, balanceMinor } = settleCredit({
      totalMinor,
      owedMinor,
      refundableMinor,
    })
    return [settledMinor, refundMinor, balanceMinor]
  }
  assert.deepEqual(settle(10_000n, 0n, 8000n), [0n, 8000n, 2000n])
  assert.deepEqual(settle(30_000n, 24_995n, 0n), [24_995n, 0n, 5005n])
  assert.deepEqual(settle(100n, 500n, 100n), [100n, 0n, 0n])
  assert.deepEqual(settle(100n, -5n, -5n), [0n, 0n, 100n])
})

test('credits are spent in their order, and no further than there is to pay', () => {
  assert.deepEqual(spendCredits([30n, 50n, 20n], 60n), [30n, 30n, 0n])
  assert.deepEqual(spendCredits([30n], 60n), [30n])
  assert.deepEqual(spendCredits([30n], 0n), [0n])
})

test('units are given back from the line that charged them last, and never more than were charged', () => {
  const lines = [
    { priceMinor: 1000n, units: 2 },
    { priceMinor: 900n, units: 5 },
    { priceMinor: 1n, units: 0 },
  ]
  const given = (units: number): [number, number, bigint][] =>
    creditUnits(lines, { units, share: ratio(1n, 2n) }).map((one) => [
      one.line,
      one.units,
      roundHalfUp(one.amount),
    ])
  assert.deepEqual(given(3), [
    [0, 2, 1000n],
    [1, 1, 450n],
  ])
  assert.deepEqual(given(99), [
    [0, 2, 1000n],
    [1, 5, 2250n],
  ])
  assert.deepEqual(given(0), [])
})

test('the credits of one invoice are rounded once, and each is capped by what is left of its line (A28, A35)', () => {
  const third = multiply(ratio(1000n), ratio(1n, 3n))
  assert.deepEqual(
    roundCredits([
      { amount: third, leftMinor: 1000n },
      { amount: third, leftMinor: 1000n },
      { amount: third, leftMinor: 100n },
    ]),
    [334n, 333n, 100n],
  )
  assert.deepEqual(roundCredits([{ amount: ratio(500n), leftMinor: -3n }]), [0n])
})

test('a credit note’s number counts its year', () => {
  assert.equal(formatCreditNoteNumber(2026, 1), 'CN-2026-000001')
})

test('the moves of a credit note are those of the contract and no other', () => {
  const all = ['DRAFT', 'FINALIZED', 'VOIDED'] as const
  const moves = all.flatMap((from) =>
    all.filter((to) => canMoveCreditNote(from, to)).map((to) => `${from} ${to}`),
  )
  assert.deepEqual(moves, ['DRAFT FINALIZED', 'FINALIZED VOIDED'])
})

test('a credit note’s postings balance, and a void turns them round', () => {
  const note = {
    deferredMinor: 500n,
    revenueMinor: 100n,
    taxes: [{ code: 'vat', minor: 96n }],
    settledMinor: 196n,
  }
  assert.deepEqual(creditNoteIssued(note), [
    { account: 'deferred_revenue', minor: 500n },
    { account: 'revenue', minor: 100n },
    { account: 'tax_payable:vat', minor: 96n },
    { account: 'receivable', minor: -196n },
    { account: 'customer_credit', minor: -500n },
  ])
  const both = [...creditNoteIssued(note), ...creditNoteVoided(note)]
  assert.equal(
    both.reduce((sum, { minor }) => sum + minor, 0n),
    0n,
  )
  assert.deepEqual(
    creditNoteVoided(note).map(({ minor }) => minor),
    [-500n, -100n, -96n, 196n, 500n],
  )
})

test('credits that are limited to some lines pay for those with their taxes, and for nothing else (H01)', () => {
  // 24 % on each: 10.00 of another metric, 14.29 and 14.27 of those that the 39.00 are for.
  let leftMinor = 3900n
  const spend = (minor: bigint, places: readonly number[]) => {
    const [paid = 0n] = spendLimited([{ leftMinor, places }], [minor], minor)
    leftMinor -= paid
    return [paid, leftMinor]
  }
  assert.deepEqual(spend(1240n, []), [0n, 3900n])
  assert.deepEqual(spend(1772n, [0]), [1772n, 2128n])
  assert.deepEqual(spend(1769n, [0]), [1769n, 359n])
})

test('whatever credits are limited to, none pays more than it has or than its lines come to, and all no more than is due', () => {
  const minor = fc.bigInt({ min: 0n, max: 10_000n })
  const places = fc.option(fc.array(fc.nat({ max: 4 }), { maxLength: 4 }), { nil: null })
  fc.assert(
    fc.property(
      fc.array(fc.record({ leftMinor: minor, places }), { maxLength: 6 }),
      fc.array(minor, { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 100 }),
      (credits, lines, percent) => {
        const sum = (amounts: readonly bigint[]) => amounts.reduce((total, one) => total + one, 0n)
        // The customer's balance may have paid for a part already.
        const due = (sum(lines) * BigInt(percent)) / 100n
        const paid = spendLimited(credits, lines, due)
        assert.ok(sum(paid) <= due)
        for (const [index, credit] of credits.entries()) {
          const own = paid[index] ?? 0n
          assert.ok(own >= 0n && own <= credit.leftMinor)
          if (credit.places === null) continue
          const all = credits.flatMap((one, at) =>
            one.places !== null && one.places.every((place) => credit.places?.includes(place))
              ? [paid[at] ?? 0n]
              : [],
          )
          assert.ok(sum(all) <= sum([...new Set(credit.places)].map((place) => lines[place] ?? 0n)))
        }
        // Nothing is left open that credits for all of it could still pay.
        const unlimited = credits.flatMap((one, at) =>
          one.places === null ? [one.leftMinor - (paid[at] ?? 0n)] : [],
        )
        assert.ok(sum(paid) === due || sum(unlimited) === 0n)
      },
    ),
    { numRuns: 3000 },
  )
})
