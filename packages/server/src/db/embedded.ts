import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { type Account, chooseAccount } from './embedded-account.ts'
import { type Binaries, findBinaries } from './embedded-binaries.ts'
import { checkVersion, giveTo, makeCluster, superuser } from './embedded-cluster.ts'
import { ProgramFailure, explainFailure, isPortTaken, isStillInUse } from './embedded-failure.ts'
import {
  type DataFolder,
  exists,
  giveOwnFiles,
  keepPassword,
  refuseFolder,
  refusePassword,
  takeFolder,
} from './embedded-folder.ts'
import { endOrphan } from './embedded-orphan.ts'
import { type Postmaster, startPostmaster } from './embedded-process.ts'

export type EmbeddedDatabase = {
  /** The superuser's URL, on the loopback address, with the password kept in the data folder. */
  readonly url: string
  /** Settles when PostgreSQL has ended, by `stop` or by itself. */
  readonly ended: Promise<void>
  /** Fast shutdown: transactions still open are rolled back. A second call waits for the first. */
  stop(): Promise<void>
}

export type EmbeddedOptions = {
  readonly dataDir: string
  readonly log: (message: string) => void
  /** PostgreSQL settings over ours, such as `{ fsync: 'off' }` for the cluster of a test. */
  readonly settings?: Readonly<Record<string, string>>
}

const database = 'novabilling'

/** Given at every start, over what postgresql.conf says. */
const fixed = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'on',
  log_directory: 'log',
  log_filename: 'postgresql-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
  log_checkpoints: 'off',
  // Statements and their values stay out: NovaBilling logs its own failures, and those may hold personal data.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  // What a plan is chosen by is gathered soon after a table has grown: a fresh database grows a hundredfold in a minute.
  autovacuum_naptime: '5s',
}

/**
 * Starts the PostgreSQL that lives in `dataDir`, made on first use (about 0.6 s; later starts 0.1 s). One process
 * owns a folder at a time. Its PostgreSQL ends with it, even by kill -9; one that is still ending is waited for.
 * Call it before anything else is put into a new folder: a folder with files of others is refused.
 *
 * It does not keep Node running: a program that forgets `stop` ends, and PostgreSQL with it.
 * As root, PostgreSQL runs as the account that owns the folder, else as `postgres` or `nobody`.
 *
 * @throws StartupError whose message says what to do
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const folder = await takeFolder(options.dataDir)
  try {
    return await startIn(folder, options)
  } catch (error) {
    folder.release()
    throw error instanceof ProgramFailure
      ? explainFailure(folder.path, error.words)
      : refuseFolder(folder.path, error)
  }
}

async function startIn(folder: DataFolder, options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const { log } = options
  const isFresh = !(await exists(folder.cluster))
  if (!isFresh) await checkVersion(folder)
  const binaries = await findBinaries()
  const account = await chooseAccount(folder, binaries)
  const password = await keepPassword(folder, isFresh)
  await giveOwnFiles(folder)
  if (isFresh) {
    log(`Creating the database in ${folder.path}`)
    await makeCluster({ folder, binaries, account, password })
  }

  const settings = { ...fixed, ...options.settings }
  const { postmaster, port } = await startOnFreePort({ folder, binaries, account, settings, log })
  const urlOf = (name: string) => `postgres://${superuser}:${password}@127.0.0.1:${port}/${name}`
  try {
    await ensureDatabase(urlOf('postgres'))
  } catch (error) {
    await postmaster.stop()
    const isWrongPassword = error instanceof Error && 'code' in error && error.code === '28P01'
    throw isWrongPassword ? refusePassword(folder) : error
  }

  let isAsked = false
  const ended = watchEnd()
  async function watchEnd(): Promise<void> {
    await postmaster.ended
    folder.release()
    if (!isAsked)
      log(`The embedded PostgreSQL has ended by itself; its log is in ${join(folder.cluster, 'log')}`)
  }
  const stop = async () => {
    isAsked = true
    await postmaster.stop()
    await ended
  }
  return { url: urlOf(database), ended, stop }
}

async function startOnFreePort(start: {
  readonly folder: DataFolder
  readonly binaries: Binaries
  readonly account: Account
  readonly settings: Readonly<Record<string, string>>
  readonly log: (message: string) => void
}): Promise<{ postmaster: Postmaster; port: number }> {
  const { cluster } = start.folder
  for (let round = 0; ; round++) {
    const stalePid = await endOrphan(cluster, start.log)
    if (start.account.owner) await giveTo(cluster, start.account.owner)
    const port = await freePort()
    try {
      return { port, postmaster: await startPostmaster({ ...start, cluster, stalePid, port }) }
    } catch (error) {
      if (!(error instanceof ProgramFailure)) throw error
      const isWorthWaiting = isStillInUse(error.words) && round < 40
      if (!isWorthWaiting && !(isPortTaken(error.words) && round < 5)) throw error
      await sleep(isWorthWaiting ? 250 : 0)
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query('select from pg_database where datname = $1', [database])
    if (rows.length === 0) await client.query(`create database ${database}`)
  } finally {
    await client.end()
  }
}
