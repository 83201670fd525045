import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, bareEnvironment } from './embedded-account.ts'
import type { Binaries } from './embedded-binaries.ts'
import { ProgramFailure, readLogTail } from './embedded-failure.ts'

/** A running PostgreSQL. */
export type Postmaster = {
  /** Settles when it has ended, asked or not. */
  readonly ended: Promise<void>
  /** Fast shutdown: open transactions are rolled back, the files are left clean. */
  stop(): Promise<void>
}

const isWindows = process.platform === 'win32'

/**
 * Runs a program of PostgreSQL as its child and ends it when standard input closes, which the system does for us when Node is
 * killed. It is the parent, so the pid cannot belong to anyone else while it may still be signalled. Ctrl-C and
 * a supervisor's signals to the whole group are left to Node. The signal is repeated because the first may come
 * before PostgreSQL listens for it; after 15 s of a fast shutdown comes an immediate one.
 */
const keeper = `
trap '' INT TERM HUP
exec 3<&0 </dev/null
"$@" 3<&- &
postmaster=$!
echo "$postmaster"
{
  read -r line <&3
  left=15
  while [ $left -gt 0 ]; do kill -INT $postmaster; sleep 1; left=$((left - 1)); done
  kill -QUIT $postmaster
} >/dev/null 2>&1 &
watcher=$!
exec 3<&-
wait $postmaster
code=$?
kill -KILL $watcher 2>/dev/null
exit $code
`
const kept = ['sh', '-c', keeper, 'novabilling-postgres']

/**
 * Starts PostgreSQL and waits until it takes connections; recovery after a crash counts as waiting.
 * @throws ProgramFailure when it ends before
 */
export async function startPostmaster(options: {
  readonly account: Account
  readonly binaries: Binaries
  readonly cluster: string
  readonly port: number
  /** A pid in postmaster.pid that belongs to another program now. */
  readonly stalePid: number | undefined
  readonly settings: Readonly<Record<string, string>>
}): Promise<Postmaster> {
  const { account, binaries, cluster, stalePid } = options
  const flags = Object.entries(options.settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const postgres = [binaries.postgres, '-D', cluster, '-p', String(options.port), ...flags]
  // pg_ctl's own way to tell PostgreSQL that a pid is not another postmaster's.
  const stale: NodeJS.ProcessEnv = stalePid === undefined ? {} : { PG_GRANDPARENT_PID: String(stalePid) }
  const child = isWindows ? launch(account, postgres, stale) : launch(account, [...kept, ...postgres], stale)
  let words = ''
  child.stderr.on('data', (text: string) => {
    if (words.length < 20_000) words += text
  })
  let pid = isWindows ? child.pid : undefined
  if (!isWindows) child.stdout.once('data', (line: string) => (pid = Number.parseInt(line, 10)))
  let hasEnded = false
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      hasEnded = true
      resolve()
    }
    child.once('exit', end).once('error', (error) => {
      words += error.message
      end()
    })
  })

  while (!(await isReady(cluster, pid))) {
    if (hasEnded) {
      await Promise.race([closed, sleep(200)])
      throw new ProgramFailure('postgres', `${words}\n${await readLogTail(cluster)}`)
    }
    await sleep(5)
  }
  letNodeEnd(child)
  let stopping: Promise<void> | undefined
  const stop = async () => {
    child.ref()
    if (isWindows) await runProgram(account, [binaries.pgCtl, 'stop', '-D', cluster, '-m', 'fast'])
    child.stdin.end()
    await ended
  }
  return { ended, stop: () => (stopping ??= stop()) }
}

/**
 * Runs one of PostgreSQL's programs to its end, or to ours.
 * @throws ProgramFailure with what it said
 */
export async function runProgram(account: Account, program: readonly string[]): Promise<void> {
  const child = launch(account, isWindows ? program : [...kept, ...program], {})
  let words = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: string) => (words += text))
  const code = await new Promise<number | null>((resolve) =>
    child.once('close', resolve).once('error', (error) => {
      words += error.message
      resolve(null)
    }),
  )
  if (code !== 0) throw new ProgramFailure(program[0] ?? '', words)
}

function launch(
  account: Account,
  program: readonly string[],
  more: NodeJS.ProcessEnv,
): ChildProcessWithoutNullStreams {
  const [command = '', ...rest] = [...account.prefix, ...program]
  const child = spawn(command, rest, {
    cwd: '/',
    env: { ...bareEnvironment, ...more },
    detached: !isWindows,
    windowsHide: true,
    ...account.ids,
  })
  child.stdin.on('error', () => {})
  child.stdout.setEncoding('utf8')
  child.stderr.setEncoding('utf8')
  return child
}

/** A program that forgot to stop its database can end all the same; the keeper does the rest. */
function letNodeEnd(child: ChildProcessWithoutNullStreams): void {
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref()
  }
}

/** The eighth line of postmaster.pid is its state; the file of a killed one may still lie there. */
async function isReady(cluster: string, pid: number | undefined): Promise<boolean> {
  if (pid === undefined) return false
  const lines = await readPidFile(cluster)
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

/** The lines of postmaster.pid; none when there is no such file. */
export async function readPidFile(cluster: string): Promise<string[]> {
  return (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
}
