import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { XmlError, readXml, textIn, writeXml } from '../src/xml.ts'

test('what is written is read back as it was, whatever its text', () => {
  const textual = fc.string({ unit: 'binary' }).map((text) =>
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex -- XML has no place for them
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\r]/g, '')
      .trim(),
  )
  fc.assert(
    fc.property(textual, textual, (one, other) => {
      const read = readXml(`<?xml version="1.0"?>${writeXml({ a: { b: [one, other], c: undefined } })}`)
      assert.deepEqual(
        read.children.map(({ name, text }) => [name, text.trim()]),
        [
          ['b', one],
          ['b', other],
        ],
      )
    }),
  )
})

test('prefixes are left out, and sections of plain text are text', () => {
  const read = readXml('<s:Envelope xmlns:s="urn:x"><s:Body> <r><![CDATA[a < b]]></r></s:Body></s:Envelope>')
  assert.equal(textIn(read, 'Body', 'r'), 'a < b')
  assert.equal(textIn(read, 'Body', 'nothing', 'there'), undefined)
})

const bombs: Readonly<Record<string, string>> = {
  'entities of entities': `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "${'&a;'.repeat(100)}"><!ENTITY c "${'&b;'.repeat(100)}">]><x>&c;</x>`,
  'a file of the machine': '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>',
  'an address elsewhere': '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/evil.dtd"><x/>',
  'a document type in small letters': '<!doctype x><x/>',
  'an entity of nobody': '<x>&unknown;</x>',
  'elements without an end': '<x>'.repeat(100_000),
  depth: `${'<x>'.repeat(40)}${'</x>'.repeat(40)}`,
  'too many elements': `<x>${'<y/>'.repeat(20_000)}</x>`,
  'no XML': 'OK',
  nothing: '',
  'two roots': '<x/><y/>',
  'ends that cross': '<x><y></x></y>',
  'an end that is cut off': '<x></x',
}
for (const [name, text] of Object.entries(bombs)) {
  test(`XML is refused at once: ${name}`, () => {
    const before = performance.now()
    assert.throws(() => readXml(text), XmlError)
    assert.ok(performance.now() - before < 1000)
  })
}
