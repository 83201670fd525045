import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PDFDocument } from '@cantoo/pdf-lib'
import { invoicesOf, subscribe } from '../../billing-story.ts'
import { fetchFile, issuedByHand, land, newSeller, noPoppler, textOf } from '../../document-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { faultsOf } from '../../norm/validate.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const pdf = 'application/pdf'

test('Factur-X invoices of every kind hold to the schema and the schematron of their profile, and say what they are', async () => {
  const { live, liveKey } = await newSeller(server)
  const hostile = {
    items: [{ description: '<b>&"\' \u202e\ufffe ዐማርኛ العربية ]]>', quantity: '0.333', unitAmount: 1000 }],
    notes: 'Thank you.\nSee you.',
  }
  const plain = await issuedByHand(live)
  const odd = await issuedByHand(live, hostile, { name: '<x/> & co', locale: 'ar', taxId: '\u0008<T>' })
  const subscription = await subscribe(
    live,
    { billingAnchor: 'CALENDAR', quantity: 3 },
    { customer: { ...land, timezone: 'Africa/Nairobi', locale: 'am' } },
  )
  const [part] = await invoicesOf(live, subscription.id)
  const files = await Promise.all(
    [plain, odd, part].map(({ id }) => fetchFile(server, `/invoices/${id}/factur-x`, liveKey, pdf)),
  )
  assert.deepEqual(
    faultsOf(files),
    files.map(() => []),
  )
})

test('what is wrong in a Factur-X is found: other metadata, another relationship of its XML', async () => {
  const { live, liveKey } = await newSeller(server)
  const { id } = await issuedByHand(live)
  const file = await fetchFile(server, `/invoices/${id}/factur-x`, liveKey, pdf)
  const other = Buffer.from(file.toString('latin1').replaceAll('>EN 16931<', '>EN 16930<'), 'latin1')
  const plain = Buffer.from(file.toString('latin1').replaceAll('/Alternative', '/Unspecified'), 'latin1')
  const [metadata, relationship] = faultsOf([other, plain])
  assert.match(metadata?.join() ?? '', /EN 16930/)
  assert.match(relationship?.join() ?? '', /no factur-x\.xml that is an alternative/)
})

test(
  'a Factur-X is the invoice as it was issued, in the same bytes: paid, unpaid, whatever its customer is called since',
  { skip: noPoppler },
  async () => {
    const { live, liveKey } = await newSeller(server)
    const invoice = await issuedByHand(live)
    const fetch = () => fetchFile(server, `/invoices/${invoice.id}/factur-x`, liveKey, pdf)
    const before = await fetch()
    assert.match(textOf(before), /KES 200\.00 due/)
    await live('PATCH', `/customers/${invoice.customerId}`, { name: 'Another', country: 'UG' })
    await live('POST', `/invoices/${invoice.id}/mark-paid`, { paymentMethod: 'CASH' })
    server.clock.advance({ days: 1 })
    assert.deepEqual(await fetch(), before)
    const read = await PDFDocument.load(before, { updateMetadata: false })
    assert.equal(read.getCreationDate()?.toISOString(), '2026-01-10T00:00:00.000Z')
    assert.equal(read.getTitle(), 'Invoice INV-2026-000001')
  },
)

test('what the norm cannot express is refused with its reason, and another tenant’s invoice is not found', async () => {
  const [{ live }, { live: bare }] = [await newSeller(server), await newTenant(server)]
  const draft = await issuedByHand(live, { autoFinalize: false })
  const foreign = await issuedByHand(bare)
  const refusal = await live('GET', `/invoices/${draft.id}/factur-x`)
  assert.deepEqual([refusal.status, refusal.body.code], [409, 'invoice_not_electronic'])
  assert.match(refusal.body.message, /draft/)
  assert.match((await bare('GET', `/invoices/${foreign.id}/factur-x`)).body.message, /settings\.taxId/)
  assert.equal((await live('GET', `/invoices/${foreign.id}/factur-x`)).status, 404)
})
