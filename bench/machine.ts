import { cpus, totalmem } from 'node:os'

/** What a figure was measured on, to stand beside it. */
export function machine(postgres: string): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB · Node ${process.version} · PostgreSQL ${postgres}`
}

export function megabytes(): number {
  return Math.round(process.memoryUsage().rss / 2 ** 20)
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

export const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')}/s`
export const percent = (value: number): string => `${Math.round(value * 100)} %`
