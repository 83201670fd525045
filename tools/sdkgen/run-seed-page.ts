import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { preparePython, python } from '../../packages/sdk-python/test/environment.ts'
import { programOf, type Replacements } from './seed-page.ts'

const root = join(import.meta.dirname, '../..')
const execute = promisify(execFile)

/** What the page's TypeScript examples print, run with the built `novabilling` package. Rejects when they fail. */
export async function runTypescriptOf(pagePath: string, replacements: Replacements): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'novabilling-page-'))
  try {
    mkdirSync(join(project, 'node_modules'))
    symlinkSync(join(root, 'packages/sdk-typescript'), join(project, 'node_modules/novabilling'))
    const path = join(project, 'page.ts')
    writeFileSync(join(project, 'package.json'), '{"type":"module"}')
    writeFileSync(path, programOf(readFileSync(pagePath, 'utf8'), 'typescript', replacements))
    return (await execute(process.execPath, [path], { env: withoutKey() })).stdout
  } finally {
    rmSync(project, { recursive: true })
  }
}

/** The same for Python, in the virtual environment of the Python client. */
export async function runPythonOf(pagePath: string, replacements: Replacements): Promise<string> {
  preparePython()
  const program = programOf(readFileSync(pagePath, 'utf8'), 'python', replacements)
  return (await execute(python, ['-c', program], { env: withoutKey() })).stdout
}

/** The page logs in; a key of the machine's own must not help it. */
function withoutKey(): NodeJS.ProcessEnv {
  const { NOVABILLING_API_KEY: _, ...environment } = process.env
  return environment
}
