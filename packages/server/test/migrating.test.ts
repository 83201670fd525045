import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { refusals } from '../src/refusal.ts'
import { newTenant, startServer } from './harness.ts'

const server = await startServer({ start: '2026-03-10T09:00:00Z' })
const root = join(import.meta.dirname, '../../..')
const page = await readFile(join(root, 'docs/migrating.md'), 'utf8')

test('the guide to migrating works as it stands', async () => {
  const { testKey } = await newTenant(server)
  const given = { key: testKey, lastBoundary: '2026-02-28', nextBoundary: '2026-03-31' }
  const blocks = Array.from(page.matchAll(/```ts\n([^]*?)```/g), ([, block = '']) => block)
  assert.equal(blocks.length, 3)
  const folder = await mkdtemp(join(tmpdir(), 'novabilling-guide-'))
  try {
    await mkdir(join(folder, 'node_modules'))
    await symlink(join(root, 'packages/sdk-typescript'), join(folder, 'node_modules/novabilling'))
    await writeFile(join(folder, 'package.json'), '{"type":"module"}')
    const names = Object.entries(given).map(([name, value]) => `const ${name} = ${JSON.stringify(value)}\n`)
    const program = names.join('') + blocks.join('\n')
    await writeFile(
      join(folder, 'guide.ts'),
      program.replace('{ token: key }', `{ token: key, baseUrl: '${server.origin}' }`),
    )
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'guide.ts')])
    assert.equal(stdout, 'ACTIVE 2026-03-30T21:00:00.000Z\n')
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('every refusal that the guide names is one', () => {
  const named = Array.from(page.matchAll(/409 `([a-z_]+)`/g), ([, code = '']) => code)
  assert.ok(named.length > 2)
  for (const code of named) assert.ok(code in refusals, code)
})
