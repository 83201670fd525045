import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { preparePython, python } from '../../sdk-python/test/environment.ts'
import { startServer } from './harness.ts'

const server = await startServer()
const root = join(import.meta.dirname, '../../..')
const run = promisify(execFile)
const page = await readFile(join(root, 'docs/getting-started.md'), 'utf8')

/** The page's blocks of one language as one program, against this server, with an account of its own. */
function program(language: 'ts' | 'python', email: string): string {
  const blocks = Array.from(
    page.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g')),
    (match) => match[1] ?? '',
  )
  assert.equal(blocks.length, 5)
  return blocks
    .join('\n')
    .replaceAll('http://localhost:3000', server.origin)
    .replaceAll('ada@example.com', email)
    .replaceAll('{ token: key }', `{ token: key, baseUrl: '${server.origin}' }`)
    .replaceAll('NovaBilling(key.key)', `NovaBilling(key.key, base_url="${server.origin}")`)
}

test('the TypeScript of the first guide works as it stands', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'novabilling-guide-'))
  try {
    await mkdir(join(folder, 'node_modules'))
    await symlink(join(root, 'packages/sdk-typescript'), join(folder, 'node_modules/novabilling'))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    await writeFile(join(folder, 'guide.ts'), program('ts', 'ada-ts@example.com'))
    const { stdout } = await run(process.execPath, [join(folder, 'guide.ts')])
    assert.match(stdout, /^INV-\d{4}-000001 PENDING 180000\n$/)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the Python of the first guide works as it stands', async () => {
  preparePython()
  const { stdout } = await run(python, ['-c', program('python', 'ada-py@example.com')])
  assert.match(stdout, /^INV-\d{4}-000001 PENDING 180000\n$/)
})
