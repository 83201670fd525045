import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { customerMail } from '../src/slices/mail/index.ts'
import { mailKinds } from '../src/slices/mail/kinds.ts'
import { wordsByLanguage } from '../src/slices/mail/words/index.ts'
import { newTenant, startServer } from './harness.ts'
import { startMailServer } from './mail-server.ts'
import { unpaidInvoice } from './payment-story.ts'

const post = await startMailServer()
const server = await startServer({ settings: { SMTP_URL: post.url, WEBHOOK_TARGETS: 'any' } })
const page = await readFile(join(import.meta.dirname, '../../../docs/mail.md'), 'utf8')
const noShell = process.platform === 'win32' ? 'needs a POSIX shell' : false

test('every command of the page on mail works as it stands', { skip: noShell }, async () => {
  const tenant = await newTenant(server)
  const { invoice } = await unpaidInvoice(tenant.live)
  const { body: mail } = await tenant.live('POST', `/invoices/${invoice.id}/send-email`, {})
  const blocks = Array.from(page.matchAll(/```sh\n([^]*?)```/g), (match) => match[1] ?? '')
  assert.equal(blocks.length, 4)
  // The reader's own mail server is ours here, and everybody else's name is no host.
  const script = blocks
    .join('\n')
    .replace('smtp.acme.example', '127.0.0.1')
    .replace('"port":465', `"port":${post.port},"secure":false`)
  const { API, KEY, TOKEN } = { API: server.api, KEY: tenant.liveKey, TOKEN: tenant.accessToken }
  const { stdout } = await promisify(execFile)('sh', ['-c', `set -eu\n${script}`], {
    env: { ...process.env, API, KEY, TOKEN, INVOICE: invoice.id, MAIL: mail.id },
  })
  assert.match(stdout, /The mail server took the mail for me@acme\.example/)
  const { settings } = (await tenant.session('GET', '/tenants/me')).body
  assert.deepEqual(settings.emails, {
    trialEnding: false,
    reminderDays: 5,
    replyTo: 'billing@acme.example',
    language: 'fr',
  })
  while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)
  const asked = post.received.find(({ to }) => [to].flat()[0]?.text === 'accounts@kazi.example')
  assert.equal(asked?.subject, `Facture ${invoice.number} de Acme`)
  assert.equal(asked?.from?.text, '"Acme" <billing@acme.example>')
})

test('the page names every language that has words, and every kind of mail', () => {
  const english = new Intl.DisplayNames('en', { type: 'language' })
  for (const language of Object.keys(wordsByLanguage))
    assert.ok(page.includes(english.of(language) ?? language), language)
  for (const kind of mailKinds) assert.ok(page.includes(`| \`${kind}\``), kind)
})
