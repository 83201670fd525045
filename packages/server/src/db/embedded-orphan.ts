import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { StartupError } from '../startup-error.ts'
import { isAlive } from './embedded-folder.ts'
import { readPidFile } from './embedded-process.ts'

const run = promisify(execFile)
const patienceMs = 30_000
const pauseMs = 20

/**
 * Ends the PostgreSQL of an owner that was killed, and waits for it. The caller owns the folder, so whoever runs
 * there is an orphan.
 * @returns the pid of postmaster.pid where that belongs to another program now, which PostgreSQL must overlook
 * @throws StartupError when it does not end within 30 s
 */
export async function endOrphan(
  cluster: string,
  log: (message: string) => void,
): Promise<number | undefined> {
  const pid = Number((await readPidFile(cluster))[0])
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return undefined
  if (!(await isPostmaster(pid, cluster))) return pid
  log(`Waiting for the PostgreSQL of a killed process to end (process ${pid})`)
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += pauseMs) {
    if (waitedMs === 0) signal(pid, 'SIGINT')
    if (waitedMs === patienceMs / 2) signal(pid, 'SIGQUIT')
    if (!(await isPostmaster(pid, cluster))) return undefined
    await sleep(pauseMs)
  }
  throw new StartupError(`An earlier PostgreSQL, process ${pid}, does not end. Kill it, then start again.`)
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended, or belongs to another account; then its own keeper ends it.
  }
}

/** Whether the process is the PostgreSQL of this cluster, by its command line: pids are given out again. */
async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  const words = await commandLine(pid)
  return words.includes('postgres') && words.includes(cluster)
}

/** Empty for one that has ended, even while its parent has not taken note. */
async function commandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  const query = `(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`
  const [command, ...rest] =
    process.platform === 'win32'
      ? (['powershell', '-NoProfile', '-Command', query] as const)
      : (['ps', '-ww', '-o', 'command=', '-p', String(pid)] as const)
  return run(command, rest).then(
    ({ stdout }) => stdout,
    () => '',
  )
}
