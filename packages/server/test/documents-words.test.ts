import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type InvoiceDocument } from '../src/documents/index.ts'
import { labelsByLanguage, voiceOf } from '../src/documents/labels.ts'
import { plainText } from '../src/documents/plain-text.ts'
import { fonts, typeset, invoice, print, amounts, spaced } from './printed-story.ts'

test('each language has every word, with its placeholders, in glyphs we have', () => {
  const english: Readonly<Record<string, string>> = { ...labelsByLanguage['en'] }
  const slots = (text = '') => (text.match(/\{\w+\}/gu) ?? []).toSorted().join()
  assert.deepEqual(Object.keys(labelsByLanguage), ['en', 'fr', 'pt', 'sw', 'ar', 'am'])
  for (const [language, labels] of Object.entries(labelsByLanguage))
    for (const [key, label] of Object.entries(labels)) {
      assert.equal(slots(label), slots(english[key]), `${language} ${key}`)
      assert.equal(plainText(label, fonts.coverage).text, label, `${language} ${key}`)
    }
})

test('an unknown language speaks English in its region, and what is no locale speaks English', () => {
  assert.equal(voiceOf('de-DE').locale, 'en-DE')
  assert.equal(voiceOf('he').rightToLeft, false)
  assert.equal(voiceOf('not a locale').locale, 'en')
  assert.equal(voiceOf('fr-CI').labels.invoice, 'Facture')
})

// --- amounts and days

test('amounts have the decimals of their currency and the digits of their locale', () => {
  assert.deepEqual(amounts({}), ['152,542', '27,458', 'UGX 180,000', 'UGX 180,000'])
  assert.deepEqual(amounts({ currency: 'KES' }).slice(2), ['KES 1,800.00', 'KES 1,800.00'])
  assert.equal(amounts({ currency: 'KWD' })[2], 'KWD 180.000')
  assert.equal(amounts({ currency: 'XOF', locale: 'fr-CI' })[2], '180 000 XOF')
  assert.match(amounts({ currency: 'EGP', locale: 'ar-EG' })[2] ?? '', /١٬٨٠٠٫٠٠/u)
})

test('amounts are exact beyond what a float can count, at any size', () => {
  assert.equal(
    amounts({ currency: 'KES', totalMinor: 9_007_199_254_740_993n })[2],
    'KES 90,071,992,547,409.93',
  )
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), (minor) => {
      const [subtotal = '', , total = ''] = amounts({ subtotalMinor: minor, totalMinor: minor })
      for (const printed of [subtotal, total]) assert.equal(BigInt(printed.replaceAll(/[^\d-]/gu, '')), minor)
    }),
  )
})

test('a unit price keeps all its decimals, a quantity only those it has', () => {
  const line = { description: 'x', quantity: '12500.5', unitAmount: '0.000000012', amountMinor: 1n }
  const [printed] = print({ lines: [line], currency: 'KES' }).lines
  assert.deepEqual([printed?.quantity, printed?.unitPrice], ['12,500.5', '0.000000012'])
  assert.equal(print({ lines: [{ ...line, unitAmount: '5' }], currency: 'KES' }).lines[0]?.unitPrice, '5.00')
  assert.throws(() => print({ lines: [{ ...line, unitAmount: '1e9' }] }), RangeError)
})

test('a discount, a payment and a credit are taken off, and a rate is percent', () => {
  const changed = { discountMinor: 42n, paidMinor: 100n, creditedMinor: 7n }
  assert.deepEqual(amounts(changed).slice(1), ['-42', '27,458', 'UGX 180,000', '-100', '-7', 'UGX 180,000'])
  const tax = { name: 'TVA', rate: '19.25', baseMinor: 100n, amountMinor: 19n }
  assert.equal(print({ taxes: [tax] }).sums[1]?.label.text, 'TVA 19.25% on 100')
})

test('the days of a line are half-open and printed as people say them', () => {
  assert.equal(print().lines[0]?.days?.replaceAll(/[\u2009\u202f]/gu, ''), '1–31 Dec 2026')
  const oneDay = { description: 'x', quantity: '1', unitAmount: null, amountMinor: 1n, from: '2026-12-01' }
  for (const to of ['2026-12-01', '2026-12-02'])
    assert.equal(print({ lines: [{ ...oneDay, to }] }).lines[0]?.days, '1 Dec 2026')
  assert.equal(print({ locale: 'ar-SA-u-ca-islamic' }).date.year, 2026)
  assert.match(print({ locale: 'ar-SA-u-nu-latn' }).headline.text, /2026|٢٠٢٦/u)
})

// --- standing

test('the headline says what is due and when, or what happened', () => {
  const headline = (change: Partial<InvoiceDocument>) => spaced(print(change).headline.text)
  assert.equal(headline({}), 'UGX 180,000 due 14 Dec 2026')
  assert.equal(headline({ dueMinor: 5000n, paidMinor: 175_000n }), 'UGX 5,000 due 14 Dec 2026')
  assert.equal(
    headline({ status: 'PAID', paidOn: '2026-12-03', dueMinor: 0n }),
    'UGX 180,000 paid 3 Dec 2026',
  )
  for (const status of ['VOID', 'UNCOLLECTIBLE'] as const)
    assert.equal(headline({ status, dueMinor: 0n }), 'UGX 180,000')
  assert.equal(headline({ kind: 'CREDIT_NOTE', status: 'VOIDED' }), 'UGX 180,000')
  assert.equal(headline({ kind: 'CREDIT_NOTE', status: 'FINALIZED' }), 'UGX 180,000 credited')
})

test('a draft, a void and a paid invoice are stamped; a credit note asks for nothing', () => {
  assert.equal(print({ status: 'DRAFT', number: null }).watermark, 'Draft')
  assert.equal(print({ status: 'VOID' }).stamp?.text, 'Void')
  assert.deepEqual(print({ status: 'PAID' }).stamp, { text: 'Paid', tone: 'paid' })
  assert.equal(print().stamp, null)
  const note = print({ kind: 'CREDIT_NOTE', status: 'FINALIZED', correctsNumber: 'INV-1' })
  assert.deepEqual([note.payment, note.sums.at(-1)?.weight], [null, 'total'])
  assert.equal(print({ kind: 'CREDIT_NOTE', status: 'VOIDED' }).stamp?.text, 'Void')
  assert.ok(note.facts.some(({ value }) => value.text === 'INV-1'))
})

test('a link to pay is there while something is due, and leads to the web only', () => {
  assert.equal(print().payment?.url, 'https://pay.example/i/42')
  assert.match(Buffer.from(typeset(invoice)).toString('latin1'), /https:\/\/pay\.example\/i\/42/u)
  for (const paymentUrl of ['javascript:alert(1)', 'file:///etc/passwd', 'pay', ''])
    assert.equal(print({ paymentUrl }).payment, null)
  for (const status of ['DRAFT', 'PAID', 'VOID', 'UNCOLLECTIBLE'] as const)
    assert.equal(print({ status }).payment, null)
  assert.equal(print({ dueMinor: 0n }).payment, null)
})

test('a brand colour too light to read is not used for words, and a wrong one not at all', () => {
  assert.deepEqual(print({ brandColor: '#FDE047' }).brand, {
    accent: '#fde047',
    text: '#1a1f36',
    onAccent: '#1a1f36',
  })
  assert.equal(print({ brandColor: 'red; }' }).brand.accent, '#1a1f36')
})
