import assert from 'node:assert/strict'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { customerMail, mail, serveCatcher } from '../../../src/slices/mail/index.ts'
import { newCustomer } from '../../billing-story.ts'
import { call, newTenant, startServer } from '../../harness.ts'

// The port only has to be set: the catcher is started by hand, on a free one.
const server = await startServer({ settings: { MAIL_CATCHER_PORT: '8025' } })
const catcher = await serveCatcher(server.deps, 0)
after(() => catcher.close())
const { port } = catcher.address() as AddressInfo

const read = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test('without a mail server a link to set a new password is found in the catcher, and works', async () => {
  assert.match((await read('/')).text, /No mail yet/)
  const tenant = await newTenant(server)
  await call(server, 'POST', '/auth/forgot-password', { body: { email: tenant.email } })
  await mail.tick(server.deps)
  const list = await read('/')
  const path = new RegExp(`${tenant.email}</td><td><a href="(/\\d+)">Set a new password`).exec(list.text)?.[1]
  assert.ok(path)
  const token = /reset-password#token=([\w-]{43})/.exec((await read(path)).text)?.[1]
  const body = { token, newPassword: 'an even longer passphrase' }
  assert.equal((await call(server, 'POST', '/auth/reset-password', { body })).status, 200)
})

test('mails of test environments are shown as they would look, with their files, and run nothing', async () => {
  const tenant = await newTenant(server)
  const { id: customerId } = await newCustomer(tenant.test, {
    currency: 'KES',
    name: '<script>alert(1)</script>',
  })
  await tenant.session('PATCH', '/tenants/me', { companyName: '<img src=x> Ltd' })
  const items = [{ description: 'Work', quantity: 1, unitAmount: 1 }]
  const { body: invoice } = await tenant.test('POST', '/invoices', { customerId, items, autoFinalize: true })
  server.clock.advance({ seconds: 61 })
  while (await customerMail.tick(server.deps)) await customerMail.settle(server.deps)
  const list = (await read('/')).text
  assert.match(list, new RegExp(`Invoice ${invoice.number} from &lt;img src=x&gt; Ltd`))
  const path = new RegExp(`href="(/\\d+)">Invoice ${invoice.number}`).exec(list)?.[1]
  const page = await read(path ?? '')
  assert.match(page.text, new RegExp(`Attached: ${invoice.number}\\.pdf`))
  assert.match(page.text, new RegExp(`<iframe src="${path}/html" sandbox="allow-popups `))
  const html = await read(`${path}/html`)
  for (const { text } of [page, html, { text: list }]) assert.doesNotMatch(text, /<(script|img)\b/)
  assert.match(html.text, /Hello &lt;script&gt;alert\(1\)&lt;\/script&gt;,/)
  assert.match(
    html.headers.get('content-security-policy') ?? '',
    /^sandbox allow-popups .*default-src 'none'/,
  )
})

test('whoever comes by another name than this machine’s sees nothing', async () => {
  const asked = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ host: '127.0.0.1', port, path: '/', headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode)
      }).on('error', reject)
    })
  assert.equal(await asked(`evil.example:${port}`), 403)
  assert.equal(await asked(`localhost:${port}`), 200)
})

test('what there is not is 404', async () => {
  assert.deepEqual([(await read('/999')).status, (await read('/../etc')).status], [404, 404])
})
