import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invoicesOf, newCustomer, subscribe } from '../../billing-story.ts'
import { type Caller, newTenant, startServer } from '../../harness.ts'
import { faultsOf } from '../../norm/validate.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })

const land = { country: 'KE', address: { line1: 'Moi Avenue 1', city: 'Nairobi', postalCode: '00100' } }
const advice = { description: 'Advice', quantity: 2, unitAmount: 100 }

/** A tenant that has what the norm asks of a seller. */
async function seller() {
  const tenant = await newTenant(server)
  const { status, text } = await tenant.session('PATCH', '/tenants/me', {
    country: 'KE',
    settings: { taxId: 'P051234567X', address: { line1: 'Kimathi Street 2', city: 'Nairobi' } },
  })
  assert.equal(status, 200, text)
  return tenant
}

async function issued(as: Caller, body: object = {}, customer: object = {}) {
  const { id: customerId } = await newCustomer(as, { currency: 'KES', ...land, ...customer })
  const {
    body: invoice,
    status,
    text,
  } = await as('POST', '/invoices', {
    customerId,
    items: [advice],
    autoFinalize: true,
    ...body,
  })
  assert.equal(status, 201, text)
  return invoice
}

async function ubl(as: Caller, id: string): Promise<string> {
  const { status, text, headers } = await as('GET', `/invoices/${id}/ubl`)
  assert.equal(status, 200, text)
  assert.equal(headers.get('content-type'), 'application/xml; charset=utf-8')
  return text
}

test('UBL invoices of every kind hold to the schema and to the schematron of EN 16931', async () => {
  const { live } = await seller()
  const plain = await issued(live, { notes: 'Thank you.\nSee you.' })
  const many = await issued(live, {
    currency: 'UGX',
    items: ['0.333', '0.333', '0.334', 12.5].map((quantity) => ({
      description: 'x',
      quantity,
      unitAmount: 1000,
    })),
  })
  const hostile = await issued(
    live,
    {
      notes: '\u0001\ud83d\udca9 ]]> &amp; <x/>',
      items: [{ ...advice, description: '<b>&"\' \u202e\ufffe ዐማርኛ العربية' }],
    },
    { name: '\u0007', taxId: '\u0008<T>' },
  )
  const nothing = await issued(live, { items: [{ ...advice, unitAmount: 0 }] })
  const subscription = await subscribe(
    live,
    { billingAnchor: 'CALENDAR', startDate: '2025-12-15' },
    { customer: { ...land, timezone: 'Africa/Nairobi' } },
  )
  const [stub, whole] = await invoicesOf(live, subscription.id)
  const texts: string[] = []
  for (const { id } of [plain, many, hostile, nothing, stub, whole]) texts.push(await ubl(live, id))
  assert.deepEqual(
    faultsOf(texts),
    texts.map(() => []),
  )
  const [first = '', , , , part = '', period = ''] = texts
  assert.match(first, /<cbc:ID>INV-2026-000001<\/cbc:ID>/)
  assert.match(first, /<cbc:PayableAmount currencyID="KES">200\.00</)
  assert.match(first, /<cbc:CompanyID>P051234567X</)
  assert.match(part, /<cbc:StartDate>2025-12-15<\/cbc:StartDate>\s*<cbc:EndDate>2025-12-31</)
  assert.match(period, /<cbc:StartDate>2026-01-01<\/cbc:StartDate>\s*<cbc:EndDate>2026-01-31</)
  assert.match(period, /<cbc:PriceAmount currencyID="KES">49\.99</)
})

test('the schematron finds what is wrong: a total that its lines do not sum to, a country that is none', async () => {
  const { live } = await seller()
  const text = await ubl(live, (await issued(live)).id)
  const [total, country, order] = faultsOf([
    text.replace(/(LineExtensionAmount currencyID="KES">)200\.00/, '$1200.01'),
    text.replaceAll('>KE<', '>XY<'),
    text.replace(/<cbc:IssueDate>.*<\/cbc:IssueDate>/, ''),
  ])
  assert.match(total?.join() ?? '', /BR-CO-10/)
  assert.match(country?.join() ?? '', /BR-CL-14/)
  assert.match(order?.join() ?? '', /BR-03/)
})

test('an invoice has the same bytes as UBL whenever it is fetched, paid or not, whatever its customer is called since', async () => {
  const { live } = await seller()
  const invoice = await issued(live)
  const before = await ubl(live, invoice.id)
  await live('PATCH', `/customers/${invoice.customerId}`, { name: 'Another', country: 'UG' })
  await live('POST', `/invoices/${invoice.id}/mark-paid`, { paymentMethod: 'CASH' })
  server.clock.advance({ days: 1 })
  assert.equal(await ubl(live, invoice.id), before)
})

test('what the norm cannot express is refused with its reason', async () => {
  const { live } = await seller()
  const { live: bare } = await newTenant(server)
  const cases: [Caller, { id: string }, RegExp][] = [
    [live, await issued(live, { autoFinalize: false }), /draft/],
    [live, await issued(live, { currency: 'KWD' }), /KWD/],
    [live, await issued(live, {}, { country: undefined, address: undefined }), /the customer's country/],
    [bare, await issued(bare), /settings\.taxId/],
  ]
  for (const [as, { id }, reason] of cases) {
    const { status, body } = await as('GET', `/invoices/${id}/ubl`)
    assert.deepEqual([status, body.code], [409, 'invoice_not_electronic'])
    assert.match(body.message, reason)
  }
  const [[, foreign] = []] = [cases[0]]
  assert.equal((await bare('GET', `/invoices/${foreign?.id}/ubl`)).status, 404)
})
