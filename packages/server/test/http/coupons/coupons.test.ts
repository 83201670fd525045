import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draftInvoice } from '@novabilling/core/invoice'
import { ratio } from '@novabilling/core/money'
import fc from 'fast-check'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { verifyDiscounts } from '../../../src/verify-discounts.ts'
import { verifyTaxes } from '../../../src/verify-taxes.ts'
import { invoicesOf, newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { booked, creditNote, everythingHolds, refused } from '../../credit-story.ts'
import { type Answer, type Caller, newTenant, startServer } from '../../harness.ts'
import { act, creditsOf, moveTo, startLife, totalsOf } from '../../life-story.ts'
import { faultsOf } from '../../norm/validate.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

let made = 0

async function newCoupon(as: Caller, body: object = {}) {
  return act(
    as,
    '/coupons',
    {
      code: `coupon-${++made}`,
      name: 'Welcome',
      discountType: 'PERCENTAGE',
      discountValue: 10,
      duration: 'FOREVER',
      ...body,
    },
    201,
  )
}

const fixed = (discountValue: number, more: object = {}) => ({
  discountType: 'FIXED_AMOUNT',
  discountValue,
  currency: 'KES',
  ...more,
})

test('a coupon is made, read, listed, changed and removed; what it takes off never changes', async () => {
  const { test: as } = await newTenant(server)
  const coupon = await newCoupon(as, { code: 'Hello', maxRedemptions: 5, duration: 'REPEATING', periods: 3 })
  assert.deepEqual(
    [coupon.discountValue, coupon.periods, coupon.redemptions, coupon.appliesToPlanIds, coupon.currency],
    [10, 3, 0, null, null],
  )
  assert.match(coupon.id, /^cpn_/)
  refused(
    await as('POST', '/coupons', { ...fixed(1), code: 'HELLO', name: 'x', duration: 'ONCE' }),
    'coupon_code_taken',
  )
  assert.deepEqual((await get(as, '/coupons?code=hello')).data, [coupon])
  const { body: changed } = await as('PATCH', `/coupons/${coupon.id}`, {
    name: 'New',
    maxRedemptions: null,
    expiresAt: '2027-01-01T00:00:00.000Z',
  })
  assert.deepEqual(
    [changed.name, changed.maxRedemptions, changed.expiresAt],
    ['New', null, '2027-01-01T00:00:00.000Z'],
  )
  assert.equal((await as('PATCH', `/coupons/${coupon.id}`, { discountValue: 5 })).status, 400)
  assert.equal((await as('DELETE', `/coupons/${coupon.id}`)).status, 204)
  refused(await as('GET', `/coupons/${coupon.id}`), 'coupon_not_found', 404)
})

test('what is no coupon is refused with all its faults', async () => {
  const { test: as } = await newTenant(server)
  const bad: [object, string[]][] = [
    [{ discountValue: 100.01, periods: 2 }, ['periods', 'discountValue']],
    [{ duration: 'REPEATING', currency: 'KES' }, ['periods', 'currency']],
    [{ discountType: 'FIXED_AMOUNT' }, ['currency']],
    [fixed(1.999), ['discountValue']],
    [fixed(0), ['discountValue']],
    [{ discountValue: 1.23456 }, ['discountValue']],
  ]
  for (const [body, paths] of bad) {
    const { status, body: answer } = await as('POST', '/coupons', {
      code: 'x',
      name: 'x',
      discountType: 'PERCENTAGE',
      discountValue: 10,
      duration: 'FOREVER',
      ...body,
    })
    assert.equal(status, 400, JSON.stringify(body))
    assert.deepEqual(
      answer.errors.map(({ path }: { path: string }) => path),
      paths,
    )
  }
})

test('a coupon by its code discounts from the first invoice on, for as many periods as it has (F10)', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-01-10T09:00:00Z')
  const coupon = await newCoupon(as, { code: 'TWENTY', discountValue: 20, duration: 'REPEATING', periods: 2 })
  const subscription = await startLife(as, 4900, { couponCode: 'twenty' })
  for (const day of ['2026-02-10', '2026-03-10', '2026-04-10']) await moveTo(server, `${day}T00:00:00Z`)
  assert.deepEqual(await totalsOf(as, subscription.id), [3920, 3920, 4900, 4900])
  const [first] = await invoicesOf(as, subscription.id)
  assert.deepEqual([first.subtotal, first.discountAmount, first.items[0].discountAmount], [49, 9.8, 9.8])
  assert.deepEqual(first.discounts, [{ couponId: coupon.id, code: 'TWENTY', name: 'Welcome', amount: 9.8 }])
  assert.deepEqual(await booked(server, first), { deferred_revenue: -3920, receivable: 3920 })
  const [applied] = (await get(as, `/coupons/applied?subscriptionId=${subscription.id}`)).data
  assert.deepEqual(
    [applied.status, applied.used, applied.usesLeft, applied.code],
    ['USED_UP', 2, 0, 'TWENTY'],
  )
  await everythingHolds(server)
})

test('an invoice with discounts and taxes explains itself, and the verifier sees one unit moved', async () => {
  const { test: as } = await newTenant(server)
  await act(
    as,
    '/taxes',
    { name: 'VAT', code: 'vat', rate: 16, inclusive: true, appliedByDefault: true },
    201,
  )
  await act(as, '/taxes', { name: 'Levy', code: 'levy', rate: 1.5, appliedByDefault: true }, 201)
  const customer = await newCustomer(as, { currency: 'KES' })
  for (const body of [fixed(7.77), { discountValue: 33.33 }, { discountValue: 5 }]) {
    const { id: couponId } = await newCoupon(as, body)
    await act(as, '/coupons/apply', { couponId, customerId: customer.id }, 201)
  }
  const { id } = await subscribe(as, { customerId: customer.id, quantity: 3 })
  const [invoice] = await invoicesOf(as, id)
  assert.equal(invoice.discounts.length, 3)
  assert.equal(invoice.discounts.at(0).code, `coupon-${made - 2}`)
  const explain = () => get(as, `/invoices/${invoice.id}/explain`)
  assert.deepEqual(verifyInvoice(await explain()).faults, [])
  const tampered: [RegExp, (document: Answer['body']) => void][] = [
    [/lines\[0\]\.discountMinor/, (document) => (document.discounts[0].fixedMinor = '778')],
    [/discounts\[0\]\.amountMinor/, (document) => (document.discounts[0].amountMinor = '1')],
    [/the discounts of lines\[0\]/, (document) => (document.discounts[1].lineMinor = ['1'])],
    [/discountMinor/, (document) => (document.discounts[1].rate = { numerator: '1', denominator: '2' })],
  ]
  for (const [fault, change] of tampered) {
    const document = await explain()
    change(document)
    assert.match(verifyInvoice(document).faults.join('; '), fault)
  }
})

const anyTax = fc.record({
  code: fc.constantFrom('vat', 'levy'),
  rate: fc.nat(3000).map((hundredths) => ratio(BigInt(hundredths), 10_000n)),
  inclusive: fc.boolean(),
})
const anyLine = fc.record({
  amount: fc
    .tuple(fc.nat(10_000_000), fc.integer({ min: 1, max: 31 }))
    .map(([a, b]) => ratio(BigInt(a), BigInt(b))),
  taxes: fc.uniqueArray(anyTax, { maxLength: 2, selector: ({ code }) => code }),
})
const anyDiscount = fc.oneof(
  fc
    .nat(10_000)
    .map((hundredths) => ({ kind: 'PERCENTAGE' as const, rate: ratio(BigInt(hundredths), 10_000n) })),
  fc.nat(1_000_000).map((minor) => ({ kind: 'FIXED_AMOUNT' as const, minor: BigInt(minor) })),
)

test('discounts and taxes of any invoice: the verifier comes to what core did, and sees one unit moved', () => {
  const shown = ({ numerator, denominator }: { numerator: bigint; denominator: bigint }) => ({
    numerator: String(numerator),
    denominator: String(denominator),
  })
  const faultsOf = (lines: Record<string, unknown>[], discounts: object[], taxes: object[]): string[] => {
    const faults: string[] = []
    const claim = (what: string, said: unknown, computed: unknown): void => {
      if (String(said) !== String(computed)) faults.push(what)
    }
    const taken = verifyDiscounts(discounts as Record<string, unknown>[], lines, claim)
    verifyTaxes(taxes as Record<string, unknown>[], lines, taken, claim)
    return faults
  }
  fc.assert(
    fc.property(
      fc.array(anyLine, { minLength: 1, maxLength: 5 }),
      fc.array(fc.tuple(anyDiscount, fc.subarray([0, 1, 2, 3, 4], { minLength: 1 })), { maxLength: 3 }),
      (lines, given) => {
        const discounts = given.map(([of, places]) => ({
          ...of,
          lines: places.filter((place) => place < lines.length),
        }))
        const invoice = draftInvoice(lines, discounts)
        const shownLines = lines.map((line, place) => ({
          amountMinor: String(invoice.lineMinor[place]),
          discountMinor: String(invoice.lineDiscountMinor[place]),
          exactMinor: shown(line.amount),
          taxes: line.taxes.map((tax) => ({ ...tax, rate: shown(tax.rate) })),
        }))
        const shownDiscounts = discounts.map((discount, index) => ({
          kind: discount.kind,
          rate: discount.kind === 'PERCENTAGE' ? shown(discount.rate) : null,
          fixedMinor: discount.kind === 'FIXED_AMOUNT' ? String(discount.minor) : null,
          lines: discount.lines,
          amountMinor: String(invoice.discounts[index]?.minor ?? 0n),
          lineMinor: lines.map((_, place) => String(invoice.discounts[index]?.lineMinor[place] ?? 0n)),
        }))
        const shownTaxes = invoice.taxes.map(({ tax, baseMinor, taxMinor }) => ({
          ...tax,
          rate: shown(tax.rate),
          baseMinor: String(baseMinor),
          taxMinor: String(taxMinor),
        }))
        assert.deepEqual(faultsOf(shownLines, shownDiscounts, shownTaxes), [])
        const [first, ...rest] = shownLines
        const moved = { ...first, discountMinor: String(BigInt(first?.discountMinor ?? 0) + 1n) }
        assert.ok(faultsOf([moved, ...rest], shownDiscounts, shownTaxes).length > 0)
      },
    ),
    { numRuns: 1000 },
  )
})

test('percentages come first and fixed amounts after, on what is left; never more than there is (F03–F05)', async () => {
  const { test: as } = await newTenant(server)
  const totalWith = async (minor: number, ...coupons: object[]) => {
    const customer = await newCustomer(as, { currency: 'KES' })
    for (const body of coupons) {
      const { id: couponId } = await newCoupon(as, body)
      await act(as, '/coupons/apply', { couponId, customerId: customer.id }, 201)
    }
    const plan = await newPlan(as, { prices: [{ currency: 'KES', amount: minor / 100 }] })
    const { id } = await subscribe(as, { customerId: customer.id, planId: plan.id })
    return (await invoicesOf(as, id))[0]
  }
  assert.equal((await totalWith(4900, { discountValue: 60 }, { discountValue: 60 })).total, 7.84)
  assert.equal((await totalWith(10_000, fixed(50), { discountValue: 10 })).total, 40)
  const nothing = await totalWith(10_000, fixed(10), fixed(110))
  assert.deepEqual([nothing.total, nothing.discountAmount, nothing.status], [0, 100, 'PAID'])
  assert.deepEqual(
    nothing.discounts.map(({ amount }: { amount: number }) => amount),
    [10, 90],
  )
  await everythingHolds(server)
})

test('of eight who apply a coupon at once, as many get it as may', async () => {
  const { test: as } = await newTenant(server)
  const { id: couponId } = await newCoupon(as, { maxRedemptions: 3 })
  const customers = await Promise.all(Array.from({ length: 8 }, () => newCustomer(as)))
  const answers = await Promise.all(
    customers.map(({ id: customerId }) => as('POST', '/coupons/apply', { couponId, customerId })),
  )
  assert.equal(answers.filter(({ status }) => status === 201).length, 3)
  for (const answer of answers.filter(({ status }) => status !== 201)) refused(answer, 'coupon_exhausted')
  const coupon = await get(as, `/coupons/${couponId}`)
  assert.equal(coupon.redemptions, 3)
  refused(await as('DELETE', `/coupons/${couponId}`), 'coupon_in_use')
  refused(await as('PATCH', `/coupons/${couponId}`, { maxRedemptions: 2 }), 'invalid_request', 400)
  const both = await Promise.all(
    [1, 2, 3, 4].map(async () =>
      as('POST', '/coupons/apply', { couponId: (await newCoupon(as)).id, customerId: customers[0]?.id }),
    ),
  )
  assert.ok(both.every(({ status }) => status === 201))
})

test('a coupon is refused where it is not for the plan, the currency, or the day, or is there already', async () => {
  const { test: as } = await newTenant(server)
  const plan = await newPlan(as)
  const subscription = await subscribe(as)
  const apply = async (body: object, target: object = {}) => {
    const { id: couponId } = await newCoupon(as, body)
    return as('POST', '/coupons/apply', {
      couponId,
      customerId: subscription.customerId,
      subscriptionId: subscription.id,
      ...target,
    })
  }
  refused(await apply({ appliesToPlanIds: [plan.id] }), 'coupon_not_for_plan')
  refused(await apply(fixed(1, { currency: 'USD' })), 'coupon_currency_mismatch')
  refused(await apply({ expiresAt: server.clock.now().toString() }), 'coupon_expired')
  refused(await apply({}, { customerId: (await newCustomer(as)).id }), 'subscription_not_found', 404)
  refused(
    await as('POST', '/coupons/apply', { code: 'none', customerId: subscription.customerId }),
    'coupon_not_found',
    404,
  )
  refused(await as('POST', '/coupons/apply', { customerId: subscription.customerId }), 'invalid_request', 400)
  const { code } = await newCoupon(as)
  const target = { code, customerId: subscription.customerId, subscriptionId: subscription.id }
  const applied = await act(as, '/coupons/apply', target, 201)
  refused(await as('POST', '/coupons/apply', target), 'coupon_applied')
  assert.equal((await as('DELETE', `/coupons/applied/${applied.id}`)).status, 204)
  refused(await as('DELETE', `/coupons/applied/${applied.id}`), 'applied_coupon_not_found', 404)
  await act(as, '/coupons/apply', target, 201)
  refused(
    await as('POST', '/subscriptions', {
      customerId: subscription.customerId,
      planId: plan.id,
      couponCode: 'none',
    }),
    'coupon_not_found',
    404,
  )
  await everythingHolds(server)
})

test('a coupon of a customer discounts all its subscriptions, but only plans that it is for', async () => {
  const { test: as } = await newTenant(server)
  const [plan, other] = [await newPlan(as), await newPlan(as)]
  const { id: couponId } = await newCoupon(as, {
    appliesToPlanIds: [plan.id],
    duration: 'ONCE',
    discountValue: 50,
  })
  const customer = await newCustomer(as, { currency: 'KES' })
  await act(as, '/coupons/apply', { couponId, customerId: customer.id }, 201)
  const totals: number[] = []
  for (const planId of [other.id, plan.id, plan.id])
    totals.push(
      (await invoicesOf(as, (await subscribe(as, { customerId: customer.id, planId })).id))[0].total,
    )
  // 49.99 and half of it, 24.995, taken off half up; used once only.
  assert.deepEqual(totals, [49.99, 24.99, 49.99])
})

test('a void gives the use back, and a subscription that is refused spends none', async () => {
  const { test: as } = await newTenant(server)
  const { code } = await newCoupon(as, { duration: 'ONCE', discountValue: 50 })
  const subscription = await startLife(as, 10_000, { couponCode: code })
  const usesLeft = async () =>
    (await get(as, `/coupons/applied?subscriptionId=${subscription.id}`)).data[0].usesLeft
  assert.equal(await usesLeft(), 0)
  const [invoice] = await invoicesOf(as, subscription.id)
  await act(as, `/invoices/${invoice.id}/void`)
  assert.equal(await usesLeft(), 1)
  await moveTo(
    server,
    server.clock
      .now()
      .add({ hours: 24 * 32 })
      .toString(),
  )
  assert.deepEqual(await totalsOf(as, subscription.id), [5000, 5000])
  assert.equal(await usesLeft(), 0)
  const refusal = await as('POST', '/subscriptions', {
    customerId: subscription.customerId,
    planId: subscription.planId,
    couponCode: code,
    quantity: 1_000_000_000,
    startDate: '1999-01-01',
  })
  assert.equal(refusal.status, 400)
  assert.equal((await get(as, `/coupons?code=${code}`)).data[0].redemptions, 1)
  await everythingHolds(server)
})

test('a change credits net of its discount and is charged with it; there and back nets to zero (A18)', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-06-01T00:00:00Z')
  const { code } = await newCoupon(as, { discountValue: 25, duration: 'ONCE' })
  const subscription = await startLife(as, 10_000, { couponCode: code })
  const plan = await newPlan(as, { prices: [{ currency: 'KES', amount: 1000 }] })
  server.clock.set('2026-06-16T00:00:00Z')
  const change = (newPlanId: string) =>
    act(as, `/subscriptions/${subscription.id}/change-plan`, { newPlanId, effective: 'now' })
  await change(plan.id)
  // 7500 of 10000 for the month; half of both is given back and charged, each with its own quarter off.
  assert.deepEqual(
    [await totalsOf(as, subscription.id), await creditsOf(as, subscription.id)],
    [[7500, 37_500], [3750]],
  )
  await change(subscription.planId)
  const [totals, credits] = [await totalsOf(as, subscription.id), await creditsOf(as, subscription.id)]
  const sum = (amounts: number[]) => amounts.reduce((total, minor) => total + minor, 0)
  assert.equal(sum(totals) - sum(credits), 7500)
  await moveTo(server, '2026-07-01T00:00:00Z')
  assert.equal((await totalsOf(as, subscription.id)).at(-1), 10_000)
  await everythingHolds(server)
})

test('an invoice of another subscription does not end the period that a coupon discounts', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-11-01T00:00:00Z')
  const { id: couponId } = await newCoupon(as, { discountValue: 25, duration: 'ONCE' })
  const customer = await newCustomer(as, { currency: 'KES' })
  await act(as, '/coupons/apply', { couponId, customerId: customer.id }, 201)
  const [small, large] = [
    await newPlan(as, { prices: [{ currency: 'KES', amount: 100 }] }),
    await newPlan(as, { prices: [{ currency: 'KES', amount: 1000 }] }),
  ]
  const first = await subscribe(as, { customerId: customer.id, planId: small.id })
  const second = await subscribe(as, { customerId: customer.id, planId: small.id })
  server.clock.set('2026-11-16T00:00:00Z')
  await act(as, `/subscriptions/${first.id}/change-plan`, { newPlanId: large.id, effective: 'now' })
  await act(as, `/subscriptions/${second.id}/change-plan`, { newPlanId: large.id, effective: 'now' })
  assert.deepEqual(await totalsOf(as, first.id), [7500, 37_500])
  assert.deepEqual(await totalsOf(as, second.id), [10_000, 50_000])
  await moveTo(server, '2026-12-01T00:00:00Z')
  assert.deepEqual((await totalsOf(as, first.id)).at(-1), 100_000)
  const applied = await get(as, `/coupons/applied?customerId=${customer.id}`)
  assert.equal(applied.data[0].status, 'USED_UP')
  await act(as, '/coupons/apply', { couponId, customerId: customer.id }, 201)
  await everythingHolds(server)
})

test('a change that is voided leaves the changes after it the discount of their period', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-09-01T00:00:00Z')
  const { code } = await newCoupon(as, { discountValue: 25, duration: 'ONCE' })
  const subscription = await startLife(as, 10_000, { couponCode: code })
  const plans = [
    await newPlan(as, { prices: [{ currency: 'KES', amount: 1000 }] }),
    await newPlan(as, { prices: [{ currency: 'KES', amount: 2000 }] }),
  ]
  server.clock.set('2026-09-16T00:00:00Z')
  for (const { id: newPlanId } of plans) {
    await act(as, `/subscriptions/${subscription.id}/change-plan`, { newPlanId, effective: 'now' })
    const last = (await invoicesOf(as, subscription.id)).at(-1)
    if (newPlanId === plans[0]?.id) await act(as, `/invoices/${last.id}/void`)
  }
  assert.deepEqual(await totalsOf(as, subscription.id), [7500, 37_500, 75_000])
  await everythingHolds(server)
})

test('credit notes of a discounted and taxed invoice come to all of it, and no more (G11)', async () => {
  const { test: as } = await newTenant(server)
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 10, appliedByDefault: true }, 201)
  const { code } = await newCoupon(as)
  const subscription = await startLife(as, 10_000, { couponCode: code })
  const [invoice] = await invoicesOf(as, subscription.id)
  assert.equal(invoice.total, 99)
  const lineId = invoice.items[0].id
  const first = await creditNote(as, { invoiceId: invoice.id, items: [{ lineId, amount: 30 }] })
  const second = await creditNote(as, { invoiceId: invoice.id, items: [{ lineId, amount: 70 }] })
  assert.deepEqual([first.total, second.total], [29.7, 69.3])
  refused(
    await as('POST', '/credit-notes', {
      invoiceId: invoice.id,
      items: [{ lineId, amount: 1 }],
      reason: 'OTHER',
    }),
    'credit_exceeds_invoice',
  )
})

test('a discounted invoice holds to the norm as UBL', async () => {
  const { test: as, session } = await newTenant(server)
  await session('PATCH', '/tenants/me', { country: 'KE', settings: { taxId: 'P051234567X' } })
  await act(as, '/taxes', { name: 'VAT', code: 'vat', rate: 16, appliedByDefault: true }, 201)
  const { code } = await newCoupon(as, { discountValue: 12.5 })
  const subscription = await startLife(as, 9999, {
    couponCode: code,
    quantity: 3,
    customer: { country: 'KE' },
  })
  const [invoice] = await invoicesOf(as, subscription.id)
  const { text, status } = await as('GET', `/invoices/${invoice.id}/ubl`)
  assert.equal(status, 200, text)
  assert.deepEqual(faultsOf([text]), [[]])
  assert.match(text, /<cac:AllowanceCharge>/)
})
