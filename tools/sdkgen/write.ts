import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { GeneratedFile } from './generated-file.ts'

/** A package, the folder in it that holds nothing but generated files, and what that folder is to hold. */
export type Target = {
  readonly package: string
  readonly generated: string
  readonly files: readonly GeneratedFile[]
}

/**
 * Brings the folder to what it is to hold: writes what differs, removes what is left over. Gives the paths that
 * were not as they should be; with `check` it touches nothing.
 */
export function bringUpToDate(target: Target, { check }: { readonly check: boolean }): readonly string[] {
  const wanted = new Map(target.files.map((file) => [join(target.package, file.path), file.text]))
  const stale = filesIn(join(target.package, target.generated)).filter((path) => !wanted.has(path))
  const changed = [...wanted].filter(([path, text]) => contents(path) !== text)
  if (!check) {
    for (const path of stale) rmSync(path)
    for (const [path, text] of changed) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
  }
  return stale.concat(changed.map(([path]) => path))
}

function contents(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** What stands in a generated folder, without Python's caches. */
function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
      .map((entry) => join(entry.parentPath, entry.name))
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
