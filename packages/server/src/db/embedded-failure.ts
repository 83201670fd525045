import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StartupError } from '../startup-error.ts'

/** One of PostgreSQL's programs ended when it should not; `words` is what it said. */
export class ProgramFailure extends Error {
  override name = 'ProgramFailure'
  readonly words: string

  constructor(program: string, words: string) {
    super(`${program} failed: ${words.trim()}`)
    this.words = words
  }
}

/** Another program took the port between our choice and PostgreSQL's start. */
export function isPortTaken(words: string): boolean {
  return /could not bind|could not create any TCP\/IP sockets/.test(words)
}

/** Processes of an earlier PostgreSQL on the same files have not ended yet. */
export function isStillInUse(words: string): boolean {
  return /pre-existing shared memory block|lock file ".*" already exists/.test(words)
}

/** Says in one sentence what happened and what to do. */
export function explainFailure(path: string, words: string): StartupError {
  if (/no space left on device|disk quota exceeded|ENOSPC|EDQUOT/i.test(words)) return diskFull(path)
  if (isStillInUse(words)) {
    return new StartupError(
      `An earlier PostgreSQL in ${path} does not end. Kill its processes, then start again.`,
    )
  }
  if (/error while loading shared libraries|library not loaded/i.test(words)) {
    return new StartupError(
      `The embedded PostgreSQL lacks a library (${lastLine(words)}). Install it, run npm rebuild, or set DATABASE_URL to a PostgreSQL of your own.`,
    )
  }
  if (/ENOENT|: not found$|exec format error|cannot execute/im.test(words)) {
    return new StartupError(
      `The embedded PostgreSQL cannot run on this system (${lastLine(words)}). Set DATABASE_URL to a PostgreSQL of your own.`,
    )
  }
  return new StartupError(
    `PostgreSQL did not start in ${path}: ${lastLine(words)}. Repair that, or set DATA_DIR to another folder; its log is in ${join(path, 'postgres', 'log')}.`,
  )
}

export function diskFull(path: string): StartupError {
  return new StartupError(
    `The disk of the data folder ${path} is full. Free some space, or set DATA_DIR to a folder on another disk.`,
  )
}

/** The complaint itself, without time and pid. */
function lastLine(words: string): string {
  const lines = words.split('\n').filter((line) => line.trim() !== '')
  const complaint =
    lines.findLast((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  return complaint.replace(/^.*?(FATAL|PANIC|error):\s*/, '').replace(/\.$/, '')
}

/** What PostgreSQL wrote to its own log since its last start. */
export async function readLogTail(cluster: string): Promise<string> {
  const folder = join(cluster, 'log')
  let newest = { text: '', at: 0 }
  for (const name of await readdir(folder).catch(() => [])) {
    await using file = await open(join(folder, name))
    const { mtimeMs, size } = await file.stat()
    if (mtimeMs <= newest.at) continue
    const length = Math.min(size, 8192)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    newest = { text: buffer.toString('utf8', 0, bytesRead), at: mtimeMs }
  }
  return newest.text.slice(Math.max(0, newest.text.lastIndexOf('starting PostgreSQL')))
}
