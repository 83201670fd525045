import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { StartupError } from '../startup-error.ts'

const folder = new URL('../../migrations/', import.meta.url)
const lockId = 7_306_318_482_155_921
const oldestServer = 150_000

export type Migration = {
  readonly version: number
  readonly name: string
  readonly text: string
  readonly checksum: string
}

/** The roles that the API and the worker connect as. Each is named with a prefix, so one server can hold several. */
export type Roles = { readonly prefix: string; readonly apiPassword: string; readonly workerPassword: string }

/** All migrations, in order. */
export async function migrations(): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(new URL(file, folder), 'utf8')
      const checksum = createHash('sha256').update(text).digest('hex')
      return { version: Number.parseInt(file, 10), name: file.replace(/\.sql$/, ''), text, checksum }
    }),
  )
}

/**
 * Brings a database up to this program's version: the roles, then each migration that is missing, in a
 * transaction of its own, one process at a time. Forward only; a migration that has changed since it was
 * applied is refused.
 */
export async function migrate(options: {
  url: string
  roles: Roles
  now: Temporal.Instant
  log: (message: string) => void
}): Promise<void> {
  const client = new pg.Client({ connectionString: options.url, application_name: 'novabilling migrate' })
  await connect(client)
  try {
    const version = Number((await client.query('show server_version_num')).rows[0]?.server_version_num)
    if (version < oldestServer) {
      throw new StartupError(
        `PostgreSQL 15 or newer is needed, and DATABASE_URL leads to ${Math.floor(version / 10_000)}. Use a newer server, or leave DATABASE_URL out to run the embedded one.`,
      )
    }
    await client.query('select pg_advisory_lock($1)', [lockId])
    await createRoles(client, options.roles)
    await client.query(
      `create table if not exists schema_migrations (
        version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null
      )`,
    )
    const applied = new Map<number, string>(
      (await client.query('select version, checksum from schema_migrations')).rows.map((row) => [
        row.version,
        row.checksum,
      ]),
    )
    for (const migration of await migrations()) {
      const checksum = applied.get(migration.version)
      if (checksum === undefined) {
        options.log(`migration ${migration.name}`)
        await apply(client, migration, options)
      } else if (checksum !== migration.checksum) {
        throw new StartupError(
          `Migration ${migration.name} is not the one this database was made with. Run the release that made it, or restore a backup.`,
        )
      }
    }
  } finally {
    await client.end()
  }
}

async function apply(
  client: pg.Client,
  migration: Migration,
  options: { roles: Roles; now: Temporal.Instant },
): Promise<void> {
  await client.query('begin')
  try {
    await client.query(withPrefix(migration.text, options.roles.prefix))
    await client.query(
      'insert into schema_migrations (version, name, checksum, applied_at) values ($1, $2, $3, $4)',
      [migration.version, migration.name, migration.checksum, options.now.toString()],
    )
    await client.query(
      'grant select on schema_migrations to ' +
        [apiRole(options.roles), workerRole(options.roles)].join(', '),
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

export const apiRole = (roles: Pick<Roles, 'prefix'>): string => `${roles.prefix}_api`
export const workerRole = (roles: Pick<Roles, 'prefix'>): string => `${roles.prefix}_worker`

/** Migrations are written with the prefix `nova`. */
function withPrefix(text: string, prefix: string): string {
  return text.replaceAll(/\bnova_(api|worker|lookup)\b/g, `${prefix}_$1`)
}

async function createRoles(client: pg.Client, roles: Roles): Promise<void> {
  const wanted = [
    [apiRole(roles), `login password ${pg.escapeLiteral(roles.apiPassword)}`],
    [workerRole(roles), `login password ${pg.escapeLiteral(roles.workerPassword)}`],
    [`${roles.prefix}_lookup`, 'nologin'],
  ] as const
  for (const [name, rights] of wanted) {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name])
    await client.query(`${rowCount ? 'alter' : 'create'} role ${pg.escapeIdentifier(name)} with ${rights}`)
  }
  // The functions of nova_lookup are handed over to it, which takes membership for one who is no superuser.
  await client.query(`grant ${pg.escapeIdentifier(`${roles.prefix}_lookup`)} to current_user`)
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect()
  } catch (error) {
    const reason =
      error instanceof Error ? error.message || ('code' in error ? String(error.code) : '') : String(error)
    throw new StartupError(
      `PostgreSQL cannot be reached at ${client.host}:${client.port} (${reason}). Check that it runs and that DATABASE_URL is right.`,
    )
  }
}
