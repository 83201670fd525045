import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { mail } from '../../../src/slices/mail/index.ts'
import { call, newTenant, startServer } from '../../harness.ts'
import { startMailServer } from '../../mail-server.ts'
import { rows } from '../../payment-story.ts'

const sink = await startMailServer()
const server = await startServer({
  settings: { SMTP_URL: sink.url, PUBLIC_URL: 'https://billing.example.com/' },
})
const developing = await startServer()

test('forgotten: a mail, a link, a new password, and the old one is dead; the token is nowhere but in the mail', async () => {
  const tenant = await newTenant(server)
  await call(server, 'POST', '/auth/forgot-password', { body: { email: tenant.email.toUpperCase() } })
  await mail.tick(server.deps)
  const received = sink.received.at(-1)
  const letter = received?.text ?? ''
  assert.deepEqual(
    [received?.to].flat().map((to) => to?.text),
    [tenant.email],
  )
  assert.match(letter, /Hello Ada Owner,/)
  const token = /https:\/\/billing\.example\.com\/reset-password#token=([\w-]{43})/.exec(letter)?.[1]
  assert.ok(token)
  const [reset] = await rows(server, `select encode(token_hash, 'hex') as hash from password_resets`)
  assert.equal(String(reset?.['hash']).length, 64)
  assert.equal(server.logged().includes(token), false)

  const body = { token, newPassword: 'an even longer passphrase' }
  assert.equal((await call(server, 'POST', '/auth/reset-password', { body })).status, 200)
  assert.equal((await call(server, 'POST', '/auth/reset-password', { body })).status, 400)
  const login = (password: string) =>
    call(server, 'POST', '/auth/login', { body: { email: tenant.email, password } })
  assert.equal((await login(body.newPassword)).status, 200)
  assert.equal((await login(tenant.password)).status, 401)
})

test('an unknown address gets no mail, and its row is done', async () => {
  const before = sink.received.length
  await call(server, 'POST', '/auth/forgot-password', { body: { email: 'nobody@example.com' } })
  await mail.tick(server.deps)
  assert.equal(sink.received.length, before)
  const [row] = await rows(
    server,
    `select due_at, sent_at, failure from mails where recipient = 'nobody@example.com'`,
  )
  assert.deepEqual(row, { due_at: null, sent_at: null, failure: null })
})

test('an invitation comes by mail, with names escaped, and makes a member', async () => {
  const tenant = await newTenant(server)
  await tenant.session('PATCH', '/tenants/me', { companyName: '<b>Acme</b> & Söhne' })
  const invited = await tenant.session('POST', '/tenants/me/members/invitations', {
    email: 'new@example.com',
    role: 'ADMIN',
  })
  assert.equal(invited.status, 201, invited.text)
  await mail.tick(server.deps)
  const received = sink.received.at(-1)
  assert.match(String(received?.html), /&lt;b&gt;Acme&lt;\/b&gt; &amp; Söhne/)
  assert.doesNotMatch(String(received?.html), /<b>Acme/)
  const token = /accept-invitation#token=([\w-]{43})/.exec(received?.text ?? '')?.[1]
  const accepted = await call(server, 'POST', '/auth/accept-invitation', {
    body: { token, name: 'New Member', password: 'a long passphrase' },
  })
  assert.equal(accepted.status, 201, accepted.text)
})

test('a mail that cannot be sent is tried five times, later each time, and then kept as failed', async () => {
  const tenant = await newTenant(server)
  sink.refuse = true
  await call(server, 'POST', '/auth/forgot-password', { body: { email: tenant.email } })
  const row = async () =>
    (
      await rows(server, 'select attempt, due_at, sent_at, failure from mails where recipient = $1', [
        tenant.email,
      ])
    )[0]
  for (const [attempt, minutes] of [
    [1, 1],
    [2, 5],
    [3, 30],
    [4, 120],
  ] as const) {
    await mail.tick(server.deps)
    assert.equal((await row())?.['attempt'], attempt)
    assert.match(String((await row())?.['failure']), /not today/)
    assert.equal(await mail.tick(server.deps), false, 'not before it is due again')
    server.clock.advance({ minutes })
  }
  await mail.tick(server.deps)
  server.clock.advance({ hours: 48 })
  assert.equal(await mail.tick(server.deps), false)
  assert.deepEqual(
    [(await row())?.['attempt'], (await row())?.['due_at'], (await row())?.['sent_at']],
    [5, null, null],
  )
  sink.refuse = false
})

test('eight workers send each mail once', async () => {
  const before = sink.received.length
  const tenant = await newTenant(server)
  await rows(
    server,
    `insert into mails (id, kind, recipient, payload, due_at, created_at)
     select gen_random_uuid(), 'password_reset', $1, '{}', '2026-01-01', '2026-01-01' from generate_series(1, 60)`,
    [tenant.email],
  )
  for (let round = 0; round < 4; round++) {
    await Promise.all(Array.from({ length: 8 }, () => mail.tick(server.deps)))
  }
  assert.equal(sink.received.length, before + 60)
})

test('a worker passes over the mails that another is taking up', async () => {
  const tenant = await newTenant(server)
  await call(server, 'POST', '/auth/forgot-password', { body: { email: tenant.email } })
  const other = new pg.Client({ connectionString: server.databaseUrl })
  await other.connect()
  await other.query('begin')
  await other.query('select from mails where recipient = $1 for update', [tenant.email])
  assert.equal(await mail.tick(server.deps), false)
  await other.query('rollback')
  await other.end()
  assert.equal(await mail.tick(server.deps), true)
})

test('without SMTP_URL the mail is shown in the log, where the link can be taken from', async () => {
  const tenant = await newTenant(developing)
  await call(developing, 'POST', '/auth/forgot-password', { body: { email: tenant.email } })
  await mail.tick(developing.deps)
  const token = /reset-password#token=([\w-]{43})/.exec(developing.logged())?.[1]
  const body = { token, newPassword: 'an even longer passphrase' }
  assert.equal((await call(developing, 'POST', '/auth/reset-password', { body })).status, 200)
})
