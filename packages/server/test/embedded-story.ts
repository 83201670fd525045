import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { type EmbeddedDatabase, startEmbedded } from '../src/db/embedded.ts'
import { StartupError } from '../src/startup-error.ts'

export const isRoot = process.getuid?.() === 0

export const rootOnly = { skip: isRoot ? false : 'needs root' }

export const nobody = isRoot ? idOf('nobody') : 0

export const place = await mkdtemp(join(tmpdir(), 'novabilling-embedded-'))

await chmod(place, 0o755)

let folders = 0

export const running = new Set<EmbeddedDatabase>()

const owners = new Set<Owner>()

afterEach(async () => {
  await Promise.all([...running].map((embedded) => embedded.stop()))
  running.clear()
  for (const owner of owners) owner.child.kill('SIGKILL')
  await Promise.all([...owners].map((owner) => owner.ended))
  for (const owner of owners) await until(async () => !(await postmasterRuns(owner.dataDir)))
  owners.clear()
})

after(() => rm(place, { recursive: true, force: true, maxRetries: 5 }))

// ── a process that owns a folder ──

type Owner = {
  readonly child: ChildProcess
  readonly dataDir: string
  readonly url: string
  readonly ended: Promise<void>
  words(): string
  said(pattern: RegExp): Promise<void>
}

type OwnerOptions = { secret?: string; uid?: number; path?: string; task?: 'write'; detached?: boolean }

export async function own(dataDir: string, options: OwnerOptions = {}): Promise<Owner> {
  const owner = spawnOwner(dataDir, options)
  await owner.said(/^started /m)
  return owner
}

export function spawnOwner(dataDir: string, options: OwnerOptions = {}): Owner {
  const program = join(import.meta.dirname, 'embedded-owner.ts')
  const { uid, path, task, secret, detached = false } = options
  const child = spawn(process.execPath, [program, dataDir, ...(task ? [task] : [])], {
    cwd: '/',
    detached,
    env: { ...process.env, ...(path ? { PATH: path } : {}), ...(secret ? { JWT_SECRET: secret } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (words += text))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const owner: Owner = {
    child,
    dataDir,
    ended,
    words: () => words,
    said: (pattern) =>
      until(() => {
        if (pattern.test(words)) return true
        if (child.exitCode !== null) assert.match(words, pattern)
        return false
      }),
    get url() {
      return /^started (.*)$/m.exec(words)?.[1] ?? ''
    },
  }
  owners.add(owner)
  return owner
}

// ── small things ──

export function newFolder(): string {
  folders += 1
  return join(place, String(folders))
}

/** One with a database in it already, for tests that need no new one; stopped between them. */
export async function usedFolder(): Promise<string> {
  const dataDir = join(place, 'used')
  await start(dataDir)
  await stopAll()
  return dataDir
}

export async function start(dataDir: string): Promise<EmbeddedDatabase> {
  const embedded = await startEmbedded({ dataDir, log: () => {} })
  running.add(embedded)
  return embedded
}

export async function stopAll(): Promise<void> {
  for (const embedded of running) await embedded.stop()
  running.clear()
}

export async function query(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  try {
    await client.connect()
    return (values.length > 0 ? await client.query(text, values) : await client.query(text)).rows
  } finally {
    await client.end()
  }
}

export async function refusedUnchanged(dataDir: string, pattern: RegExp): Promise<void> {
  const before = await listing(dataDir)
  await assert.rejects(
    start(dataDir),
    (error) => error instanceof StartupError && pattern.test(error.message),
  )
  assert.deepEqual(await listing(dataDir), before)
}

/** Every entry but the lock's own pid file, with its time and rights. */
async function listing(folder: string): Promise<string[]> {
  const names = ['.', ...(await readdir(folder, { recursive: true }))].filter(
    (name) => name !== 'novabilling.pid',
  )
  const lines = names.map(async (name) => {
    const { mtimeMs, mode, uid, size } = await stat(join(folder, name))
    return [name, mtimeMs, mode, uid, size].join(' ')
  })
  return Promise.all(lines)
}

export async function postmasterPid(dataDir: string): Promise<number> {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
  return Number(text.split('\n')[0])
}

const lastPids = new Map<string, number>()

/** By its last known pid: the file goes before the process does. */
export async function postmasterRuns(dataDir: string): Promise<boolean> {
  const pid = (await postmasterPid(dataDir)) || (lastPids.get(dataDir) ?? 0)
  if (pid === 0) return false
  lastPids.set(dataDir, pid)
  const state = execFileOrEmpty('ps', ['-o', 'stat=,args=', '-p', String(pid)]).trim()
  return state !== '' && !state.startsWith('Z') && state.includes(dataDir)
}

export async function uidOf(pid: number): Promise<number> {
  return Number(execFileOrEmpty('ps', ['-o', 'uid=', '-p', String(pid)]))
}

function idOf(name: string): number {
  return Number(execFileOrEmpty('id', ['-u', name]))
}

export function execFileOrEmpty(program: string, words: readonly string[]): string {
  try {
    return execFileSync(program, words, { encoding: 'utf8' })
  } catch {
    return ''
  }
}

/** A PATH with the programs of this one but some. */
export async function pathWithout(...missing: string[]): Promise<string> {
  const folder = newFolder()
  await mkdir(folder)
  for (const name of ['sh', 'id', 'sleep', 'setpriv', 'unshare']) {
    const found = execFileOrEmpty('which', [name]).trim()
    if (found !== '' && !missing.includes(name)) await symlink(found, join(folder, name))
  }
  return folder
}

export async function measureMs(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

export async function until(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const begun = performance.now()
  while (!(await condition())) {
    assert.ok(performance.now() - begun < limitMs, 'waited too long')
    await sleep(10)
  }
}

export async function connects(host: string, port: number): Promise<boolean> {
  const socket = createConnection({ host, port })
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return isOpen
}
