import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { statement, uuid } from '../../src/db/statement.ts'
import { reader, transaction } from '../../src/db/transaction.ts'
import { newTenant, startServer } from '../harness.ts'

const server = await startServer()
const owner = new pg.Client({ connectionString: server.databaseUrl })
before(() => owner.connect())
after(() => owner.end())

const rows = async <T>(query: string): Promise<T[]> => (await owner.query(query)).rows as T[]

/** Tables that belong to no tenant. */
const common = ['schema_migrations']

test('every table has forced row-level security on its environment or its tenant', async () => {
  const tables = await rows<{
    name: string
    enabled: boolean
    forced: boolean
    scope: string | null
    unscoped: number
  }>(`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select min(attname) from pg_attribute a where a.attrelid = c.oid and attname in ('environment_id', 'tenant_id')) as scope,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid and 0 = any (p.polroles)
        and (pg_get_expr(p.polqual, p.polrelid) not like '%scope_%' or coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') not like '%scope_%')) as unscoped
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`)
  assert.ok(tables.length > 20)
  for (const { name, enabled, forced, scope, unscoped } of tables) {
    if (common.includes(name)) continue
    assert.ok(enabled && forced, `${name} is open`)
    assert.ok(scope !== null || name === 'tenants', `${name} belongs to nobody`)
    assert.equal(unscoped, 0, `a policy of ${name} for everyone is not scoped both ways`)
  }
})

test('every key and every reference of an environment’s table begins with the environment', async () => {
  /** Looked up before the tenant is known, so unique over all. */
  const global = [
    'environments_pkey',
    'members_email_key',
    'password_resets_token_hash_key',
    'invitations_token_hash_key',
    'api_keys_hash_key',
    'dashboard_sessions_token_hash_key',
    'tenants_pkey',
    'mails_pkey',
    'schema_migrations_pkey',
    // Its id is made from the environment, so that no other has it.
    'usage_events_pkey',
  ]
  const keys = await rows<{ name: string; first: string }>(`
    select i.indexrelid::regclass::text as name,
      (select attname from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0]) as first
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = 'public'::regnamespace and i.indisunique`)
  const wrong = keys.filter(
    ({ name, first }) => !global.includes(name) && first !== 'environment_id' && first !== 'tenant_id',
  )
  assert.deepEqual(wrong, [])
  const references = await rows<{ name: string; first: string; parent: string }>(`
    select conname as name, confrelid::regclass::text as parent,
      (select attname from pg_attribute a where a.attrelid = conrelid and a.attnum = conkey[1]) as first
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace`)
  assert.deepEqual(
    references.filter(({ first }) => first !== 'environment_id' && first !== 'tenant_id'),
    [],
  )
})

test('the roles that answer and run are no owners, no superusers and may not escape a policy', async () => {
  const found = await rows<{ rolname: string; wrong: boolean; owned: number; creates: boolean }>(`
    select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as wrong,
      (select count(*)::int from pg_class where relowner = r.oid) as owned,
      has_schema_privilege(rolname, 'public', 'create') as creates
    from pg_roles r where rolname in ('nova_api', 'nova_worker', 'nova_lookup')`)
  assert.equal(found.length, 3)
  for (const { rolname, wrong, owned, creates } of found)
    assert.ok(!wrong && owned === 0 && !creates, rolname)
})

test('a function that runs with more rights than its caller is listed and pins its search path', async () => {
  const found = await rows<{ name: string; pinned: boolean; open: boolean }>(`
    select proname as name, coalesce(array_to_string(proconfig, ',') like '%search_path=pg_catalog, public%', false) as pinned,
      has_function_privilege('public', oid, 'execute') as open
    from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by proname`)
  assert.deepEqual(
    found.map(({ name }) => name),
    [
      'append_audit',
      'drop_usage_generations',
      'forget_requests',
      'invitation_by_hash',
      'keep_usage_generation',
      'key_by_hash',
      'member_by_email',
      'page_of_invoice',
      'password_reset_by_hash',
      'portal_of_customer',
      'record_key_routes',
      'record_key_usage',
      'record_requests',
      'request_password_reset',
      'use_dashboard_session',
    ],
  )
  for (const { name, pinned, open } of found) assert.ok(pinned && !open, name)
})

test('the role that answers cannot change the past', async () => {
  for (const table of ['audit_log', 'ledger_entries', 'events']) {
    const [found] = await rows<{ can: boolean }>(
      `select has_table_privilege('nova_api', '${table}', 'update, delete, truncate') as can`,
    )
    assert.equal(found?.can, false, table)
  }
  // The lines of a draft can go; those of an issued invoice are kept by a trigger.
  const [lines] = await rows<{ can: boolean }>(
    `select has_table_privilege('nova_api', 'invoice_lines', 'update, truncate') as can`,
  )
  assert.equal(lines?.can, false)
  await assert.rejects(owner.query(`update audit_log set action = 'x'`), /append-only/)
  await assert.rejects(owner.query(`delete from ledger_entries`), /append-only/)
})

const anyCustomer = statement(
  'test.any_customer',
  `select id from customers where environment_id is not null`,
  { id: uuid },
)

test('two tenants interleaved on the same connections never see each other, also after errors', async () => {
  const [a, b] = [await newTenant(server), await newTenant(server)]
  const made = new Map<string, string[]>()
  for (const tenant of [a, b]) {
    for (let count = 0; count < 3; count++)
      await tenant.test('POST', '/customers', { email: `c${count}@example.com` })
    const found = await reader(server.deps.db, {
      tenantId: tenant.tenantId,
      environmentId: tenant.testEnvironmentId,
    }).query(anyCustomer())
    assert.equal(found.length, 3)
    made.set(tenant.tenantId, found.map(({ id }) => id).toSorted())
  }
  const rounds = Array.from({ length: 2000 }, async (_, round) => {
    const tenant = round % 2 ? a : b
    const scope = { tenantId: tenant.tenantId, environmentId: tenant.testEnvironmentId }
    if (round % 10 === 0) {
      const failing = transaction(server.deps.db, { scope, now: server.clock.now() }, async (tx) => {
        await tx.query(anyCustomer())
        throw new Error('on purpose')
      })
      await assert.rejects(failing, /on purpose/)
    }
    const found = await reader(server.deps.db, scope).query(anyCustomer())
    assert.deepEqual(found.map(({ id }) => id).toSorted(), made.get(tenant.tenantId))
  })
  await Promise.all(rounds)
})

test('without a scope nothing is seen', async () => {
  assert.deepEqual(await server.deps.db.query(anyCustomer()), [])
})
