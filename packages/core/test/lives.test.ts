import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dayMs } from '../src/calendar/index.ts'
import { compare, ratio, subtract } from '../src/money/index.ts'
import type { Invoice } from './lives/books.ts'
import { type Plan, Subscriber } from './lives/subscriber.ts'

const hourMs = 3_600_000

const plans: readonly Plan[] = [
  { minor: 1000n, interval: 'MONTHLY', count: 1 },
  { minor: 2999n, interval: 'MONTHLY', count: 1 },
  { minor: 777n, interval: 'WEEKLY', count: 1 },
  { minor: 1n, interval: 'MONTHLY', count: 1 },
  { minor: 10_001n, interval: 'YEARLY', count: 1 },
  { minor: 4999n, interval: 'QUARTERLY', count: 1 },
  { minor: 333n, interval: 'WEEKLY', count: 3 },
  { minor: 0n, interval: 'MONTHLY', count: 2 },
]

const anyStep = fc.record({
  hours: fc.constantFrom(0, 5, 24, 75, 200, 801, 3000),
  kind: fc.constantFrom(
    'change' as const,
    'change' as const,
    'units' as const,
    'units' as const,
    'pause' as const,
    'resume' as const,
    'resume' as const,
    'cancel' as const,
    'uncancel' as const,
    'pay' as const,
    'credit' as const,
  ),
  plan: fc.nat(plans.length - 1),
  units: fc.integer({ min: 1, max: 5 }),
  place: fc.nat(30),
  percent: fc.integer({ min: 1, max: 130 }),
  is: fc.boolean(),
})

const anyLife = fc.record({
  zone: fc.constantFrom(
    'UTC',
    'Africa/Kampala',
    'Africa/Cairo',
    'America/New_York',
    'Asia/Kolkata',
    'Pacific/Apia',
  ),
  anchor: fc.constantFrom('ANNIVERSARY' as const, 'CALENDAR' as const),
  at: fc.integer({ min: 0, max: 4 * 365 * 24 }).map((hours) => Date.UTC(2024, 0, 1) + hours * hourMs),
  plan: fc.nat(plans.length - 1),
  units: fc.integer({ min: 1, max: 5 }),
  trialDays: fc.constantFrom(0, 0, 0, 14),
  lasts: fc.option(fc.integer({ min: 1, max: 6000 }), { freq: 4, nil: undefined }),
  isInAdvance: fc.boolean(),
  steps: fc.array(anyStep, { minLength: 4, maxLength: 12 }),
})
type Life = typeof anyLife extends fc.Arbitrary<infer A> ? A : never
type Step = Life['steps'][number]

/** Lives a life. The time between two steps passes in strides of so many hours at most. */
function live(
  life: Life,
  {
    strideHours = Infinity,
    seen = () => {},
  }: { strideHours?: number; seen?: (one: Subscriber) => void } = {},
): { one: Subscriber; now: number } {
  const { at, lasts, steps, ...start } = life
  const one = new Subscriber({
    ...start,
    at,
    plan: planAt(life.plan),
    endsAt: lasts === undefined ? null : at + lasts * hourMs,
  })
  let now = at
  for (const step of steps) {
    const until = now + step.hours * hourMs
    while (now < until) {
      now = Math.min(until, now + strideHours * hourMs)
      one.advance(now)
    }
    act(one, now, step)
    seen(one)
  }
  one.cancel(now, 'now')
  seen(one)
  return { one, now }
}

function planAt(place: number): Plan {
  const plan = plans[place]
  assert.ok(plan)
  return plan
}

function act(one: Subscriber, now: number, { kind, plan, units, place, percent, is }: Step): void {
  const { books } = one
  const invoice = books.invoices[place % books.invoices.length]
  switch (kind) {
    case 'change':
      return one.change(now, planAt(plan))
    case 'units':
      return one.setUnits(now, units)
    case 'pause':
      return one.pause(now, is)
    case 'resume':
      return one.resume(now)
    case 'cancel':
      return one.cancel(now, is ? 'period_end' : 'now')
    case 'uncancel':
      return one.uncancel()
    case 'pay':
      if (invoice) books.pay(invoice, (books.owed(invoice) * BigInt(percent)) / 100n)
      return
    case 'credit': {
      const left = invoice ? invoice.totalMinor - invoice.noteMinor : 0n
      const minor = (left * BigInt(Math.min(percent, 100))) / 100n
      if (invoice && minor > 0n) books.creditTotal(invoice, minor, is)
    }
  }
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, minor) => total + minor, 0n)
}

/** All that has to hold of the documents and the books at any moment. */
function holds({ books, periods }: Subscriber): void {
  const { invoices, credits, accounts } = books
  assert.equal(sum([...accounts.values()]), 0n, 'the books balance')
  assert.equal(books.balance('receivable'), sum(invoices.map((one) => books.owed(one))))
  assert.equal(books.balance('customer_credit'), -sum(credits.map(({ left }) => left)))
  for (const { minor, left } of credits) assert.ok(left >= 0n && left <= minor, 'no credit is spent twice')
  for (const invoice of invoices) invoiceHolds(invoice, books.owed(invoice))
  for (const [place, { index, from }] of periods.entries()) {
    const before = periods[place - 1]
    if (before && index > 0)
      assert.equal(from, before.to, 'periods follow one another without gap or overlap')
    else if (before) assert.ok(from >= before.from, 'one that begins anew begins later')
  }
}

function invoiceHolds(
  { lines, totalMinor, paidMinor, noteMinor, refundedMinor }: Invoice,
  owed: bigint,
): void {
  assert.equal(sum(lines.map(({ minor }) => minor)), totalMinor, 'the lines sum to the total')
  for (const { minor, creditedMinor, units } of lines)
    assert.ok(
      creditedMinor >= 0n && creditedMinor <= minor && units >= 0,
      'no line is credited beyond itself',
    )
  assert.equal(sum(lines.map(({ creditedMinor }) => creditedMinor)), noteMinor)
  assert.ok(owed >= 0n && noteMinor <= totalMinor)
  assert.ok(refundedMinor <= paidMinor && paidMinor <= totalMinor)
}

const runs = { numRuns: 3000, seed: 20_260_114 }

test('in any life the books balance after each step: what is owed, what the customer has, and no line or credit twice', () => {
  let documents = 0
  fc.assert(
    fc.property(anyLife, (life) => {
      documents += live(life, { seen: holds }).one.books.documents
    }),
    runs,
  )
  assert.ok(documents > runs.numRuns * 4, `${documents} documents`)
})

test('any life costs exactly what its days cost, whatever was changed, paused, ended and credited on the way', () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const { one } = live(life)
      const { books, days } = one
      assert.equal(compare(books.charged, days.total), 0, 'before anything is rounded')
      if (life.steps.some(({ kind }) => kind === 'credit')) return
      const charged = sum(books.invoices.map(({ totalMinor, noteMinor }) => totalMinor - noteMinor))
      const off = subtract(ratio(charged), days.total)
      const most = ratio(BigInt(books.documents), 2n)
      assert.ok(
        compare(off, most) <= 0 && compare(subtract(ratio(0n), off), most) <= 0,
        'half a unit a document',
      )
    }),
    runs,
  )
})

test('when a life is over, all that it was charged and not given back is earned, and nothing is deferred', () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const {
        one: { books },
        now,
      } = live(life)
      const [today, far] = [Math.floor(now / dayMs), Math.floor(now / dayMs) + 1000]
      let last = 0n
      for (let day = today - 400; day <= today + 1; day += 13) books.recognise(day)
      books.recognise(far)
      last = books.balance('revenue')
      assert.equal(books.balance('deferred_revenue'), 0n)
      assert.equal(-last, sum(books.invoices.map(({ totalMinor, noteMinor }) => totalMinor - noteMinor)))
      assert.equal(sum([...books.accounts.values()]), 0n)
    }),
    runs,
  )
})

test('a life comes to the same whether its time passes at once or hour by hour', () => {
  const told = ({ books: { invoices, credits, accounts }, moves, periods, status }: Subscriber) =>
    JSON.stringify({ invoices, credits, accounts: [...accounts], moves, periods, status }, (_, value) =>
      typeof value === 'bigint' ? String(value) : value,
    )
  fc.assert(
    fc.property(anyLife, fc.constantFrom(1, 24, 700), (life, strideHours) => {
      assert.equal(told(live(life, { strideHours }).one), told(live(life).one))
    }),
    { ...runs, numRuns: 500 },
  )
})

test('a plan in arrears costs what the same plan in advance costs, in any life', () => {
  fc.assert(
    fc.property(anyLife, (life) => {
      const [advance, arrears] = [true, false].map(
        (isInAdvance) => live({ ...life, isInAdvance }).one.books.charged,
      )
      assert.ok(advance && arrears && compare(advance, arrears) === 0)
    }),
    runs,
  )
})
