import {
  chown,
  lchown,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { basename, join } from 'node:path'
import { StartupError } from '../startup-error.ts'
import type { Account } from './embedded-account.ts'
import { type Binaries, embeddedMajor } from './embedded-binaries.ts'
import type { DataFolder } from './embedded-folder.ts'
import { runProgram } from './embedded-process.ts'

export const superuser = 'postgres'

/** Chosen when the cluster is made; its postgresql.conf is the operator's from then on. */
const defaults = {
  max_connections: '100',
  shared_buffers: '128MB',
  wal_compression: 'on',
}

/**
 * Refuses a cluster of another major version, whose files this PostgreSQL cannot read.
 * @throws StartupError
 */
export async function checkVersion(folder: DataFolder): Promise<void> {
  const version = (await readFile(join(folder.cluster, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (version === embeddedMajor) return
  throw new StartupError(
    `The data folder ${folder.path} was made by PostgreSQL ${version || '(unknown)'}, and this NovaBilling brings PostgreSQL ${embeddedMajor}. Move its contents with pg_dump from the NovaBilling that made it, or set DATA_DIR to another folder.`,
  )
}

/**
 * Makes the cluster: UTF-8, sorted by code points the same way on every system. It is made aside and renamed when
 * complete, so that a kill in between leaves nothing half made.
 */
export async function makeCluster(made: {
  readonly folder: DataFolder
  readonly binaries: Binaries
  readonly account: Account
  readonly password: string
}): Promise<void> {
  const { folder, binaries, account } = made
  await removeUnfinished(folder)
  const unfinished = await mkdtemp(`${folder.cluster}.new-`)
  const target = join(unfinished, 'cluster')
  const passwordFile = join(unfinished, 'password')
  try {
    await writeFile(passwordFile, made.password, { mode: 0o600 })
    if (account.owner) await giveTo(unfinished, account.owner)
    const options = {
      pgdata: target,
      username: superuser,
      pwfile: passwordFile,
      auth: 'scram-sha-256',
      encoding: 'UTF8',
      locale: 'C',
      'locale-provider': 'builtin',
      'builtin-locale': 'C.UTF-8',
    }
    await runProgram(account, [
      binaries.initdb,
      ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
      ...Object.entries(defaults).map(([name, value]) => `--set=${name}=${value}`),
    ])
    await rename(target, folder.cluster)
    await syncFolder(folder.path)
  } finally {
    await removeUnfinished(folder)
  }
}

/** With patience: a killed owner's initdb may be writing there for a moment yet. */
async function removeUnfinished(folder: DataFolder): Promise<void> {
  for (const name of await readdir(folder.path)) {
    if (!name.startsWith(`${basename(folder.cluster)}.new-`)) continue
    await rm(join(folder.path, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await open(path)
  await folder.sync()
}

/** Gives a tree to an account. The folder itself comes last, so that a kill in between starts over. */
export async function giveTo(
  path: string,
  owner: { readonly uid: number; readonly gid: number },
): Promise<void> {
  if ((await stat(path)).uid === owner.uid) return
  for (const entry of await readdir(path, { recursive: true }))
    await lchown(join(path, entry), owner.uid, owner.gid)
  await chown(path, owner.uid, owner.gid)
}
