import { execFile } from 'node:child_process'
import { chmod, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { StartupError } from '../startup-error.ts'
import type { Binaries } from './embedded-binaries.ts'
import { ProgramFailure } from './embedded-failure.ts'
import type { DataFolder } from './embedded-folder.ts'

const run = promisify(execFile)

type Ids = { readonly uid: number; readonly gid: number }

/** How PostgreSQL is run: through the words of `prefix`, as `ids`; `owner` is who must own the cluster's files. */
export type Account = {
  readonly prefix: readonly string[]
  readonly ids?: Ids
  readonly owner?: Ids
}

/** Nothing of ours goes to PostgreSQL: no secret of the server, no `PG*` setting. */
export const bareEnvironment: NodeJS.ProcessEnv = {
  ...pick('PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR'),
  LC_ALL: 'C',
  TZ: 'UTC',
}

function pick(...names: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

/**
 * Chooses who runs PostgreSQL, which refuses to run as root: a normal user does so itself; root lends it the
 * account that owns the data folder, else `postgres`, else `nobody`.
 * @throws StartupError when none of them can be used
 */
export async function chooseAccount(folder: DataFolder, binaries: Binaries): Promise<Account> {
  if (process.getuid?.() !== 0) return { prefix: [] }
  const ids = (await ownerOf(folder)) ?? (await lookUp('postgres')) ?? (await lookUp('nobody'))
  for (const account of ids ? waysFromRoot(ids) : []) {
    if (await reaches(account, folder, binaries)) return account
    if (account.prefix.length > 0) continue
    await letPass(folder)
    if (await reaches(account, folder, binaries)) return account
  }
  await run(binaries.postgres, ['--version']).catch((error: Error) => {
    throw new ProgramFailure(binaries.postgres, error.message)
  })
  throw new StartupError(
    `PostgreSQL does not run as root, and no other account reaches both ${folder.path} and ${binaries.folder}. Start NovaBilling as a normal user, or put it and DATA_DIR where other accounts may look, such as /opt and /var/lib.`,
  )
}

/**
 * The account as it is; and for where it cannot reach the folders, because a parent is closed to others, the
 * account with root's reach and nothing else of root's: by two capabilities (Linux, util-linux 2.31), or by a
 * user namespace in which root bears the account's number.
 */
function waysFromRoot(ids: Ids): readonly Account[] {
  const kept = '-all,+dac_override,+dac_read_search'
  const capabilities = [
    'setpriv',
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    `--inh-caps=${kept}`,
    `--ambient-caps=${kept}`,
    `--bounding-set=${kept}`,
    '--no-new-privs',
    '--',
  ]
  const namespace = ['unshare', '--user', `--map-user=${ids.uid}`, `--map-group=${ids.gid}`, '--']
  return [
    { prefix: [], ids, owner: ids },
    { prefix: capabilities, owner: ids },
    { prefix: namespace, owner: { uid: 0, gid: 0 } },
  ]
}

/** PostgreSQL wants an account with a name. */
async function ownerOf(folder: DataFolder): Promise<Ids | undefined> {
  const { uid } = await stat(folder.path)
  if (uid === 0) return undefined
  const name = await run('id', ['-un', String(uid)]).catch(() => ({ stdout: '' }))
  return name.stdout.trim() === '' ? undefined : lookUp(name.stdout.trim())
}

async function lookUp(name: string): Promise<Ids | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/** Lets another account pass through our own folder without reading its list. */
async function letPass(folder: DataFolder): Promise<void> {
  const { mode } = await stat(folder.path)
  await chmod(folder.path, (mode & 0o777) | 0o011)
}

async function reaches(account: Account, folder: DataFolder, binaries: Binaries): Promise<boolean> {
  const script = 'cd "$1" && exec "$2" --version'
  const [command, ...rest] = [...account.prefix, 'sh', '-c', script, 'sh', folder.path, binaries.postgres]
  return run(command, rest, { env: bareEnvironment, cwd: '/', ...account.ids }).then(
    () => true,
    () => false,
  )
}
