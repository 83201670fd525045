import { readFile, readdir } from 'node:fs/promises'

const ticksPerSecond = 100

/** Seconds of processor time that a process has used, and its parent; Linux only. */
async function usedBy(pid: string): Promise<{ parent: string; seconds: number } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (fields.length < 15) return undefined
  return {
    parent: fields[1] ?? '',
    seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
  }
}

export async function processSeconds(pid: number): Promise<number> {
  return (await usedBy(String(pid)))?.seconds ?? 0
}

/** Of a PostgreSQL and all it has started, by one of its backends. */
export async function postgresSeconds(backend: number): Promise<number> {
  const postmaster = (await usedBy(String(backend)))?.parent
  let sum = 0
  for (const pid of await readdir('/proc')) {
    const used = /^\d+$/.test(pid) ? await usedBy(pid) : undefined
    if (used && (used.parent === postmaster || pid === postmaster)) sum += used.seconds
  }
  return sum
}
