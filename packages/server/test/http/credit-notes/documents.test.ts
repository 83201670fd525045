import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ElectronicInvoice, renderInvoiceUbl } from '../../../src/documents/index.ts'
import type { CreditNoteRow } from '../../../src/slices/credit-notes/index.ts'
import { ublOf } from '../../../src/slices/credit-notes/ubl.ts'
import { subscribe } from '../../billing-story.ts'
import { creditNote } from '../../credit-story.ts'
import { fetchFile, issuedByHand, land, newSeller, noPoppler, textOf } from '../../document-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { faultsOf } from '../../norm/validate.ts'
import { get } from '../../payment-story.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const xml = 'application/xml; charset=utf-8'
const pdf = 'application/pdf'

test(
  'the PDF of a credit note says what it credits, of which invoice, why and where it went, in the customer’s language',
  { skip: noPoppler },
  async () => {
    const { live, liveKey } = await newSeller(server)
    const invoice = await issuedByHand(live, {}, { locale: 'fr-CI' })
    await live('POST', `/invoices/${invoice.id}/mark-paid`, { paymentMethod: 'CASH' })
    const note = await creditNote(live, { invoiceId: invoice.id, amount: 30.5, reason: 'DUPLICATE' })
    const text = textOf(await fetchFile(server, `/credit-notes/${note.id}/pdf`, liveKey, pdf))
    for (const words of [
      'Avoir',
      'CN-2026-000001',
      'Rectifie la facture INV-2026-000001',
      'Motif Facturé deux fois',
      'Advice 30,50',
      'Total 30,50 KES',
      'Ajouté à votre solde 30,50',
      'P051234567X',
    ])
      assert.ok(text.includes(words), `${words} in ${text}`)
    assert.ok(!text.includes('Quantité') && !text.includes('Prix unitaire'), text)
  },
)

test(
  'a credit note of a change shows the units and the days that are given back',
  { skip: noPoppler },
  async () => {
    const { live, liveKey } = await newTenant(server)
    const subscription = await subscribe(live, { quantity: 5 })
    assert.equal((await live('PATCH', `/subscriptions/${subscription.id}`, { quantity: 2 })).status, 200)
    const [note] = (await get(live, `/credit-notes?subscriptionId=${subscription.id}`)).data
    const text = textOf(await fetchFile(server, `/credit-notes/${note.id}/pdf`, liveKey, pdf))
    assert.match(text, /Quantity Amount \(KES\)/)
    assert.match(text, /Pro 3 149\.97/)
    assert.match(text, /Order changed/)
    assert.match(text, /Jan 10 . Feb 9, 2026/u)
  },
)

test('a credit note has the same bytes when it is fetched again, whatever its customer is called since', async () => {
  const { live, liveKey, session } = await newSeller(server)
  const invoice = await issuedByHand(live)
  const note = await creditNote(live, { invoiceId: invoice.id, amount: 50 })
  const files = () =>
    Promise.all([
      fetchFile(server, `/credit-notes/${note.id}/pdf`, liveKey, pdf),
      fetchFile(server, `/credit-notes/${note.id}/ubl`, liveKey, xml),
      fetchFile(server, `/credit-notes/${note.id}/factur-x`, liveKey, pdf),
    ])
  const before = await files()
  await live('PATCH', `/customers/${invoice.customerId}`, { name: 'Another', country: 'UG', locale: 'ar' })
  await session('PATCH', '/tenants/me', { companyName: 'Other', settings: { brandColor: '#ff0000' } })
  server.clock.advance({ days: 1 })
  assert.deepEqual(await files(), before)
  await live('POST', `/credit-notes/${note.id}/void`)
  const [voided, ...electronic] = await files()
  assert.deepEqual(electronic, before.slice(1))
  assert.notDeepEqual(voided, before[0])
})

test('a signed link opens one credit note without a key until it expires, and no invoice', async () => {
  const { live, liveKey } = await newTenant(server)
  const invoice = await issuedByHand(live)
  const note = await creditNote(live, { invoiceId: invoice.id, amount: 50 })
  const linkOf = async (path: string) => {
    const answer = await fetch(`${server.api}${path}`, {
      headers: { authorization: `Bearer ${liveKey}`, accept: 'application/json' },
    })
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const { url, expiresAt } = (await answer.json()) as { url: string; expiresAt: string }
    return { path: new URL(url).pathname, expiresAt }
  }
  const link = await linkOf(`/credit-notes/${note.id}/pdf`)
  const other = await linkOf(`/invoices/${invoice.id}/pdf`)
  const open = (path: string) => fetch(`${server.origin}${path}`)
  const opened = await open(link.path)
  assert.deepEqual([opened.status, opened.headers.get('content-type')], [200, pdf])
  assert.match(opened.headers.get('content-disposition') ?? '', /CN-2026-000001\.pdf/)
  const tokenOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)
  for (const path of [
    `/api/documents/${tokenOf(link.path)}`,
    `/api/documents/credit-notes/${tokenOf(other.path)}`,
    `${link.path.slice(0, -6)}${link.path.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`,
  ])
    assert.equal((await open(path)).status, 404, path)
  const before = server.clock.now()
  server.clock.set(link.expiresAt)
  assert.equal((await open(link.path)).status, 404)
  server.clock.set(before.toString())
})

test('credit notes as UBL and as Factur-X hold to the schema and to the schematron of EN 16931, and refer to their invoice', async () => {
  const { live, liveKey } = await newSeller(server)
  const items = [10, 20.55, 0].map((unitAmount) => ({ description: '<b>&"\' ዐማርኛ', quantity: 1, unitAmount }))
  const invoice = await issuedByHand(live, { items })
  const byLine = await creditNote(live, {
    invoiceId: invoice.id,
    items: [{ lineId: invoice.items[1].id, amount: 0.05 }],
  })
  const byTotal = await creditNote(live, { invoiceId: invoice.id, amount: 30.49 })
  const subscription = await subscribe(
    live,
    { quantity: 5 },
    { customer: { ...land, timezone: 'Africa/Nairobi' } },
  )
  assert.equal((await live('PATCH', `/subscriptions/${subscription.id}`, { quantity: 2 })).status, 200)
  const [byChange] = (await get(live, `/credit-notes?subscriptionId=${subscription.id}`)).data
  const texts: string[] = []
  for (const { id } of [byLine, byTotal, byChange])
    texts.push((await fetchFile(server, `/credit-notes/${id}/ubl`, liveKey, xml)).toString())
  const facturX = await Promise.all(
    [byTotal, byChange].map(({ id }) => fetchFile(server, `/credit-notes/${id}/factur-x`, liveKey, pdf)),
  )
  assert.deepEqual(faultsOf([...texts, ...facturX]), [[], [], [], [], []])
  const [line = '', total = '', change = ''] = texts
  assert.match(line, /<cbc:CreditNoteTypeCode>381</)
  assert.match(line, new RegExp(`<cac:InvoiceDocumentReference>\\s*<cbc:ID>${invoice.number}</cbc:ID>`))
  assert.match(line, /<cbc:PayableAmount currencyID="KES">0\.05</)
  assert.match(total, /<cbc:PayableAmount currencyID="KES">30\.49</)
  assert.match(change, /<cbc:StartDate>2026-01-1\d<\/cbc:StartDate>\s*<cbc:EndDate>2026-02-/)
  const [wrong] = faultsOf([line.replace(/(PayableAmount currencyID="KES">)0\.05/, '$10.06')])
  assert.match(wrong?.join() ?? '', /BR-CO-16/)
})

test('each tax of a credit note goes to the rates of its invoice whose lines have it, and sums', async () => {
  const lines = [
    { net: '60.00', category: { 'cbc:ID': 'S', 'cbc:Percent': '16' } },
    { net: '40.00', category: { 'cbc:ID': 'S', 'cbc:Percent': '16' } },
    { net: '50.00', category: { 'cbc:ID': 'S', 'cbc:Percent': '8.5' } },
    { net: '30.00', category: { 'cbc:ID': 'E', 'cbc:Percent': '0' } },
    { net: '20.00', category: { 'cbc:ID': 'Z', 'cbc:Percent': '0' } },
  ] as const
  const kes = { 'cbc:TaxAmount@currencyID': 'KES', 'cbc:TaxableAmount@currencyID': 'KES' } as const
  const scheme = { 'cac:TaxScheme': { 'cbc:ID': 'VAT' } } as const
  const party = (name: string) => ({
    'cac:PostalAddress': { 'cac:Country': { 'cbc:IdentificationCode': 'KE' } } as const,
    'cac:PartyLegalEntity': { 'cbc:RegistrationName': name, 'cbc:CompanyID': 'KE1' },
  })
  const [first, ...rest] = lines.map(({ net, category }, index) => ({
    'cbc:ID': String(index + 1),
    'cbc:InvoicedQuantity': '1',
    'cbc:InvoicedQuantity@unitCode': 'C62' as const,
    'cbc:LineExtensionAmount': net,
    'cbc:LineExtensionAmount@currencyID': 'KES' as const,
    'cac:Item': { 'cbc:Name': 'x', 'cac:ClassifiedTaxCategory': { ...category, ...scheme } },
    'cac:Price': { 'cbc:PriceAmount': net, 'cbc:PriceAmount@currencyID': 'KES' as const },
  }))
  assert.ok(first)
  const subtotal = (id: 'S' | 'E' | 'Z', percent: string, net: string, tax: string) => ({
    ...kes,
    'cbc:TaxableAmount': net,
    'cbc:TaxAmount': tax,
    'cac:TaxCategory': {
      'cbc:ID': id,
      'cbc:Percent': percent,
      ...(id === 'E' ? { 'cbc:TaxExemptionReason': 'Exempt' } : {}),
      ...scheme,
    },
  })
  const invoice: ElectronicInvoice = {
    'ubl:Invoice': {
      'cbc:ID': 'INV-2026-000007',
      'cbc:IssueDate': '2026-01-10',
      'cbc:InvoiceTypeCode': '380',
      'cbc:DocumentCurrencyCode': 'KES',
      'cac:AccountingSupplierParty': {
        'cac:Party': { ...party('Seller'), 'cac:PartyTaxScheme': [{ 'cbc:CompanyID': 'KE1', ...scheme }] },
      },
      'cac:AccountingCustomerParty': { 'cac:Party': party('Buyer') },
      'cac:TaxTotal': [
        {
          'cbc:TaxAmount': '20.25',
          'cbc:TaxAmount@currencyID': 'KES',
          'cac:TaxSubtotal': [
            subtotal('S', '16', '100.00', '16.00'),
            subtotal('S', '8.5', '50.00', '4.25'),
            subtotal('E', '0', '30.00', '0.00'),
            subtotal('Z', '0', '20.00', '0.00'),
          ],
        },
      ],
      'cac:LegalMonetaryTotal': {
        'cbc:LineExtensionAmount': '200.00',
        'cbc:LineExtensionAmount@currencyID': 'KES',
        'cbc:TaxExclusiveAmount': '200.00',
        'cbc:TaxExclusiveAmount@currencyID': 'KES',
        'cbc:TaxInclusiveAmount': '220.25',
        'cbc:TaxInclusiveAmount@currencyID': 'KES',
        'cbc:PayableAmount': '220.25',
        'cbc:PayableAmount@currencyID': 'KES',
      },
      'cac:InvoiceLine': [first, ...rest],
    },
  }
  const credited = [1001n, 0n, 2500n, 333n, 0n].flatMap((minor, place) =>
    minor === 0n
      ? []
      : [
          {
            id: `n${place}`,
            lineId: `l${place}`,
            description: 'x',
            units: null,
            minor: String(minor + 1n),
            discount: '1',
            isDeferred: false,
            from: null,
            to: null,
          },
        ],
  )
  const vat = { code: 'vat', name: 'VAT', rate: '16', inclusive: false, category: 'STANDARD' } as const
  const reduced = { ...vat, code: 'reduced', rate: '8.5' }
  const someone = { name: 'x', email: null, taxId: 'KE1', country: 'KE', address: null }
  const note: CreditNoteRow = {
    id: 'note',
    number: 'CN-2026-000001',
    status: 'FINALIZED',
    invoice_id: 'invoice',
    customer_id: 'customer',
    subscription_id: null,
    currency: 'KES',
    reason: 'OTHER',
    subtotal_minor: 3837n,
    discount_minor: 3n,
    tax_minor: 373n,
    taxes: [
      { ...vat, base: '1001', amount: '160' },
      { ...reduced, base: '2500', amount: '213' },
    ],
    total_minor: 4207n,
    settled_minor: 4207n,
    refund_minor: 0n,
    balance_minor: 0n,
    bill_to: { ...someone, locale: null, timezone: 'UTC' },
    issuer: { ...someone, footer: null, brandColor: null },
    issued_at: '2026-02-01T00:00:00Z',
    voided_at: null,
    created_at: '2026-02-01T00:00:00Z',
    updated_at: '2026-02-01T00:00:00Z',
    lines: credited,
  }
  const terms = ublOf(
    note,
    invoice,
    [[vat], [vat], [reduced], null, null].map((taxes, place) => ({
      id: `l${place}`,
      taxes: taxes?.map((tax) => ({ ...tax, amount: '0' })) ?? null,
    })),
  )
  const [total] = terms['ubl:Invoice']['cac:TaxTotal']
  assert.deepEqual(
    total['cac:TaxSubtotal']?.map((one) => [one['cbc:TaxableAmount'], one['cbc:TaxAmount']]),
    [
      ['10.01', '1.60'],
      ['25.00', '2.13'],
      ['3.33', '0.00'],
    ],
  )
  assert.deepEqual(faultsOf([Buffer.from(await renderInvoiceUbl(terms)).toString()]), [[]])
})

test('a credit note whose invoice cannot be given so is refused, and another tenant’s is not found', async () => {
  const [{ live: bare }, { live }] = [await newTenant(server), await newSeller(server)]
  const invoice = await issuedByHand(bare)
  const { id } = await creditNote(bare, { invoiceId: invoice.id, amount: 1 })
  const { status, body } = await bare('GET', `/credit-notes/${id}/ubl`)
  assert.deepEqual([status, body.code], [409, 'invoice_not_electronic'])
  assert.match(body.message, /settings\.taxId/)
  for (const file of ['pdf', 'ubl'])
    assert.equal((await live('GET', `/credit-notes/${id}/${file}`)).status, 404)
})
