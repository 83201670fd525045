import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TestServer, call, newTenant, startServer } from '../../harness.ts'
import { asOwner, newCustomer } from '../../billing-story.ts'

const server = await startServer()

/** Every value of every row of every table, as text. */
async function dumpOf(of: TestServer): Promise<string> {
  const tables = await asOwner<{ name: string }>(
    of,
    `select c.oid::regclass::text as name from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema') and not c.relispartition`,
  )
  const texts = await Promise.all(
    tables.map(({ name }) =>
      asOwner<{ all: string | null }>(of, `select string_agg(t::text, E'\\n') as all from ${name} t`),
    ),
  )
  return texts.map(([row]) => row?.all ?? '').join('\n')
}

test('a dump of the database, and the logs, hold no key, token, password or credential that was just given', async () => {
  const tenant = await newTenant(server)
  const { session, live, liveKey, testKey, accessToken, refreshToken, password, email } = tenant
  const secrets = {
    password: 'sk-smtp-6f1d9c40e2',
    secretKey: 'sk_live_9b7e21c4d8f04a61',
    token: 'AUTH_2c8e5d7f1b',
    newPassword: 'another very long passphrase 73',
  }
  const smtp = {
    host: 'smtp.example.com',
    port: 587,
    user: 'mailer',
    password: secrets.password,
    from: 'a@example.com',
  }
  const set = await session('PATCH', '/tenants/me', { settings: { smtp } })
  assert.equal(set.status, 200, set.text)
  const provider = await live('POST', '/payment-providers', {
    providerName: 'PAYSTACK',
    credentials: { secretKey: secrets.secretKey, publicKey: 'pk_live_1' },
  })
  assert.equal(provider.status, 201, provider.text)
  const { id: customerId } = await newCustomer(live, { currency: 'NGN' })
  const method = await live('POST', '/payment-methods', {
    customerId,
    provider: 'PAYSTACK',
    token: secrets.token,
    type: 'CARD',
  })
  assert.equal(method.status, 201, method.text)
  const endpoint = await live('POST', '/webhook-endpoints', {
    url: 'https://example.com/hook',
    events: ['*'],
  })
  assert.equal(endpoint.status, 201, endpoint.text)
  const refreshed = await call(server, 'POST', '/auth/refresh', { body: { refreshToken } })
  const again = await call(server, 'POST', '/auth/login', { body: { email, password } })
  const wrong = await call(server, 'POST', '/auth/login', { body: { email, password: secrets.newPassword } })
  assert.deepEqual([refreshed.status, again.status, wrong.status], [200, 200, 401])

  const given: Record<string, string> = {
    ...secrets,
    ownPassword: password,
    liveKey,
    testKey,
    accessToken,
    refreshToken,
    nextAccess: refreshed.body.accessToken,
    nextRefresh: refreshed.body.refreshToken,
    lastRefresh: again.body.refreshToken,
    signingSecret: endpoint.body.secret,
  }
  const dump = await dumpOf(server)
  assert.ok(dump.includes(email) && dump.includes(liveKey.slice(-4)), 'what is no secret is found')
  for (const [name, secret] of Object.entries(given)) {
    assert.ok(secret.length >= 10, name)
    // A column of bytes is shown in hexadecimals.
    const asBytes = Buffer.from(secret).toString('hex')
    assert.ok(!dump.includes(secret) && !dump.includes(asBytes), `${name} is in the database`)
    assert.ok(!server.logged().includes(secret), `${name} is in the logs`)
  }
})
