import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { labelsByLanguage } from '../src/documents/labels.ts'
import { invoicesOf, subscribe } from './billing-story.ts'
import { creditNote } from './credit-story.ts'
import { land, newSeller } from './document-story.ts'
import { startServer } from './harness.ts'

const server = await startServer()
const root = join(import.meta.dirname, '../../..')
const page = await readFile(join(root, 'docs/documents.md'), 'utf8')
const noShell = process.platform === 'win32' ? 'needs a POSIX shell' : false

test('every command of the page on documents works as it stands', { skip: noShell }, async () => {
  const tenant = await newSeller(server)
  const subscription = await subscribe(tenant.live, {}, { customer: land })
  const [invoice] = await invoicesOf(tenant.live, subscription.id)
  const note = await creditNote(tenant.live, { invoiceId: invoice.id, amount: 12.5 })
  const blocks = Array.from(page.matchAll(/```sh\n([^]*?)```/g), (match) => match[1] ?? '')
  assert.equal(blocks.length, 5)
  const folder = await mkdtemp(join(tmpdir(), 'novabilling-documents-page-'))
  try {
    const program = join(root, 'packages/server/src/main.ts')
    const own = `set -eu\nnovabilling() { "${process.execPath}" "${program}" "$@"; }`
    const { stdout } = await promisify(execFile)('sh', ['-c', [own, ...blocks].join('\n')], {
      cwd: folder,
      env: {
        ...process.env,
        API: server.api,
        KEY: tenant.liveKey,
        TOKEN: tenant.accessToken,
        INVOICE: invoice.id,
        NOTE: note.id,
      },
    })
    assert.deepEqual(stdout.trim().split('\n'), [
      `${invoice.number} comes to 4999 minor units of KES: every figure follows.`,
      `${note.number} comes to 1250 minor units of KES: every figure follows.`,
    ])
    for (const file of ['invoice.pdf', 'credit-note.pdf', 'factur-x.pdf'])
      assert.match((await readFile(join(folder, file))).toString('latin1', 0, 5), /^%PDF-/, file)
    for (const [file, kind] of [
      ['invoice.xml', 'Invoice'],
      ['credit-note.xml', 'CreditNote'],
    ] as const)
      assert.match(await readFile(join(folder, file), 'utf8'), new RegExp(`<${kind} xmlns=`), file)
    const { url } = JSON.parse(await readFile(join(folder, 'link.json'), 'utf8'))
    assert.match(url, /\/api\/documents\//)
    const { settings } = JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))
    assert.match(settings.logo, /^data:image\/svg\+xml;base64,/)
    assert.deepEqual(settings.fiscalFields, [{ label: 'RCCM', value: 'CI-ABJ-2026-B-1' }])
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the page names every language that has words', () => {
  const english = new Intl.DisplayNames('en', { type: 'language' })
  for (const language of Object.keys(labelsByLanguage))
    assert.ok(page.includes(english.of(language) ?? language), language)
})
