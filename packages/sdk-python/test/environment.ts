import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const packageFolder = join(import.meta.dirname, '..')
const venv = join(packageFolder, '.venv')
const stamp = join(venv, 'novabilling.stamp')
const lock = join(packageFolder, '.venv-lock')

/** Where the virtual environment keeps its interpreter. */
export const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')

/** Runs a program to its end; a failure throws with all it printed. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd: options.cwd ?? packageFolder,
    env: { ...process.env, ...options.env },
  })
  if (error !== undefined) throw new Error(`${program} does not run`, { cause: error })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}\n${stdout}${stderr}`)
  return stdout
}

/**
 * Makes the virtual environment with the package and its development requirements, once: as long as what it is made
 * from stays the same, it stays. Throws when the machine has no Python 3.9 with venv.
 */
export function preparePython(): void {
  const { program, version } = installedPython()
  const made = createHash('sha256')
    .update(version)
    .update(readFileSync(join(packageFolder, 'pyproject.toml')))
    .update(readFileSync(join(packageFolder, 'requirements-dev.txt')))
    .digest('hex')
  whileLocked(() => {
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made && existsSync(python)) return
    makeEnvironment(program)
    writeFileSync(stamp, made)
  })
}

function makeEnvironment(program: string): void {
  rmSync(venv, { recursive: true, force: true })
  try {
    run(program, ['-m', 'venv', venv])
  } catch (cause) {
    throw new Error('This Python cannot make virtual environments: install its venv module (python3-venv)', { cause })
  }
  run(python, ['-m', 'pip', 'install', '--quiet', '--editable', '.', '--requirement', 'requirements-dev.txt'])
}

/** One process at a time: test files run side by side. A lock whose process is gone is taken over. */
function whileLocked(work: () => void): void {
  while (!locked()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  try {
    work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function locked(): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!holderLives()) rmSync(lock, { force: true })
    return false
  }
}

function holderLives(): boolean {
  try {
    const holder = Number(readFileSync(lock, 'utf8'))
    // Between its making and its writing the lock is empty.
    if (holder === 0) return true
    process.kill(holder, 0)
    return true
  } catch {
    return false
  }
}

function installedPython(): { readonly program: string; readonly version: string } {
  for (const program of ['python3', 'python']) {
    const { status, stdout } = spawnSync(
      program,
      ['-c', 'import sys; print(sys.version, sys.base_prefix); sys.exit(sys.version_info < (3, 9))'],
      { encoding: 'utf8' },
    )
    if (status === 0) return { program, version: stdout }
  }
  throw new Error('The Python client is tested with Python 3.9 or later, and no python3 on PATH is one: install it')
}
