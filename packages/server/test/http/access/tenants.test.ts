import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { isPublicAddress } from '../../../src/http/public-address.ts'
import { newTenant, startServer } from '../../harness.ts'

const server = await startServer()

test('an address inside some network is never taken for a webhook, in whatever way it is written', async () => {
  const { session } = await newTenant(server)
  const refused = [
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://172.31.255.255/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://198.18.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[fe90::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:53aa:64c::1]/',
    'https://[::127.0.0.1]/',
    'https://[2001:db8::1]/',
    'https://localhost/',
    'https://localhost./',
    'https://db.internal/',
    'https://printer/',
    'https://metadata.google.internal/',
    'http://example.com/hook',
    'https://user:pw@example.com/',
    'https://example.com:22/',
    'https://example.com:5432/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
    'javascript:alert(1)',
    `https://example.com/${'x'.repeat(8000)}`,
    'nonsense',
  ]
  for (const webhookUrl of refused) {
    const { status, body } = await session('PATCH', '/tenants/me', { webhookUrl })
    assert.equal(status, 400, webhookUrl)
    assert.equal(body.errors[0].path, 'webhookUrl')
  }
  assert.equal((await session('GET', '/tenants/me')).body.webhookUrl, null)
  for (const webhookUrl of [
    'https://93.184.216.34/hook',
    'https://[2606:4700::1111]:8443/hook',
    'https://hooks.acme.example/nova',
    null,
  ]) {
    const { status, body } = await session('PATCH', '/tenants/me', { webhookUrl })
    assert.equal(status, 200, String(webhookUrl))
    assert.equal(body.webhookUrl, webhookUrl)
  }
  assert.ok(isPublicAddress('8.8.8.8') && !isPublicAddress('nonsense'))
})

test('settings merge one level deep, and null takes one back', async () => {
  const { session } = await newTenant(server)
  await session('PATCH', '/tenants/me', {
    settings: { netPaymentTerms: 14, invoicePrefix: 'ACME', address: { city: 'Kampala' } },
  })
  const { body } = await session('PATCH', '/tenants/me', {
    name: 'Renamed',
    settings: { netPaymentTerms: null, brandColor: '#0f766e', address: { line1: 'Plot 1' } },
  })
  assert.deepEqual(body.settings, {
    invoicePrefix: 'ACME',
    brandColor: '#0f766e',
    address: { line1: 'Plot 1' },
  })
  assert.equal(body.name, 'Renamed')
  const faults = await session('PATCH', '/tenants/me', {
    currency: 'XYZ',
    timezone: 'Mars/Base',
    country: 'ZZ',
    settings: { brandColor: 'red', unknown: 1, netPaymentTerms: 1e3 },
  })
  assert.deepEqual(faults.body.errors.map(({ path }: { path: string }) => path).toSorted(), [
    'country',
    'currency',
    'settings.brandColor',
    'settings.netPaymentTerms',
    'settings.unknown',
    'timezone',
  ])
})

test('test environments are added, named once, and removed while unused', async () => {
  const { session } = await newTenant(server)
  const { status, body } = await session('POST', '/tenants/me/environments', { name: 'staging' })
  assert.equal(status, 201)
  assert.equal(body.kind, 'TEST')
  assert.equal(
    (await session('POST', '/tenants/me/environments', { name: 'staging' })).body.code,
    'environment_name_taken',
  )
  const key = await session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['plans:read'],
    environment: body.id,
  })
  assert.match(key.body.key, /^sk_test_/)
  assert.equal(key.body.environment, body.id)
  assert.equal(
    (await session('DELETE', `/tenants/me/environments/${body.id}`)).body.code,
    'environment_in_use',
  )
  const unused = await session('POST', '/tenants/me/environments', { name: 'unused' })
  assert.equal((await session('DELETE', `/tenants/me/environments/${unused.body.id}`)).status, 204)
  for (const { id } of (await session('GET', '/tenants/me/environments')).body.data) {
    assert.equal((await session('DELETE', `/tenants/me/environments/${id}`)).body.code, 'environment_in_use')
  }
})

test('currencies are public, a bare array, with the decimals that amounts have', async () => {
  const { body } = await (await newTenant(server)).session('GET', '/currencies')
  const decimals = new Map(
    body.map(({ code, decimals: count }: { code: string; decimals: number }) => [code, count]),
  )
  for (const [code, count] of Object.entries({ UGX: 0, KES: 2, NGN: 2, XOF: 0, XAF: 0, RWF: 0, USD: 2 }))
    assert.equal(decimals.get(code), count)
})

test('a mail server that is not set is told, not pretended', async () => {
  const { session } = await newTenant(server)
  const { status, body } = await session('POST', '/tenants/me/smtp/test', { to: 'me@example.com' })
  assert.equal(status, 200)
  assert.match(body.message, /No mail server is set/)
  assert.ok(server.logged().includes('Mail from NovaBilling works'))
})

test('a tenant’s own mail server is used, its password sealed and never shown, and a private one refused', async () => {
  const { session, tenantId } = await newTenant(server)
  const smtp = {
    host: 'mail.acme.example',
    port: 465,
    user: 'acme',
    password: 'correct-horse-battery',
    from: 'Acme <billing@acme.example>',
  }
  const set = await session('PATCH', '/tenants/me', { settings: { smtp } })
  assert.equal(set.status, 200)
  const { password, ...shown } = smtp
  assert.deepEqual(set.body.settings.smtp, { ...shown, secure: true, hasPassword: true })
  assert.ok(!set.text.includes(password) && !(await session('GET', '/tenants/me')).text.includes(password))
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  const { rows } = await owner.query('select t::text as row from tenants t where id = $1', [tenantId])
  await owner.end()
  assert.ok(!rows[0].row.includes(password) && !rows[0].row.includes(Buffer.from(password).toString('hex')))

  const tried = await session('POST', '/tenants/me/smtp/test', { to: 'me@example.com' })
  assert.equal(tried.status, 400)
  assert.equal(tried.body.code, 'mail_failed')
  assert.match(tried.body.message, /mail\.acme\.example/)

  const kept = await session('PATCH', '/tenants/me', { settings: { smtp: { ...shown, port: 587 } } })
  assert.deepEqual(kept.body.settings.smtp, { ...shown, port: 587, secure: false, hasPassword: true })
  const gone = await session('PATCH', '/tenants/me', { settings: { smtp: null } })
  assert.equal(gone.body.settings.smtp, undefined)
  for (const host of ['127.0.0.1', 'localhost', '10.0.0.5', '::1', '169.254.169.254']) {
    const { status, body } = await session('PATCH', '/tenants/me', { settings: { smtp: { ...smtp, host } } })
    assert.equal(status, 400, host)
    assert.equal(body.errors[0].path, 'settings.smtp.host')
  }
})

test('an environment cannot take the name of an address that is something else’s', async () => {
  const { session } = await newTenant(server)
  for (const name of ['portal', 'Pay', 'api', 'sign-in']) {
    const { status, body } = await session('POST', '/tenants/me/environments', { name })
    assert.deepEqual([status, body.errors?.[0].path], [400, 'name'], name)
  }
  assert.equal((await session('POST', '/tenants/me/environments', { name: 'payments' })).status, 201)
})
