import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { unplaced, violations } from './floors.ts'
import { root, sourcesMatching } from './sources.ts'

const { about: _about, ...floors } = JSON.parse(readFileSync(new URL('floors.json', root), 'utf8')) as {
  about: string
} & Record<string, string[]>
const sources = sourcesMatching(/^packages\/(core|server)\/src\/.*\.ts$/)

test('an import that goes up, around, past a door or out of the core is seen', () => {
  const planted = new Map([
    ['packages/server/src/slices/customers/up.ts', "import { x } from '../payments/index.ts'"],
    ['packages/server/src/slices/payments/past.ts', "import { x } from '../customers/sql.ts'"],
    ['packages/server/src/db/up.ts', "import type { x } from '../http/route.ts'"],
    ['packages/core/src/money/out.ts', "import { readFile } from 'node:fs'"],
    ['packages/core/src/money/up.ts', "export { x } from '../calendar/index.ts'"],
    ['packages/core/src/tax/a.ts', "import { b } from './b.ts'"],
    ['packages/core/src/tax/b.ts', "import { a } from './a.ts'"],
    ['packages/core/src/tax/server.ts', "const x = await import('../../../server/src/app.ts')"],
  ])
  const found = violations(floors, planted)
  for (const path of planted.keys()) {
    assert.ok(
      found.some((line) => line.includes(path)),
      `nothing was said of ${path}`,
    )
  }
})

test('every import goes down and through a door', () => {
  assert.ok(sources.size > 50)
  assert.deepEqual(violations(floors, sources), [])
})

test('every folder and file has its floor', () => {
  assert.deepEqual(unplaced(floors, sources), [])
})
