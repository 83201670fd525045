import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { newCustomer, subscribe } from './billing-story.ts'
import { newTenant, startServer } from './harness.ts'
import { guestOf } from './hosted-story.ts'
import { get } from './payment-story.ts'

const server = await startServer()
const page = await readFile(join(import.meta.dirname, '../../../docs/hosted-pages.md'), 'utf8')
const noShell = process.platform === 'win32' ? 'needs a POSIX shell' : false

test('every command of the page on hosted pages works as it stands', { skip: noShell }, async () => {
  const tenant = await newTenant(server)
  const customer = await newCustomer(tenant.test, { currency: 'KES' })
  const subscription = await subscribe(tenant.test, { customerId: customer.id })
  const invoice = (await get(tenant.test, `/invoices?subscriptionId=${subscription.id}`)).data[0]
  const blocks = Array.from(page.matchAll(/```sh\n([^]*?)```/g), (match) => match[1] ?? '')
  assert.equal(blocks.length, 3)
  const folder = await mkdtemp(join(tmpdir(), 'novabilling-hosted-page-'))
  try {
    await promisify(execFile)('sh', ['-c', ['set -eu', ...blocks].join('\n')], {
      cwd: folder,
      env: {
        ...process.env,
        API: server.api,
        KEY: tenant.testKey,
        TOKEN: tenant.accessToken,
        INVOICE: invoice.id,
        CUSTOMER: customer.id,
      },
    })
    const made = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'))
    const paying = guestOf(server, (await made('invoice.json')).hostedUrl)
    assert.equal((await paying('GET', '/hosted/pay')).body.invoice.number, invoice.number)
    const portal = await guestOf(server, (await made('link.json')).url)('GET', '/hosted/portal')
    assert.deepEqual(
      [portal.body.mayCancel, portal.body.company.returnUrl],
      [true, 'https://app.example.com'],
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
