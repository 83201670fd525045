import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import fc from 'fast-check'
import { logoOf } from '../src/documents/index.ts'
import { plainText } from '../src/documents/plain-text.ts'
import {
  folder,
  fonts,
  typeset,
  noPoppler,
  invoice,
  print,
  digest,
  poppler,
  textOf,
  png,
  fontNamedNotoSans,
} from './printed-story.ts'

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
