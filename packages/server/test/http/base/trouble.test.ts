import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { boot } from '../../../src/boot.ts'
import { readConfig } from '../../../src/config.ts'
import { integer, statement } from '../../../src/db/statement.ts'
import { transaction } from '../../../src/db/transaction.ts'
import { createLog } from '../../../src/log.ts'
import { StartupError } from '../../../src/startup-error.ts'
import { startCluster, testSecrets } from '../../cluster.ts'
import { call, newTenant, startServer } from '../../harness.ts'

const backend = statement('test.backend', 'select pg_backend_pid() as pid', { pid: integer })

const cluster = await startCluster()
process.env['TEST_CLUSTER_URL'] = cluster.url
const server = await startServer()
after(() => cluster.stop())

test('the API refuses to connect as a role that escapes row-level security', async () => {
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  await owner.query(
    `create role bypassing login bypassrls password 'x'; create role owning login password 'x'; create table owned (a integer); alter table owned owner to owning`,
  )
  await owner.query(`grant select on all tables in schema public to bypassing, owning`)
  const as = (user: string): string => {
    const url = new URL(server.databaseUrl)
    url.username = user
    url.password = 'x'
    return url.href
  }
  for (const [url, reason] of [
    [server.databaseUrl, /superuser/],
    [as('bypassing'), /BYPASSRLS/],
    [as('owning'), /owns tables/],
  ] as const) {
    const config = readConfig({ ...testSecrets, DATABASE_URL: server.databaseUrl, API_DATABASE_URL: url })
    await assert.rejects(
      boot(config, { log: createLog('silent') }),
      (error) => error instanceof StartupError && reason.test(error.message),
    )
  }
  await owner.end()
})

test('connections that are cut heal by themselves, and what was cut is told as 503', async () => {
  const tenant = await newTenant(server)
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  const during = Array.from({ length: 30 }, (_, count) =>
    tenant.test('POST', '/customers', { email: `cut${count}@example.com` }),
  )
  await owner.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'novabilling%' and pid <> pg_backend_pid()`,
  )
  for (const { status, headers } of await Promise.all(during)) {
    assert.ok(status === 201 || status === 503, `${status}`)
    if (status === 503) assert.ok(headers.get('retry-after'))
  }
  for (let count = 0; count < 20; count++) {
    const { status } = await tenant.test('GET', '/customers')
    if (status === 503) continue
    assert.equal(status, 200)
  }
  assert.equal((await tenant.test('GET', '/customers')).status, 200)
  await owner.end()
})

test('a connection that is cut while a transaction holds it fails that transaction only', async () => {
  const tenant = await newTenant(server)
  const scope = { tenantId: tenant.tenantId, environmentId: tenant.testEnvironmentId }
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  const cut = transaction(server.deps.db, { scope, now: server.clock.now() }, async (tx) => {
    const [row] = await tx.query(backend())
    await owner.query('select pg_terminate_backend($1)', [row?.pid])
    await new Promise((resolve) => setTimeout(resolve, 100))
    await tx.query(backend())
  })
  await assert.rejects(cut)
  assert.equal((await tenant.test('GET', '/customers')).status, 200)
  await owner.end()
})

test('what waits too long for a lock is told to come again, and leaves nothing behind', async () => {
  const tenant = await newTenant(server)
  const { body: customer } = await tenant.test('POST', '/customers', {
    email: 'locked@example.com',
    name: 'Before',
  })
  const owner = new pg.Client({ connectionString: server.databaseUrl })
  await owner.connect()
  await owner.query(`begin; update customers set name = name where email = 'locked@example.com'`)
  const { status, body, headers } = await tenant.test('PATCH', `/customers/${customer.id}`, { name: 'After' })
  assert.equal(status, 409)
  assert.equal(body.code, 'busy')
  assert.ok(headers.get('retry-after'))
  await owner.query('rollback')
  await owner.end()
  assert.equal((await tenant.test('GET', `/customers/${customer.id}`)).body.name, 'Before')
})

test('without its database the process lives, is not ready, and answers 503', async () => {
  const tenant = await newTenant(server)
  assert.equal((await fetch(`${server.origin}/ready`)).status, 200)
  await cluster.stop()
  assert.equal((await fetch(`${server.origin}/health`)).status, 200)
  assert.equal((await fetch(`${server.origin}/ready`)).status, 503)
  for (const answer of [
    await tenant.test('GET', '/customers'),
    await tenant.session('GET', '/tenants/me'),
    await call(server, 'POST', '/auth/login', { body: { email: 'a@example.com', password: 'x' } }),
  ]) {
    assert.equal(answer.status, 503)
    assert.equal(answer.body.code, 'overloaded')
    assert.ok(answer.headers.get('retry-after'))
  }
})
