import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type EmbeddedDatabase, startEmbedded } from '../src/db/embedded.ts'
import { migrate } from '../src/db/migrate.ts'
import { rolesOf } from '../src/boot.ts'

export const testSecrets = {
  JWT_SECRET: 'tests sign with this 7f3a9c51e2b8d604',
  ENCRYPTION_KEY: 'tests seal with this 1d8e4b0f6a2c9735',
  DATABASE_ROLE_PREFIX: 'nova',
}

export type Cluster = { url: string; stop(): Promise<void> }

/** A PostgreSQL for tests, whose database `novabilling` is migrated and only ever copied. */
export async function startCluster(
  options: { durable?: boolean; settings?: Record<string, string> } = {},
): Promise<Cluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'novabilling-test-'))
  const relaxed = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '300',
    autovacuum_naptime: '60s',
  }
  const settings = { ...(options.durable ? {} : relaxed), ...options.settings }
  const database: EmbeddedDatabase = await startEmbedded({ dataDir, log: () => {}, settings })
  await migrate({
    url: database.url,
    roles: rolesOf(testSecrets),
    now: Temporal.Instant.from('2026-01-01T00:00:00Z'),
    log: () => {},
  })
  return {
    url: database.url,
    async stop() {
      await database.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A fresh copy of the migrated database. */
export async function cloneDatabase(clusterUrl: string): Promise<string> {
  const name = `test_${process.pid}_${performance.now().toString(36).replace('.', '_')}`
  const admin = new URL(clusterUrl)
  admin.pathname = '/postgres'
  const client = new pg.Client({ connectionString: admin.href })
  await client.connect()
  try {
    // Copies of one template come one at a time.
    await client.query('select pg_advisory_lock(1)')
    await client.query(`create database ${name} template novabilling`)
  } finally {
    await client.end()
  }
  const url = new URL(clusterUrl)
  url.pathname = `/${name}`
  return url.href
}
