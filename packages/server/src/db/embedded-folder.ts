import { randomBytes } from 'node:crypto'
import {
  access,
  chmod,
  chown,
  constants,
  mkdir,
  readFile,
  readdir,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { StartupError } from '../startup-error.ts'
import { diskFull } from './embedded-failure.ts'

/** The data folder, held by this process and no other until `release`. */
export type DataFolder = {
  readonly path: string
  readonly cluster: string
  release(): void
}

const marker = 'novabilling.lock'
const ownerFile = 'novabilling.pid'
const passwordFile = 'postgres-password'
/** What a fresh volume or an empty folder of a repository may hold. */
const ignored = new Set(['lost+found', '.gitkeep', '.gitignore', '.DS_Store'])

/**
 * Takes the data folder for this process. The operating system holds the lock (through SQLite, which locks
 * files the same way everywhere) and frees it when the process dies, however it dies; so no pid of an earlier
 * boot can be mistaken for a living owner.
 * @throws StartupError when it is in use, not ours, or cannot be written; nothing in it is changed then
 */
export async function takeFolder(dataDir: string): Promise<DataFolder> {
  const wanted = resolve(dataDir)
  let lock: DatabaseSync | undefined
  try {
    await mkdir(dirname(wanted), { recursive: true })
    await mkdir(wanted, { recursive: true, mode: 0o700 })
    const path = await realpath(wanted)
    await checkOurs(path)
    lock = await lockFolder(path)
    await writeFile(join(path, ownerFile), `${process.pid}\n`, { mode: 0o600 })
    const held = lock
    return { path, cluster: join(path, 'postgres'), release: () => held.isOpen && held.close() }
  } catch (error) {
    lock?.close()
    throw refuseFolder(wanted, error)
  }
}

async function checkOurs(path: string): Promise<void> {
  const names = await readdir(path)
  if (!names.includes(marker) && !names.every((name) => ignored.has(name))) {
    throw new StartupError(
      `The data folder ${path} holds files that are not NovaBilling's. Set DATA_DIR to an empty or a new folder.`,
    )
  }
  await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
}

/** The file is opened by SQLite alone: when a process closes any handle of a file, it loses its locks on it. */
async function lockFolder(path: string): Promise<DatabaseSync> {
  const file = join(path, marker)
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('pragma journal_mode = memory')
    lock.exec('begin exclusive')
    await chmod(file, 0o600)
    return lock
  } catch (error) {
    lock.close()
    const isBusy = error instanceof Error && 'errcode' in error && error.errcode === 5
    if (!isBusy) throw error
  }
  throw new StartupError(
    `The data folder ${path} is in use by process ${await readOwner(path)}. Stop it, or set DATA_DIR to another folder.`,
  )
}

/** The owner writes its pid just after it took the lock: a moment's patience with an old or missing one. */
async function readOwner(path: string): Promise<string> {
  let owner = ''
  for (let round = 0; round < 20; round++) {
    owner = (await readFile(join(path, ownerFile), 'utf8').catch(() => '')).trim()
    if (owner !== '' && isAlive(Number(owner))) return owner
    await sleep(25)
  }
  return owner || '(unknown)'
}

/** Whether any process has this pid. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** The superuser's password, made once and kept beside the cluster, readable by its owner alone. */
export async function keepPassword(folder: DataFolder, isFresh: boolean): Promise<string> {
  const file = join(folder.path, passwordFile)
  const kept = await readFile(file, 'utf8').catch((error: Error) => {
    if ('code' in error && error.code === 'ENOENT') return ''
    throw refuseFolder(folder.path, error)
  })
  if (kept.trim() !== '') return kept.trim()
  if (!isFresh) throw refusePassword(folder)
  const password = randomBytes(32).toString('base64url')
  await writeFile(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true })
  await rename(`${file}.new`, file)
  return password
}

/** The cluster knows another password than the one that is kept. */
export function refusePassword(folder: DataFolder): StartupError {
  const file = join(folder.path, passwordFile)
  return new StartupError(
    `The database's password is gone. Put ${file} back from your backup, or set DATA_DIR to another folder.`,
  )
}

/** Our files belong to whom the folder belongs, so that root's start does not lock a normal user out. */
export async function giveOwnFiles(folder: DataFolder): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(folder.path)
  for (const name of [marker, ownerFile, passwordFile]) await chown(join(folder.path, name), uid, gid)
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** The system's refusal of the folder, as a sentence; anything else as it is. */
export function refuseFolder(path: string, error: unknown): unknown {
  if (error instanceof StartupError || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new StartupError(`The data folder ${path} is a file or lies in one. Set DATA_DIR to a folder.`)
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(path)
  if (code === 'EROFS') {
    return new StartupError(
      `The data folder ${path} is on a read-only disk. Set DATA_DIR to a folder on another one.`,
    )
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new StartupError(
      `This user may not write to the data folder ${path}. Give it that right, or set DATA_DIR to another folder.`,
    )
  }
  if (code === 'ERR_SQLITE_ERROR') {
    return new StartupError(
      `The data folder ${path} cannot be locked (${error.message}). Set DATA_DIR to a folder on a local disk.`,
    )
  }
  return error
}
