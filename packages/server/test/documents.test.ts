import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { crc32, deflateSync } from 'node:zlib'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import fc from 'fast-check'
import { loadFonts } from '../src/documents/fonts.ts'
import { type InvoiceDocument, createRenderer, logoOf, renderInvoicePdf } from '../src/documents/index.ts'
import { labelsByLanguage, voiceOf } from '../src/documents/labels.ts'
import { plainText } from '../src/documents/plain-text.ts'
import { printInvoice } from '../src/documents/printed-invoice.ts'
import { createTypesetter } from '../src/documents/typeset.ts'
import { Refusal } from '../src/refusal.ts'

const folder = mkdtempSync(join(tmpdir(), 'novabilling-documents-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const fonts = loadFonts()
const typeset = createTypesetter()
const noProc = process.platform === 'linux' ? false : 'needs /proc'
const pdftotext = 'pdftotext'
const noPoppler = spawnSync(pdftotext, ['-v']).error ? 'pdftotext is not installed' : false

const invoice: InvoiceDocument = {
  kind: 'INVOICE',
  number: 'INV-2026-000042',
  status: 'PENDING',
  currency: 'UGX',
  locale: 'en-UG',
  issuedOn: '2026-11-30',
  dueOn: '2026-12-14',
  paidOn: null,
  from: { name: 'Nile Software', address: ['Kampala Road 12', 'Kampala'], taxId: '1001234567' },
  billTo: { name: 'Acacia Traders', address: ['Market Street 4', 'Jinja'], email: 'accounts@acacia.example' },
  lines: [
    {
      description: 'Growth plan',
      quantity: '1',
      unitAmount: '150000',
      amountMinor: 150_000n,
      from: '2026-12-01',
      to: '2027-01-01',
    },
    { description: 'API calls', quantity: '12500.5', unitAmount: '0.2034', amountMinor: 2542n },
  ],
  subtotalMinor: 152_542n,
  discountMinor: 0n,
  taxes: [{ name: 'VAT', rate: '18', baseMinor: 152_542n, amountMinor: 27_458n }],
  totalMinor: 180_000n,
  paidMinor: 0n,
  creditedMinor: 0n,
  dueMinor: 180_000n,
  paymentUrl: 'https://pay.example/i/42',
}

const print = (change: Partial<InvoiceDocument> = {}) => printInvoice({ ...invoice, ...change }, fonts)
const amounts = (change: Partial<InvoiceDocument>) => print(change).sums.map(({ amount }) => spaced(amount))
const spaced = (text: string) => text.replaceAll(/[\u00a0\u202f]/gu, ' ')
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

function poppler(program: string, pdf: Uint8Array, ...options: string[]): string {
  const path = join(folder, `${digest(pdf)}.pdf`)
  writeFileSync(path, pdf)
  return execFileSync(program, program === 'pdfinfo' ? [path] : [...options, path, '-'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

/** The text of a PDF as a reader copies it, without the places where a long word may break. */
const textOf = (pdf: Uint8Array) =>
  poppler('pdftotext', pdf)
    .normalize('NFKC')
    .replaceAll(/[\u200b\u2068\u2069]/gu, '')

// --- the same bytes

test('a document gives the same bytes in another process, zone, language and with other fonts on the machine', () => {
  const home = join(folder, 'home')
  mkdirSync(join(home, '.fonts'), { recursive: true })
  writeFileSync(join(home, '.fonts', 'other.ttf'), fontNamedNotoSans())
  const program = `
    import { createTypesetter } from ${JSON.stringify(new URL('../src/documents/typeset.ts', import.meta.url).href)}
    import { createHash } from 'node:crypto'
    const document = JSON.parse(${JSON.stringify(JSON.stringify(invoice, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)))},
      (_, value) => typeof value === 'string' && /^\\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value)
    const typeset = createTypesetter()
    typeset({ ...document, number: 'another first' })
    process.stdout.write(createHash('sha256').update(typeset(document)).digest('hex'))`
  const elsewhere = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    env: {
      ...process.env,
      TZ: 'America/Los_Angeles',
      LANG: 'ar_EG.UTF-8',
      LC_ALL: 'ar_EG.UTF-8',
      HOME: home,
    },
  })
  assert.equal(elsewhere, digest(typeset(invoice)))
  assert.equal(digest(typeset(invoice)), digest(typeset(structuredClone(invoice))))
  assert.notEqual(digest(typeset({ ...invoice, number: 'INV-2026-000043' })), digest(typeset(invoice)))
})

test('a document is PDF/A-3a, dated by the day of its issue', { skip: noPoppler }, () => {
  const pdf = typeset(invoice)
  const source = Buffer.from(pdf).toString('latin1')
  assert.match(source, /<pdfaid:part>3<\/pdfaid:part><pdfaid:conformance>A<\/pdfaid:conformance>/u)
  assert.match(source, /2026-11-30T00:00:00/u)
  assert.match(poppler('pdfinfo', pdf), /Tagged: +yes/u)
  assert.match(poppler('pdfinfo', pdf), /\(A4\)/u)
  assert.match(poppler('pdfinfo', typeset({ ...invoice, paper: 'us-letter' })), /\(letter\)/u)
})

// --- any script

test('names in any script come out as the text they are', { skip: noPoppler }, () => {
  const names = ['አበበ በቀለ', 'Владимир Ильин', 'Ελένη', '深圳市华强贸易', 'Đặng Thị Ánh', 'Ọlárìńdé', 'हिन्दी']
  const text = textOf(typeset({ ...invoice, billTo: { name: 'x', address: names } }))
  for (const name of names) assert.ok(text.includes(name.normalize('NFKC')), `${name} in ${text}`)
  // pdftotext gives these in the order in which they are seen or read, by version, so only the letters are compared.
  const letters = (from: string) =>
    Array.from(from.replaceAll(/[^\p{Script=Arabic}\p{Script=Hebrew}]/gu, ''))
      .toSorted()
      .join('')
  for (const name of ['محمد سعيد', 'שלום עולם'])
    assert.equal(letters(textOf(typeset({ ...invoice, notes: name }))), letters(name))
})

test('PDF/A refuses a missing glyph, so a document that is set has none', () => {
  const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontBlobs: [...fonts.files] }] })
  const families = fonts.families.map((family) => JSON.stringify(family)).join(', ')
  const set = (text: string) =>
    compiler.pdf(
      {
        mainFileContent: `#set document(title: "t", date: datetime(year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0))
#set text(font: (${families}), fallback: false, lang: "en")
#${JSON.stringify(text)}`,
      },
      { pdfStandard: 'a-3a' },
    )
  assert.ok(set('abc').length > 1000)
  assert.throws(() => set('𓀍'), /could not be displayed/u)
})

test('every character of Unicode can stand in a document', () => {
  for (let first = 0; first < 0x11_00_00; first += 4096) {
    if (first >= 0x4_00_00 && first < 0xe_00_00) continue // unassigned planes
    const notes = Array.from({ length: 4096 }, (_, index) => String.fromCodePoint(first + index)).join(' ')
    assert.ok(typeset({ ...invoice, lines: [], notes }).length > 1000)
  }
})

test('any sequence of characters can stand in any field', () => {
  const marks = fc.constantFrom(
    '\u0301',
    '\u064b',
    '\u1dc0',
    '\u20f0',
    '\ufe0f',
    '\u200d',
    '\u0903',
    '\u05b0',
  )
  const letters = fc.constantFrom(
    'a',
    'ب',
    'አ',
    '中',
    'ש',
    'क',
    '👍',
    '𓀍',
    '\ue000',
    '\ud800',
    '"',
    '\\',
    '#',
    ']',
  )
  const words = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.array(fc.oneof(marks, letters), { maxLength: 60 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(
      fc.array(words, { minLength: 6, maxLength: 6 }),
      ([a = '', b = '', c = '', d = '', e = '', f = '']) => {
        const pdf = typeset({
          ...invoice,
          number: a,
          from: { name: b, address: [c, d], taxId: e, email: f },
          billTo: { name: f, address: [a], taxId: b, email: c },
          lines: [{ description: d, quantity: '1', unitAmount: null, amountMinor: 1n }],
          taxes: [{ name: e, rate: '7.5', baseMinor: 1n, amountMinor: 1n }],
          notes: a,
          footer: b,
          fiscal: [{ label: c, value: d }],
        })
        assert.ok(pdf.length > 1000)
      },
    ),
    { numRuns: 60 },
  )
})

test('a character without a glyph is shown as missing, a pictograph is left out, a stray mark does no harm', () => {
  const plain = (text: string) => plainText(text, fonts.coverage).text
  assert.equal(plain('Bureau 𓀍 Ltd'), 'Bureau \ufffd Ltd')
  assert.equal(plain('Party 🎉🇺🇬 pack'), 'Party pack')
  assert.equal(plain('ب\u1dc0'), 'ب')
  assert.equal(plain('e\u0301'), 'é')
})

// --- directions and languages

test(
  'an Arabic invoice is mirrored: it starts on the right, and amounts stand on the left',
  { skip: noPoppler },
  () => {
    const places = (locale: string) => {
      const boxes = poppler('pdftotext', typeset({ ...invoice, locale, currency: 'EGP' }), '-bbox')
      const left = (word: string) =>
        Number(Array.from(boxes.matchAll(new RegExp(`xMin="([\\d.]+)"[^>]*>${word}<`, 'gu'))).at(-1)?.[1])
      return { plan: left('Growth'), currency: left('\\(?EGP\\)?'), seller: left('Kampala') }
    }
    const english = places('en')
    const arabic = places('ar')
    assert.ok(english.plan < 100 && english.currency > 300, JSON.stringify(english))
    assert.ok(arabic.plan > 300 && arabic.currency < 200, JSON.stringify(arabic))
    assert.ok(english.seller < 200 && arabic.seller > 300, JSON.stringify({ english, arabic }))
  },
)

test('a name keeps its own direction in an invoice of the other', () => {
  assert.equal(print({ from: { name: 'شركة (مصر)', address: [] } }).from.name.rightToLeft, true)
  assert.equal(print({ locale: 'ar' }).from.name.rightToLeft, false)
  assert.equal(print({ locale: 'ar' }).headline.rightToLeft, true)
})

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

// --- long and hostile

test('500 lines run over pages, each with the head of the table and its number', { skip: noPoppler }, () => {
  const lines = Array.from({ length: 500 }, (_, index) => ({
    description: `Seat ${index + 1}.`,
    quantity: '1',
    unitAmount: '1',
    amountMinor: 1n,
  }))
  const pages = textOf(typeset({ ...invoice, lines }))
    .split('\f')
    .slice(0, -1)
  assert.ok(pages.length > 10)
  for (const [index, page] of pages.entries()) {
    assert.match(page, /Description\s+Quantity\s+Unit price\s+Amount \(UGX\)/u)
    assert.ok(page.includes(`Page ${index + 1} of ${pages.length}`))
  }
  for (const { description } of lines)
    assert.ok(
      pages.some((page) => page.includes(description)),
      description,
    )
})

test('markup, code and turned reading order in a text are only text', { skip: noPoppler }, () => {
  const hostile = [
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd") #panic()',
    '*bold* _soft_ `raw` $x^2$ <label> @ref',
    '= Heading // comment /* more */ \\ ] } ) "',
    '{page} of {pages} {amount}',
  ]
  const description = hostile.join('\n')
  const text = textOf(
    typeset({
      ...invoice,
      number: hostile[4] ?? null,
      from: { name: hostile[0] ?? '', address: hostile, taxId: hostile[1] ?? null },
      lines: [{ description, quantity: '1', unitAmount: null, amountMinor: 1n }],
      notes: `${description}\ninvoice\u202efdp.exe\u0000\u0007end`,
    }),
  )
  for (const line of hostile) assert.ok(text.split(line).length > 2, `${line} in ${text}`)
  assert.match(text, /invoicefdp\.exe end/u)
})

test('a text of 10 kB breaks over pages and loses nothing', { skip: noPoppler }, () => {
  const description = '#{'.repeat(5000)
  const text = textOf(
    typeset({ ...invoice, lines: [{ description, quantity: '1', unitAmount: '1', amountMinor: 1n }] }),
  )
  assert.equal(text.match(/#/gu)?.length, 5000)
})

test('a logo is drawn; one that is broken, huge or reaches out leaves the invoice as it is without', () => {
  const plain = digest(typeset(invoice))
  const withLogo = (type: string, content: string | Buffer) => {
    const logo = logoOf(`data:${type};base64,${Buffer.from(content).toString('base64')}`)
    assert.ok(logo)
    return digest(typeset({ ...invoice, logo }))
  }
  const svg = (content: string) =>
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">${content}</svg>`
  assert.notEqual(withLogo('image/png', png(4, 4)), plain)
  assert.notEqual(withLogo('image/svg+xml', svg('<rect width="9" height="9"/>')), plain)

  assert.equal(withLogo('image/png', png(4, 4).subarray(0, 40)), plain)
  assert.equal(withLogo('image/png', png(100_000, 100_000)), plain)
  assert.equal(withLogo('image/jpeg', 'not a picture'), plain)
  assert.equal(withLogo('image/svg+xml', '<svg'), plain)
  assert.equal(withLogo('image/svg+xml', svg('<image href="file:///etc/passwd"/>')), plain)
  assert.equal(withLogo('image/svg+xml', svg('<image xlink:href="invoice.json"/>')), plain)
  assert.equal(withLogo('image/svg+xml', svg('<text>in a font of the machine</text>')), plain)
  assert.equal(withLogo('image/svg+xml', `<!DOCTYPE svg [<!ENTITY a "b">]>${svg('&a;')}`), plain)
  for (const url of ['https://x.example/logo.png', 'data:text/html;base64,AAAA', '', null])
    assert.equal(logoOf(url), null)
})

// --- the process

test('a document is set off the event loop and comes out as it does on it', async () => {
  const before = performance.eventLoopUtilization()
  const pdfs = await Promise.all(
    Array.from({ length: 40 }, (_, index) => renderInvoicePdf({ ...invoice, number: `INV-${index}` })),
  )
  assert.ok(performance.eventLoopUtilization(before).utilization < 0.5)
  assert.equal(digest(pdfs[7] ?? new Uint8Array()), digest(typeset({ ...invoice, number: 'INV-7' })))
})

test('a document that cannot be set fails alone', async () => {
  const [broken, next] = await Promise.allSettled([
    renderInvoicePdf({ ...invoice, dueOn: '2026-02-31' }),
    renderInvoicePdf(invoice),
  ])
  assert.equal(broken.status, 'rejected')
  assert.equal(next.status, 'fulfilled')
})

test('more documents than may wait are refused as overloaded', async () => {
  const renderer = createRenderer({ mostWaiting: 2 })
  const [first, second, third, fourth] = await Promise.allSettled(
    Array.from({ length: 4 }, () => renderer.render(invoice)),
  )
  assert.deepEqual([first?.status, second?.status, third?.status], ['fulfilled', 'fulfilled', 'fulfilled'])
  assert.ok(fourth?.status === 'rejected' && fourth.reason instanceof Refusal && fourth.reason.status === 503)
  renderer.close()
})

test('a document that takes too long loses its process, and the next one gets a fresh one', async () => {
  const lines = Array.from({ length: 60_000 }, () => ({
    description: 'x',
    quantity: '1',
    unitAmount: null,
    amountMinor: 1n,
  }))
  const renderer = createRenderer({ timeoutMs: 1500 })
  const [slow, next] = await Promise.allSettled([
    renderer.render({ ...invoice, lines }),
    renderer.render(invoice),
  ])
  assert.ok(slow.status === 'rejected' && /longer than 1500 ms/u.test(String(slow.reason)))
  assert.equal(next.status, 'fulfilled')
  renderer.close()
})

test('a picture that ends the process costs the invoice its logo and nothing else', async () => {
  const renderer = createRenderer()
  const nested = `<svg xmlns="http://www.w3.org/2000/svg">${'<g>'.repeat(60_000)}${'</g>'.repeat(60_000)}</svg>`
  const logo = { type: 'image/svg+xml', bytes: Buffer.from(nested) } as const
  const [hostile, next] = await Promise.all([renderer.render({ ...invoice, logo }), renderer.render(invoice)])
  assert.equal(digest(hostile), digest(next))
  renderer.close()
})

test(
  'the compiler starts with the first document, in a process of its own without our secrets',
  { skip: noProc },
  async () => {
    const program = `
    import { renderInvoicePdf } from ${JSON.stringify(new URL('../src/documents/index.ts', import.meta.url).href)}
    import { readFileSync } from 'node:fs'
    const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').split(' ').filter(Boolean)
    const before = children().length
    const { length } = await renderInvoicePdf({ kind: 'INVOICE', number: 'I', status: 'PENDING', currency: 'UGX', locale: 'en',
      issuedOn: '2026-11-30', dueOn: null, paidOn: null, from: { name: 'A', address: [] }, billTo: { name: 'B', address: [] },
      lines: [], subtotalMinor: 0n, discountMinor: 0n, taxes: [], totalMinor: 0n, paidMinor: 0n, creditedMinor: 0n, dueMinor: 0n })
    const [child] = children()
    const environment = readFileSync('/proc/' + child + '/environ', 'utf8')
    const hasCompiler = readFileSync('/proc/self/maps', 'utf8').includes('typst')
    console.log(JSON.stringify({ before, child, hasCompiler, knows: environment.includes('a-secret'), isPdf: length > 1000 }))`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 20_000,
      env: { ...process.env, JWT_SECRET: 'a-secret' },
    })
    assert.equal(run.signal, null, 'an idle renderer must let its process end')
    const { child, ...seen }: { child?: string } = JSON.parse(run.stdout || '{}')
    assert.deepEqual(seen, { before: 0, hasCompiler: false, knows: false, isPdf: true }, run.stderr)
    await until(() => !isAlive(Number(child)), 'the process that sets documents must end with its parent')
  },
)

test('memory does not grow with the documents that were set', async () => {
  const set = async (from: number, count: number) => {
    for (let index = from; index < from + count; index++) {
      typeset({ ...invoice, number: `INV-${index}`, totalMinor: BigInt(index * 7919) })
      await nextTurn()
    }
    return process.memoryUsage.rss()
  }
  // The heap finds its size over the first hundreds; a leak of a document's size would go on growing after.
  await set(0, 400)
  const before = await set(400, 200)
  const later = await set(600, 400)
  assert.ok(later - before < 60_000_000, `${((later - before) / 1e6).toFixed(0)} MB more after 400 documents`)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function until(condition: () => boolean, message: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (condition()) return
    await delay(50)
  }
  assert.fail(message)
}

/** A PNG of the given size by its head; only a small one holds its pixels. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), content])
    const framed = Buffer.alloc(body.length + 8)
    framed.writeUInt32BE(content.length)
    body.copy(framed, 4)
    framed.writeUInt32BE(crc32(body), body.length + 4)
    return framed
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0])
  head.writeUInt32BE(width)
  head.writeUInt32BE(height, 4)
  const pixels = Buffer.alloc(Math.min(height, 8) * (1 + 3 * Math.min(width, 8)))
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** The Hebrew font under the name of our first one: drawn with it, an invoice would have no Latin letters. */
function fontNamedNotoSans(): Buffer {
  const path = '@expo-google-fonts/noto-sans-hebrew/400Regular/NotoSansHebrew_400Regular.ttf'
  const font = readFileSync(createRequire(import.meta.url).resolve(path))
  for (let table = 12; table < 12 + font.readUInt16BE(4) * 16; table += 16) {
    if (font.toString('latin1', table, table + 4) !== 'name') continue
    const names = font.readUInt32BE(table + 8)
    for (let index = 0; index < font.readUInt16BE(names + 2); index++) {
      const name = names + 6 + index * 12
      if (font.readUInt16BE(name + 6) === 1) font.writeUInt16BE('Noto Sans'.length * 2, name + 8)
    }
  }
  return font
}
