import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { sha256 } from '../../../src/secrets.ts'
import { parseId } from '../../../src/ids.ts'
import { type Caller, type TestTenant, call, caller, newTenant, startServer } from '../../harness.ts'

const server = await startServer()
const owner = new pg.Client({ connectionString: server.databaseUrl })
before(() => owner.connect())
after(() => owner.end())

/** Invites somebody and joins, with the token that the mail would have carried. */
async function join(tenant: TestTenant, role: string): Promise<{ member: Caller; id: string }> {
  const email = `${role.toLowerCase()}-${randomBytes(4).toString('hex')}@example.com`
  const invited = await tenant.session('POST', '/tenants/me/members/invitations', { email, role })
  assert.equal(invited.status, 201)
  const token = randomBytes(32).toString('base64url')
  await owner.query('update invitations set token_hash = $2 where id = $1', [
    parseId('invitation', invited.body.id),
    sha256(token),
  ])
  const joined = await call(server, 'POST', '/auth/accept-invitation', {
    body: { token, name: 'Grace', password: 'another long passphrase' },
  })
  assert.equal(joined.status, 201)
  const again = await call(server, 'POST', '/auth/accept-invitation', {
    body: { token, name: 'Grace', password: 'another long passphrase' },
  })
  assert.equal(again.body.code, 'invitation_invalid', 'an invitation works once')
  const members = await tenant.session('GET', '/tenants/me/members')
  const { id } = members.body.data.find((one: { email: string }) => one.email === email)
  return { member: caller(server, joined.body.accessToken), id }
}

test('only owners and administrators make keys, invite, and change the account', async () => {
  const tenant = await newTenant(server)
  for (const [role, status] of [
    ['ADMIN', 201],
    ['MEMBER', 403],
    ['VIEWER', 403],
  ] as const) {
    const { member } = await join(tenant, role)
    const created = await member('POST', '/tenants/me/api-keys', { name: 'k', scopes: ['plans:read'] })
    assert.equal(created.status, status, role)
    if (status === 403) {
      assert.deepEqual(created.body, {
        statusCode: 403,
        message: 'Insufficient permissions. Required: OWNER or ADMIN',
      })
      assert.equal((await member('PATCH', '/tenants/me', { name: 'Mine' })).status, 403)
      assert.equal(
        (await member('POST', '/tenants/me/members/invitations', { email: 'x@example.com', role: 'ADMIN' }))
          .status,
        403,
      )
      assert.equal((await member('GET', '/tenants/me/audit-log')).status, 403)
    }
    assert.equal((await member('GET', '/tenants/me')).status, 200)
  }
})

test('a role changes at once, and a removed member is out at once', async () => {
  const tenant = await newTenant(server)
  const { member, id } = await join(tenant, 'VIEWER')
  assert.equal((await tenant.session('PATCH', `/tenants/me/members/${id}`, { role: 'ADMIN' })).status, 200)
  assert.equal(
    (await member('POST', '/tenants/me/api-keys', { name: 'k', scopes: ['plans:read'] })).status,
    201,
  )
  assert.equal((await tenant.session('DELETE', `/tenants/me/members/${id}`)).status, 204)
  assert.equal((await member('GET', '/tenants/me')).status, 401)
  assert.equal((await tenant.session('DELETE', `/tenants/me/members/${id}`)).status, 404)
})

test('the owner keeps its role and its place', async () => {
  const tenant = await newTenant(server)
  const [first] = (await tenant.session('GET', '/tenants/me/members')).body.data
  assert.equal(
    (await tenant.session('PATCH', `/tenants/me/members/${first.id}`, { role: 'VIEWER' })).body.code,
    'member_is_owner',
  )
  assert.equal(
    (await tenant.session('DELETE', `/tenants/me/members/${first.id}`)).body.code,
    'member_is_owner',
  )
})

test('another tenant’s member, session, key and environment do not exist', async () => {
  const [a, b] = [await newTenant(server), await newTenant(server)]
  const [member] = (await b.session('GET', '/tenants/me/members')).body.data
  const [session] = (await b.session('GET', '/tenants/me/sessions')).body.data
  const [key] = (await b.session('GET', '/tenants/me/api-keys')).body
  const [environment] = (await b.session('GET', '/tenants/me/environments')).body.data
  const foreign = [
    ['PATCH', `/tenants/me/members/`, member.id, { role: 'VIEWER' }],
    ['DELETE', `/tenants/me/members/`, member.id],
    ['DELETE', `/tenants/me/sessions/`, session.id],
    ['DELETE', `/tenants/me/api-keys/`, key.id],
    ['DELETE', `/tenants/me/environments/`, environment.id],
  ] as const
  for (const [method, path, id, body] of foreign) {
    const real = await a.session(method, path + id, body)
    const invented = await a.session(method, `${path}${id.split('_')[0]}_00000000000000000000000000`, body)
    assert.equal(real.status, 404, path)
    assert.equal(real.text, invented.text)
  }
  const roll = await a.session('POST', `/tenants/me/api-keys/${key.id}/roll`, {})
  assert.equal(roll.status, 404)
  const created = await a.session('POST', '/tenants/me/api-keys', {
    name: 'k',
    scopes: ['plans:read'],
    environment: environment.id,
  })
  assert.equal(created.status, 404)
  assert.equal((await b.session('GET', '/tenants/me')).status, 200)
})

test('the audit log tells who did what from where, without secrets, and its chain holds', async () => {
  const tenant = await newTenant(server)
  const created = await tenant.session('POST', '/tenants/me/api-keys', {
    name: 'Reports',
    scopes: ['analytics:read'],
  })
  await tenant.session('DELETE', `/tenants/me/api-keys/${created.body.id}`)
  const { body, text } = await tenant.session('GET', '/tenants/me/audit-log')
  const actions = body.data.map((entry: { action: string }) => entry.action)
  assert.deepEqual(actions.slice(0, 2), ['api_key.revoked', 'api_key.created'])
  assert.equal(body.data[0].target, created.body.id)
  assert.match(body.data[0].actor, /^mem_/)
  assert.ok(body.data[0].ip && body.data[0].requestId)
  assert.ok(!text.includes(created.body.key) && !text.includes(tenant.password))
  const filtered = await tenant.session('GET', '/tenants/me/audit-log?action=api_key.revoked')
  assert.equal(filtered.body.meta.total, 1)

  const { rows } = await owner.query(
    'select entry::text, hash from audit_log where tenant_id = $1 order by seq',
    [tenant.tenantId],
  )
  let previous: Uint8Array = Buffer.alloc(0)
  for (const { entry, hash } of rows as { entry: string; hash: Buffer }[]) {
    previous = sha256(Buffer.concat([previous, Buffer.from(entry)]))
    assert.deepEqual(Buffer.from(previous), Buffer.from(hash))
  }
})

test('a reset link works once, for an hour, ends every session, and nothing else', async () => {
  const tenant = await newTenant(server)
  const {
    rows: [member],
  } = await owner.query('select id from members where tenant_id = $1', [tenant.tenantId])
  const mail = async (expires: Temporal.Instant): Promise<string> => {
    const token = randomBytes(32).toString('base64url')
    await owner.query(
      'insert into password_resets (tenant_id, id, member_id, token_hash, expires_at) values ($1, $2, $3, $4, $5)',
      [tenant.tenantId, server.deps.ids.next(), member.id, sha256(token), expires.toString()],
    )
    return token
  }
  const reset = (token: string, newPassword = 'a brand new passphrase'): ReturnType<typeof call> =>
    call(server, 'POST', '/auth/reset-password', { body: { token, newPassword } })
  assert.equal(
    (await reset(await mail(server.clock.now().subtract({ seconds: 1 })))).body.code,
    'reset_token_invalid',
  )
  const token = await mail(server.clock.now().add({ hours: 1 }))
  assert.equal((await reset(token, 'password1')).status, 400)
  const other = await mail(server.clock.now().add({ hours: 1 }))
  assert.equal((await reset(token)).status, 200)
  assert.equal((await reset(token)).body.code, 'reset_token_invalid')
  assert.equal(
    (await reset(other)).body.code,
    'reset_token_invalid',
    'every link of the member dies with the used one',
  )
  assert.equal((await tenant.session('GET', '/tenants/me')).status, 401)
  assert.equal(
    (await call(server, 'POST', '/auth/login', { body: { email: tenant.email, password: tenant.password } }))
      .status,
    401,
  )
  const login = await call(server, 'POST', '/auth/login', {
    body: { email: tenant.email, password: 'a brand new passphrase' },
  })
  assert.equal(login.status, 200)
})
