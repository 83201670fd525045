import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export const root = new URL('../', import.meta.url)

/** Files that git tracks or would, by path from the root, whose path matches. */
export function sourcesMatching(pattern: RegExp): Map<string, string> {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
  const sources = new Map<string, string>()
  for (const path of listed.split('\n').filter((line) => pattern.test(line))) {
    try {
      sources.set(path, readFileSync(new URL(path, root), 'utf8'))
    } catch {
      // Listed and since deleted.
    }
  }
  return sources
}
