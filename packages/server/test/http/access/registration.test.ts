import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { newTenant, startServer } from '../../harness.ts'

const server = await startServer({ settings: { DATABASE_POOL_SIZE: '4' } })

test('many register at once: each gets an account of its own, over no more connections than are allowed', async () => {
  const together = 24
  const made = await Promise.all(Array.from({ length: together }, () => newTenant(server)))
  assert.equal(new Set(made.map(({ tenantId }) => tenantId)).size, together)
  const { open } = server.deps.db.counts
  assert.ok(open >= 1 && open <= 4, `${open} connections`)
})

test('a registration that does not come to its end keeps no other one back', async () => {
  await newTenant(server)
  const client = new pg.Client({ connectionString: server.databaseUrl })
  await client.connect()
  try {
    await client.query('begin')
    const held = await client.query(
      `insert into tenants
       select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid()))).* from tenants t limit 1`,
    )
    assert.equal(held.rowCount, 1)
    assert.notEqual((await newTenant(server)).tenantId, '')
  } finally {
    await client.query('rollback')
    await client.end()
  }
})
