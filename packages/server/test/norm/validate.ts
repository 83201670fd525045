import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const venv = join(here, '.venv')
const stamp = join(venv, 'novabilling.stamp')
const python = join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')

/**
 * What the UBL schema and the schematron of EN 16931 find wrong with each of these invoices; an empty list: nothing.
 * Needs a Python 3 with venv; its packages, which carry the rules, are installed once.
 */
export function faultsOf(invoices: readonly string[]): string[][] {
  prepare()
  const folder = join(venv, 'invoices')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder)
  const files = invoices.map((xml, index) => {
    const file = join(folder, `${index}.xml`)
    writeFileSync(file, xml)
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
}

function prepare(): void {
  const requirements = join(here, 'requirements.txt')
  const version = execFileSync('python3', ['--version'], { encoding: 'utf8' })
  const made = createHash('sha256').update(version).update(readFileSync(requirements)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return
  rmSync(venv, { recursive: true, force: true })
  execFileSync('python3', ['-m', 'venv', venv])
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements], { stdio: 'pipe' })
  writeFileSync(stamp, made)
}
