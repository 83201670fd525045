import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifyInvoice } from '../../../src/verify-invoice.ts'
import { invoicesOf, newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { booked, creditNote, everythingHolds, refused } from '../../credit-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { act, moveTo } from '../../life-story.ts'
import { faultsOf } from '../../norm/validate.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

/** A tenant of a country, with what the norm asks of a seller. */
async function seller(country: string, taxId = 'P051234567X') {
  const tenant = await newTenant(server)
  const { status, text } = await tenant.session('PATCH', '/tenants/me', {
    country,
    settings: { taxId, address: { line1: 'Street 1', city: 'City', country } },
  })
  assert.equal(status, 200, text)
  return tenant
}

async function newTax(as: Caller, body: object) {
  const { status, body: tax, text } = await as('POST', '/taxes', { name: 'VAT', code: 'vat', ...body })
  assert.equal(status, 201, text)
  return tax
}

const item = (unitAmount: number, more: object = {}) => ({
  description: 'Advice',
  quantity: 1,
  unitAmount,
  ...more,
})

async function issued(as: Caller, items: object[], customer: object = {}) {
  const { id: customerId } = await newCustomer(as, { currency: 'KES', country: 'KE', ...customer })
  return act(as, '/invoices', { customerId, items, autoFinalize: true }, 201)
}

/** What an invoice explains of itself, recomputed from that alone. */
async function explained(as: Caller, id: string) {
  const document = await get(as, `/invoices/${id}/explain`)
  return { document, faults: verifyInvoice(document).faults }
}

const taxesOf = (invoice: { taxes: { code: string; rate: number; base: number; amount: number }[] }) =>
  invoice.taxes.map(({ code, rate, base, amount }) => [code, rate, base, amount])

test('a tax is made, read, listed, changed and removed; its code is its own from a day on', async () => {
  const { test: as } = await newTenant(server)
  const tax = await newTax(as, { rate: '19.250000', country: 'CM', description: 'TVA' })
  assert.deepEqual(
    [tax.rate, tax.country, tax.inclusive, tax.appliedByDefault, tax.validFrom, tax.components],
    [19.25, 'CM', false, false, null, []],
  )
  assert.match(tax.id, /^tax_/)
  assert.deepEqual(await get(as, `/taxes/${tax.id}`), tax)
  refused(await as('POST', '/taxes', { name: 'Again', code: 'vat', rate: 1 }), 'tax_code_taken')
  const later = await newTax(as, { rate: 20, validFrom: '2026-02-01' })
  assert.deepEqual(
    (await get(as, '/taxes?code=vat')).data.map(({ id }: { id: string }) => id),
    [later.id, tax.id],
  )
  assert.equal((await get(as, '/taxes?country=CM')).meta.total, 1)
  const { body: changed } = await as('PATCH', `/taxes/${tax.id}`, { rate: 18, name: 'TVA', country: null })
  assert.deepEqual([changed.rate, changed.name, changed.country], [18, 'TVA', null])
  assert.equal((await as('DELETE', `/taxes/${tax.id}`)).status, 204)
  refused(await as('GET', `/taxes/${tax.id}`), 'tax_not_found', 404)
})

test('what is no tax is refused with all its faults', async () => {
  const { test: as } = await newTenant(server)
  const bad: [object, string[]][] = [
    [{}, ['rate']],
    [{ rate: 100.5 }, ['rate']],
    [{ rate: '1.1234567', validFrom: '2026-02-01', validTo: '2026-01-31' }, ['rate', 'validTo']],
    [
      {
        components: [
          { name: 'A', code: 'a', rate: 60 },
          { name: 'A', code: 'a', rate: 60 },
        ],
      },
      ['components[1].code', 'components'],
    ],
    [{ rate: 5, components: [{ name: 'A', code: 'a', rate: 6 }] }, ['rate']],
    [{ rate: 5, code: 'NO' }, ['code']],
  ]
  for (const [body, paths] of bad) {
    const { status, body: answer } = await as('POST', '/taxes', { name: 'VAT', code: 'vat', ...body })
    assert.equal(status, 400)
    assert.deepEqual(
      answer.errors.map(({ path }: { path: string }) => path),
      paths,
    )
  }
  const { body: none } = await as('POST', '/invoices', {
    customerId: (await newCustomer(as)).id,
    items: [item(1), item(1, { taxCodes: ['nope'] })],
  })
  assert.deepEqual(
    none.errors.map(({ path }: { path: string }) => path),
    ['items[1].taxCodes[0]'],
  )
})

test('a renewal is taxed once per rate, deferred net, and the tax is owed under its code', async () => {
  const { test: as } = await newTenant(server)
  await newTax(as, { rate: 16, appliedByDefault: true })
  const subscription = await subscribe(as)
  const [invoice] = await invoicesOf(as, subscription.id)
  // 16 % of 49.99 is 7.9984.
  assert.deepEqual([invoice.subtotal, invoice.taxAmount, invoice.total], [49.99, 8, 57.99])
  assert.deepEqual(taxesOf(invoice), [['vat', 16, 49.99, 8]])
  assert.deepEqual(invoice.items[0].taxes, [{ code: 'vat', name: 'VAT', rate: 16, amount: 8 }])
  assert.deepEqual(await booked(server, invoice), {
    deferred_revenue: -4999,
    receivable: 5799,
    'tax_payable:vat': -800,
  })
  const { accounts } = await get(as, '/ledger/accounts')
  assert.deepEqual(
    accounts.find(({ account }: { account: string }) => account === 'tax_payable:vat')?.kind,
    'LIABILITY',
  )
  assert.deepEqual((await explained(as, invoice.id)).faults, [])
  await moveTo(server, '2026-02-11T00:00:00Z')
  assert.deepEqual(
    (await invoicesOf(as, subscription.id)).map(({ total }) => total),
    [57.99, 57.99],
  )
  await as('POST', `/invoices/${invoice.id}/void`)
  assert.deepEqual(await booked(server, invoice), {})
  await everythingHolds(server)
})

test('three components of one tax are three taxes on one base, and one is on the others where it is compound', async () => {
  const { test: as } = await newTenant(server)
  const levies = [
    { name: 'NHIL', code: 'nhil', rate: 2.5 },
    { name: 'GETFund', code: 'getfund', rate: 2.5 },
  ]
  await newTax(as, { code: 'gh', components: [{ name: 'VAT', code: 'vat', rate: 15 }, ...levies] })
  const old = await newTax(as, {
    code: 'gh_old',
    components: [
      ...levies,
      { name: 'C', code: 'covid', rate: 1 },
      { name: 'VAT', code: 'vat', rate: 15, compound: true },
    ],
  })
  assert.equal(old.rate, 21.9)
  const now = await issued(as, [item(100, { taxCodes: ['gh'] })])
  assert.deepEqual(taxesOf(now), [
    ['vat', 15, 100, 15],
    ['nhil', 2.5, 100, 2.5],
    ['getfund', 2.5, 100, 2.5],
  ])
  const then = await issued(as, [item(100, { taxCodes: ['gh_old'] })])
  assert.deepEqual([then.total, taxesOf(then).at(-1)], [121.9, ['vat', 15.9, 100, 15.9]])
  // One code at two rates on one invoice is two taxes, and one account.
  const both = await issued(as, [item(100, { taxCodes: ['gh'] }), item(100, { taxCodes: ['gh_old'] })])
  assert.deepEqual(await booked(server, both), {
    receivable: 24_190,
    revenue: -20_000,
    'tax_payable:covid': -100,
    'tax_payable:getfund': -500,
    'tax_payable:nhil': -500,
    'tax_payable:vat': -3090,
  })
  await act(as, `/invoices/${both.id}/void`)
  await everythingHolds(server)
  const plan = await newPlan(as)
  await act(as, '/taxes/assignments', { taxCode: 'gh_old', planId: plan.id }, 201)
  const [period] = await invoicesOf(as, (await subscribe(as, { planId: plan.id })).id)
  // 2.5 % of 49.99 twice, 1 % and 15.9 %, each rounded by itself.
  assert.equal(period.taxAmount, 1.25 + 1.25 + 0.5 + 7.95)
  assert.deepEqual((await explained(as, period.id)).faults, [])
})

test('what two taxes of a line have in common is charged once, and the invoice explains it', async () => {
  const { test: as } = await newTenant(server)
  await newTax(as, { rate: 16, appliedByDefault: true })
  const components = [
    { name: 'VAT', code: 'vat', rate: 16 },
    { name: 'Levy', code: 'levy', rate: 2 },
  ]
  await newTax(as, { code: 'catering', components, appliedByDefault: true })
  const invoice = await issued(as, [item(1.06)])
  assert.deepEqual(taxesOf(invoice), [
    ['vat', 16, 1.06, 0.17],
    ['levy', 2, 1.06, 0.02],
  ])
  assert.deepEqual((await explained(as, invoice.id)).faults, [])
  await everythingHolds(server)
})

test('a price that includes its tax is what the customer pays', async () => {
  const { test: as } = await newTenant(server)
  await newTax(as, { rate: 16, inclusive: true, appliedByDefault: true })
  await newTax(as, { code: 'levy', name: 'Levy', rate: 1 })
  const invoice = await issued(as, [item(116), item(50, { quantity: 0.333 })])
  assert.equal(invoice.total, 132.65)
  assert.equal(invoice.subtotal + invoice.taxAmount, invoice.total)
  const mixed = await issued(as, [item(116, { taxCodes: ['vat', 'levy'] })])
  assert.deepEqual([mixed.subtotal, mixed.total], [100, 117])
  const subscription = await subscribe(as)
  assert.equal((await invoicesOf(as, subscription.id))[0].total, 49.99)
  const [period] = await invoicesOf(as, subscription.id)
  const { document, faults } = await explained(as, period.id)
  assert.deepEqual(faults, [])
  // What is within the price cannot be said otherwise.
  document.taxes[0].taxMinor = '1'
  assert.match(verifyInvoice(document).faults.join(), /taxes\[0\]\.taxMinor/)
  const { document: other } = await explained(as, period.id)
  other.taxes[0].baseMinor = '1'
  assert.match(verifyInvoice(other).faults.join(), /taxes\[0\]\.baseMinor/)
})

test('the most specific level wins over HTTP: item, plan, customer, default; an empty list is untaxed', async () => {
  const { test: as } = await newTenant(server)
  for (const [code, rate] of [
    ['vat', 16],
    ['plan', 8],
    ['mine', 4],
    ['item', 2],
  ] as const)
    await newTax(as, { code, name: code, rate, appliedByDefault: code === 'vat' })
  const customer = await newCustomer(as, { currency: 'KES' })
  const plan = await newPlan(as)
  const byHand = async (taxCodes?: string[]) =>
    taxesOf(
      await act(
        as,
        '/invoices',
        { customerId: customer.id, items: [item(100, taxCodes ? { taxCodes } : {})], autoFinalize: true },
        201,
      ),
    ).map(([code]) => code)
  const bySubscription = async () => {
    const { id } = await subscribe(as, { customerId: customer.id, planId: plan.id })
    return taxesOf((await invoicesOf(as, id))[0]).map(([code]) => code)
  }
  assert.deepEqual([await byHand(), await bySubscription()], [['vat'], ['vat']])
  const own = await act(as, '/taxes/assignments', { taxCode: 'mine', customerId: customer.id }, 201)
  assert.deepEqual([await byHand(), await bySubscription()], [['mine'], ['mine']])
  const ofPlan = await act(as, '/taxes/assignments', { taxCode: 'plan', planId: plan.id }, 201)
  assert.deepEqual([await byHand(), await bySubscription()], [['mine'], ['plan']])
  assert.deepEqual([await byHand(['item']), await byHand([])], [['item'], []])
  assert.deepEqual((await get(as, `/taxes/assignments?planId=${plan.id}`)).data, [ofPlan])
  assert.deepEqual((await get(as, `/taxes/assignments?customerId=${customer.id}&taxCode=mine`)).data, [own])
  refused(
    await as('POST', '/taxes/assignments', { taxCode: 'mine', customerId: customer.id }),
    'tax_assigned',
  )
  refused(
    await as('POST', '/taxes/assignments', { taxCode: 'nope', customerId: customer.id }),
    'invalid_request',
    400,
  )
  refused(await as('POST', '/taxes/assignments', { taxCode: 'mine' }), 'invalid_request', 400)
  assert.equal((await as('DELETE', `/taxes/assignments/${own.id}`)).status, 204)
  refused(await as('DELETE', `/taxes/assignments/${own.id}`), 'tax_assignment_not_found', 404)
  assert.deepEqual(await byHand(), ['vat'])
  const unused = await newPlan(as)
  await act(as, '/taxes/assignments', { taxCode: 'plan', planId: unused.id }, 201)
  assert.equal((await as('DELETE', `/plans/${unused.id}`)).status, 204)
})

test('a rate that changes is charged on invoices issued from its day on, by the customer’s calendar', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-03-30T12:00:00Z')
  await newTax(as, { rate: 16, appliedByDefault: true })
  await newTax(as, { rate: 18, appliedByDefault: true, validFrom: '2026-04-01' })
  const { id: customerId } = await newCustomer(as, { currency: 'KES', timezone: 'Africa/Kampala' })
  const draft = await act(as, '/invoices', { customerId, items: [item(100)] }, 201)
  assert.equal(draft.total, 116)
  // 1 April in Kampala.
  server.clock.set('2026-03-31T21:30:00Z')
  const final = await act(as, `/invoices/${draft.id}/finalize`)
  assert.deepEqual(taxesOf(final), [['vat', 18, 100, 18]])
  assert.deepEqual(await get(as, `/invoices/${draft.id}`), final)
  assert.deepEqual(await booked(server, final), {
    receivable: 11_800,
    revenue: -10_000,
    'tax_payable:vat': -1800,
  })
})

test('a business abroad is charged by reverse charge with its note, and an exempt one not at all', async () => {
  const { test: as } = await seller('DE', 'DE123456789')
  await newTax(as, { name: 'TVA', code: 'vat_fr', rate: 20, country: 'FR', appliedByDefault: true })
  const french = { country: 'FR', taxId: 'FR40303265045', address: { city: 'Paris' } }
  const reverse = await issued(as, [item(100)], french)
  assert.deepEqual([reverse.total, reverse.taxes[0].code], [100, 'reverse_charge'])
  assert.match(reverse.taxes[0].note, /recipient/)
  const consumer = await issued(as, [item(100)], { country: 'FR' })
  assert.deepEqual([consumer.total, consumer.taxes[0].note], [120, null])
  const exempt = await issued(as, [item(100)], { country: 'FR', taxTreatment: 'EXEMPT' })
  assert.deepEqual(taxesOf(exempt), [['exempt', 0, 100, 0]])
  const asked = await newCustomer(as, { country: 'KE', taxTreatment: 'REVERSE_CHARGE' })
  assert.equal(
    (await as('PATCH', `/customers/${asked.id}`, { taxTreatment: 'AUTOMATIC' })).body.taxTreatment,
    'AUTOMATIC',
  )
  const abroad = await subscribe(as, {}, { customer: french })
  const [period] = await invoicesOf(as, abroad.id)
  assert.deepEqual([period.total, period.taxes[0].code], [49.99, 'reverse_charge'])
  assert.deepEqual((await explained(as, period.id)).faults, [])
})

test('credit notes take their share of each tax, to the last cent (G10, G11)', async () => {
  const { test: as } = await newTenant(server)
  await newTax(as, { rate: 20 })
  await newTax(as, { code: 'levy', name: 'Levy', rate: 10 })
  const invoice = await issued(as, [
    item(769, { taxCodes: ['vat'] }),
    item(50, { taxCodes: ['levy'] }),
    item(5, { taxCodes: [] }),
  ])
  const [first, second] = invoice.items
  const one = await creditNote(as, { invoiceId: invoice.id, items: [{ lineId: first.id, amount: 726.86 }] })
  assert.deepEqual(taxesOf(one), [
    ['vat', 20, 726.86, 145.37],
    ['levy', 10, 0, 0],
  ])
  assert.deepEqual(await booked(server, one), {
    receivable: -87_223,
    revenue: 72_686,
    'tax_payable:vat': 14_537,
  })
  const two = await creditNote(as, { invoiceId: invoice.id, items: [{ lineId: first.id, amount: 42.14 }] })
  assert.deepEqual([one.total, two.total], [872.23, 50.57])
  const half = await creditNote(as, { invoiceId: invoice.id, items: [{ lineId: second.id, amount: 25 }] })
  assert.deepEqual([half.total, half.taxAmount], [27.5, 2.5])
  await creditNote(as, { invoiceId: invoice.id, amount: 32.5 })
  assert.equal((await get(as, `/invoices/${invoice.id}`)).status, 'PAID')
  refused(
    await as('POST', '/credit-notes', { invoiceId: invoice.id, amount: 0.01, reason: 'OTHER' }),
    'credit_exceeds_invoice',
  )
  await everythingHolds(server)
})

test('a cancellation credits its unused days with their tax (G07), and the preview says so before', async () => {
  const { test: as } = await newTenant(server)
  server.clock.set('2026-09-18T10:00:00Z')
  await newTax(as, { rate: 25, appliedByDefault: true })
  const subscription = await subscribe(
    as,
    {},
    { plan: { prices: [{ currency: 'KES', amount: 200 }] }, customer: { timezone: 'UTC' } },
  )
  const { creditNotes } = await act(as, `/subscriptions/${subscription.id}/preview`, {
    cancel: { cancelAt: 'now' },
  })
  await act(as, `/subscriptions/${subscription.id}/cancel`, { cancelAt: 'now' })
  const [note] = (await get(as, `/credit-notes?subscriptionId=${subscription.id}`)).data
  // Others round 241.6625 to 241.66 by cutting; ours is 193.33 net and its tax, 48.33.
  assert.deepEqual([note.subtotal, note.taxAmount, note.total], [193.33, 48.33, 241.66])
  assert.deepEqual([creditNotes[0].total, creditNotes[0].taxAmount], [note.total, note.taxAmount])
})

test('taxed invoices of every kind hold to the norm as UBL, and print their taxes', async () => {
  const { test: as } = await seller('DE', 'DE123456789')
  const { test: kenyan } = await seller('KE')
  await newTax(as, { rate: 19, appliedByDefault: true, country: 'DE', inclusive: true })
  await newTax(kenyan, { rate: 16 })
  await newTax(kenyan, { code: 'zero', name: 'Zero rated', rate: 0 })
  await newTax(kenyan, {
    code: 'gh',
    components: [
      { name: 'VAT', code: 'gh_vat', rate: 15 },
      { name: 'NHIL', code: 'nhil', rate: 2.5 },
    ],
  })
  const land = { country: 'KE', address: { city: 'Nairobi' } }
  const invoices: [Caller, { id: string }][] = [
    [as, await issued(as, [item(119), item(10.01)], { country: 'DE', address: { city: 'Berlin' } })],
    [
      as,
      await issued(as, [item(100)], { country: 'FR', taxId: 'FR40303265045', address: { city: 'Paris' } }),
    ],
    [
      kenyan,
      await issued(
        kenyan,
        [
          item(33.33, { taxCodes: ['vat'] }),
          item(10, { taxCodes: ['zero'] }),
          item(7, { taxCodes: [] }),
          item(9.99, { taxCodes: ['gh'] }),
        ],
        land,
      ),
    ],
    [kenyan, await issued(kenyan, [item(10, { taxCodes: ['vat'] })], { ...land, taxTreatment: 'EXEMPT' })],
  ]
  const texts: string[] = []
  for (const [by, { id }] of invoices) {
    const { status, text } = await by('GET', `/invoices/${id}/ubl`)
    assert.equal(status, 200, text)
    texts.push(text)
    assert.equal((await by('GET', `/invoices/${id}/pdf`)).status, 200)
  }
  assert.deepEqual(
    faultsOf(texts),
    texts.map(() => []),
  )
  assert.match(texts[2] ?? '', /<cbc:Percent>17\.5</)
  const [wrong] = faultsOf([(texts[0] ?? '').replaceAll('<cbc:Percent>19<', '<cbc:Percent>7<')])
  assert.match(wrong?.join() ?? '', /BR-S-09|BR-CO-17/)
})

test('the starting table can be set up as it stands', async () => {
  const { test: as } = await newTenant(server)
  const { taxes, asOf } = await get(as, '/taxes/standard-rates')
  assert.match(asOf, /^\d{4}-\d\d$/)
  const ghana = taxes.find(({ country }: { country: string }) => country === 'GH')
  assert.equal(ghana.components.length, 3)
  for (const tax of taxes) await newTax(as, tax)
})
