import { randomBytes } from 'node:crypto'
import { chown, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Bells } from './bells.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Config, checkSecret } from './config.ts'
import { type EmbeddedDatabase, startEmbedded } from './db/embedded.ts'
import { type Roles, apiRole, migrate, workerRole } from './db/migrate.ts'
import { Pool } from './db/pool.ts'
import { checkRole } from './db/roles.ts'
import type { Deps } from './deps.ts'
import { createIds } from './ids.ts'
import { type Log, createLog } from './log.ts'
import { createSealer, derive } from './secrets.ts'

export type Booted = {
  readonly deps: Deps
  /** Where the data is, in words. */
  readonly place: string
  readonly close: () => Promise<void>
  /** Settles if the embedded PostgreSQL ends, asked or not; never with one's own server. */
  readonly databaseEnded: Promise<void>
}

/**
 * Everything the server stands on: the database (embedded, or one's own), its roles and migrations, the
 * secrets and the connection pools.
 * @throws StartupError with one sentence that says what to do
 */
export async function boot(
  given: Config,
  options: { log?: Log; clock?: Clock; say?: (message: string) => void } = {},
): Promise<Booted> {
  const say = options.say ?? (() => {})
  const clock = options.clock ?? systemClock
  const log = options.log ?? createLog(given.LOG_LEVEL)
  let embedded: EmbeddedDatabase | undefined
  if (given.DATABASE_URL === '')
    embedded = await startEmbedded({ dataDir: resolve(given.DATA_DIR), log: say })
  const pools: Pool[] = []
  const close = async (): Promise<void> => {
    await Promise.all(pools.map((pool) => pool.end()))
    await embedded?.stop()
  }
  try {
    const config = embedded ? await withStoredSecrets(given) : given
    checkSecret('JWT_SECRET', config.JWT_SECRET)
    checkSecret('ENCRYPTION_KEY', config.ENCRYPTION_KEY)
    const url = embedded?.url ?? config.DATABASE_URL
    const roles = rolesOf(config)
    await migrate({ url, roles, now: clock.now(), log: say })
    const db = new Pool({
      url: config.API_DATABASE_URL || asRole(url, apiRole(roles), roles.apiPassword),
      max: config.DATABASE_POOL_SIZE,
      name: 'novabilling api',
    })
    const worker = {
      url: config.WORKER_DATABASE_URL || asRole(url, workerRole(roles), roles.workerPassword),
      max: Math.max(2, Math.ceil(config.DATABASE_POOL_SIZE / 4)),
      statementTimeoutMs: 60_000,
    }
    const workerDb = new Pool({ ...worker, name: 'novabilling worker' })
    const clockDb = new Pool({ ...worker, name: 'novabilling clock', waitsForDisk: false, plansOnce: true })
    pools.push(db, workerDb, clockDb)
    await checkRole(db, 'API_DATABASE_URL')
    const deps: Deps = {
      config,
      clock,
      ids: createIds({ nowMs: () => clock.nowMs(), randomBytes }),
      log,
      db,
      workerDb,
      clockDb,
      sealer: createSealer(config.ENCRYPTION_KEY),
      bells: new Bells(),
      jwtKeys: [new TextEncoder().encode(config.JWT_SECRET)],
    }
    const databaseEnded = embedded?.ended ?? new Promise<void>(() => {})
    return { deps, place: embedded ? resolve(config.DATA_DIR) : describe(url), close, databaseEnded }
  } catch (error) {
    await close()
    throw error
  }
}

/** The roles' passwords follow from ENCRYPTION_KEY, so every node knows them and none has to store them. */
export function rolesOf(config: Pick<Config, 'DATABASE_ROLE_PREFIX' | 'ENCRYPTION_KEY'>): Roles {
  return {
    prefix: config.DATABASE_ROLE_PREFIX,
    apiPassword: derive(config.ENCRYPTION_KEY, 'database role api'),
    workerPassword: derive(config.ENCRYPTION_KEY, 'database role worker'),
  }
}

function asRole(url: string, role: string, password: string): string {
  const other = new URL(url)
  other.username = role
  other.password = password
  return other.href
}

function describe(url: string): string {
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** The secrets of an embedded installation: made once, kept beside the data, readable by its owner alone. */
async function withStoredSecrets(config: Config): Promise<Config> {
  if (config.JWT_SECRET !== '' && config.ENCRYPTION_KEY !== '') return config
  const file = join(resolve(config.DATA_DIR), 'secrets.json')
  const stored = await readSecrets(file)
  return {
    ...config,
    JWT_SECRET: config.JWT_SECRET || stored.JWT_SECRET,
    ENCRYPTION_KEY: config.ENCRYPTION_KEY || stored.ENCRYPTION_KEY,
  }
}

type Secrets = { JWT_SECRET: string; ENCRYPTION_KEY: string }

async function readSecrets(file: string): Promise<Secrets> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text !== undefined) return JSON.parse(text) as Secrets
  const made: Secrets = {
    JWT_SECRET: randomBytes(48).toString('base64url'),
    ENCRYPTION_KEY: randomBytes(48).toString('base64url'),
  }
  await writeFile(`${file}.new`, JSON.stringify(made, undefined, 2), { mode: 0o600 })
  await giveToOwnerOf(dirname(file), `${file}.new`)
  await rename(`${file}.new`, file)
  return made
}

/** Started once by root, the folder of a normal user must still open for that user the next time. */
async function giveToOwnerOf(folder: string, file: string): Promise<void> {
  const { uid, gid } = await stat(folder)
  if (process.getuid?.() === 0 && uid !== 0) await chown(file, uid, gid)
}
