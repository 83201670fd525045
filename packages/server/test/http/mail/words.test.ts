import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asText } from '../../../src/slices/mail/letter.ts'
import { memberLetters } from '../../../src/slices/mail/member-letters.ts'
import { asHtml } from '../../../src/slices/mail/render.ts'
import { speechIn } from '../../../src/slices/mail/voice.ts'
import { wordsByLanguage } from '../../../src/slices/mail/words/index.ts'

/** `invoice.opening` → its holes, sorted. */
function holesOf(words: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of Object.entries(words)) {
    if (typeof value === 'string') {
      assert.notEqual(value.trim(), '', `${path}${name}`)
      found.set(
        `${path}${name}`,
        [...value.matchAll(/\{\w+\}/g)]
          .map(([hole]) => hole)
          .toSorted()
          .join(' '),
      )
    } else for (const [inner, holes] of holesOf(value, `${path}${name}.`)) found.set(inner, holes)
  }
  return found
}

test('each sentence has the same holes in all six languages, and no two languages share a sentence', () => {
  const languages = Object.keys(wordsByLanguage)
  assert.deepEqual(languages.toSorted(), ['am', 'ar', 'en', 'fr', 'pt', 'sw'])
  const english = holesOf(wordsByLanguage['en'] ?? {})
  assert.ok(english.size > 50)
  const openings = new Set<string>()
  for (const language of languages) {
    const words = wordsByLanguage[language]
    assert.ok(words)
    assert.deepEqual(holesOf(words), english, language)
    openings.add(words.invoice.opening)
  }
  assert.equal(openings.size, 6)
})

const sender = { name: 'NovaBilling', color: '#0b5fff', logo: null }
const expiresAt = Temporal.Instant.from('2026-12-01T10:00:00Z')
const url = 'https://billing.example.com/accept-invitation#token=abc'

test('names are text and nothing else: neither markup, nor a header, nor a change of direction', async () => {
  const name = 'Ada <img src=x onerror=alert(1)>\r\nBcc: all@example.com\u202e'
  const letter = memberLetters.invitation(speechIn('en'), { name, company: '"A" & <b>B</b>', url, expiresAt })
  const { html } = await asHtml(letter, { ...sender, name: '<script>1</script>' })
  assert.doesNotMatch(html, /<(img|b|script)\b/)
  assert.match(html, /Ada &lt;img src=x onerror=alert\(1\)&gt; Bcc: all@example\.com invites/)
  assert.match(html, /&lt;script&gt;1&lt;\/script&gt;/)
  assert.doesNotMatch(letter.subject, /[\r\n\u202e]/)
  assert.match(asText(letter), /Ada <img src=x onerror=alert\(1\)> Bcc: all@example\.com invites/)
})

test('Arabic runs from right to left with names kept apart, and a language without words is English', async () => {
  const arabic = memberLetters.invitation(speechIn('ar-EG'), { name: 'Ada', company: 'Acme', url, expiresAt })
  const { html } = await asHtml(arabic, sender)
  assert.match(html, /<html[^>]*lang="ar"[^>]*dir="rtl"/)
  assert.match(html, /\u2068Ada\u2069/)
  assert.doesNotMatch(arabic.subject, /[\u2068\u2069]/)
  const german = memberLetters.invitation(speechIn('de-DE'), { name: 'Ada', company: 'Acme', url, expiresAt })
  assert.equal(german.language, 'en')
  assert.match(german.subject, /Ada invites you to Acme/)
})

test('a logo is a part of the mail; an SVG, which few programs draw, gives way to the name', async () => {
  const letter = memberLetters.test(speechIn('en'))
  const bytes = Buffer.from('picture')
  const png = await asHtml(letter, { ...sender, logo: { type: 'image/png', bytes } })
  assert.match(png.html, /<img[^>]*src="cid:logo"/)
  assert.equal(png.picture?.id, 'logo')
  const svg = await asHtml(letter, { ...sender, logo: { type: 'image/svg+xml', bytes } })
  assert.equal(svg.picture, null)
  assert.doesNotMatch(svg.html, /<img/)
})

test('why an endpoint was switched off is said in each language, and as it was told where a mail is older', () => {
  const told = { url: 'https://example.com/hook', reason: 'It answered 500.', days: 3 }
  const because = (
    language: string,
    more: { why: 'GONE' | 'SILENT' | undefined; lastStatus: number | null },
  ) => memberLetters.webhookDisabled(speechIn(language), { ...told, ...more }).paragraphs[1] ?? ''
  const silent = { why: 'SILENT', lastStatus: 503 } as const
  assert.equal(because('en', silent), 'Nothing got through to it for 3 days. It answered 503 the last time.')
  const languages = ['en', 'fr', 'pt', 'sw', 'ar', 'am']
  for (const language of languages) {
    assert.match(because(language, silent), /3.*503/)
    assert.match(because(language, { why: 'GONE', lastStatus: 410 }), /410 Gone/)
    assert.doesNotMatch(because(language, { why: 'SILENT', lastStatus: null }), /null|[{}]/)
    assert.equal(because(language, { why: undefined, lastStatus: null }), told.reason)
  }
  assert.equal(new Set(languages.map((language) => because(language, silent))).size, languages.length)
})
