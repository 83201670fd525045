import assert from 'node:assert/strict'
import { test } from 'node:test'
import { creditNote, everythingHolds } from '../../credit-story.ts'
import { fetchFile, issuedByHand, newSeller, noPoppler, textOf } from '../../document-story.ts'
import { startServer } from '../../harness.ts'
import { act } from '../../life-story.ts'
import { faultsOf } from '../../norm/validate.ts'

const server = await startServer({ start: '2026-01-10T09:00:00Z' })
const xml = 'application/xml; charset=utf-8'
const pdf = 'application/pdf'

/** A seller with taxes of every kind, and an invoice whose lines have them. */
async function taxedInvoice(customer: object = {}) {
  const { live, liveKey } = await newSeller(server)
  for (const tax of [
    { name: 'VAT', code: 'vat', rate: 16 },
    { name: 'Zero rated', code: 'zero', rate: 0 },
    { name: 'Within', code: 'within', rate: 8, inclusive: true },
    {
      name: 'Levied',
      code: 'levied',
      components: [
        { name: 'VAT', code: 'vat_part', rate: 15 },
        { name: 'NHIL', code: 'nhil', rate: 2.5 },
      ],
    },
  ])
    await act(live, '/taxes', tax, 201)
  const item = (unitAmount: number, taxCodes: string[]) => ({
    description: 'Advice',
    quantity: 1,
    unitAmount,
    taxCodes,
  })
  const items = [
    item(33.33, ['vat']),
    item(66.67, ['vat', 'zero']),
    item(10, ['zero']),
    item(7, []),
    item(9.99, ['levied']),
    item(54, ['within']),
  ]
  return { live, liveKey, invoice: await issuedByHand(live, { items }, customer) }
}

test('credit notes of taxed invoices hold to the norm, as UBL and as Factur-X, until nothing is left to credit', async () => {
  const { live, liveKey, invoice } = await taxedInvoice()
  const part = (place: number, amount: number) => ({ lineId: invoice.items[place].id, amount })
  const notes = [
    await creditNote(live, { invoiceId: invoice.id, items: [part(0, 11.11), part(4, 3.33)] }),
    await creditNote(live, { invoiceId: invoice.id, items: [part(1, 0.03), part(5, 0.04)] }),
    await creditNote(live, { invoiceId: invoice.id, amount: 50 }),
  ]
  const left = invoice.total - notes.reduce((sum, { total }) => sum + total, 0)
  notes.push(await creditNote(live, { invoiceId: invoice.id, amount: Number(left.toFixed(2)) }))
  const sumOf = (amounts: number[]) => Number(amounts.reduce((sum, amount) => sum + amount, 0).toFixed(2))
  for (const { code, amount } of invoice.taxes) {
    const credited = notes.flatMap(({ taxes }) => taxes.filter((tax: { code: string }) => tax.code === code))
    assert.equal(sumOf(credited.map((tax) => tax.amount)), amount, code)
  }
  const files = await Promise.all(
    ['ubl', 'factur-x'].flatMap((kind) =>
      notes.map(({ id }) =>
        fetchFile(server, `/credit-notes/${id}/${kind}`, liveKey, kind === 'ubl' ? xml : pdf),
      ),
    ),
  )
  const texts = files.map((file, index) => (index < notes.length ? file.toString() : file))
  assert.deepEqual(
    faultsOf(texts),
    texts.map(() => []),
  )
  assert.match(String(texts[0]), /<cbc:Percent>17\.5</)
  const taxed = await fetchFile(server, `/invoices/${invoice.id}/factur-x`, liveKey, pdf)
  assert.deepEqual(faultsOf([taxed]), [[]])
  await everythingHolds(server)
})

test('the PDF of a credit note prints each tax that it credits', { skip: noPoppler }, async () => {
  const { live, liveKey, invoice } = await taxedInvoice()
  const lineId = invoice.items[4].id
  const { id } = await creditNote(live, { invoiceId: invoice.id, items: [{ lineId, amount: 9.99 }] })
  const text = textOf(await fetchFile(server, `/credit-notes/${id}/pdf`, liveKey, pdf))
  for (const words of [/VAT.*15.*1\.50/, /NHIL.*2\.5.*0\.25/, /Total.*11\.74/]) assert.match(text, words)
})

test('a credit note of an invoice by reverse charge says so, and one whose customer has no number is refused', async () => {
  const taxTreatment = 'REVERSE_CHARGE'
  const { live, liveKey, invoice } = await taxedInvoice({ taxTreatment, taxId: 'P059999999Z' })
  const note = await creditNote(live, { invoiceId: invoice.id, amount: 12.34 })
  const text = (await fetchFile(server, `/credit-notes/${note.id}/ubl`, liveKey, xml)).toString()
  assert.match(text, /VATEX-EU-AE/)
  assert.deepEqual(faultsOf([text]), [[]])
  const nameless = await taxedInvoice({ taxTreatment })
  for (const file of ['ubl', 'factur-x']) {
    const { status, body } = await nameless.live('GET', `/invoices/${nameless.invoice.id}/${file}`)
    assert.deepEqual([status, body.code], [409, 'invoice_not_electronic'])
    assert.match(body.message, /the customer's taxId/)
  }
})
