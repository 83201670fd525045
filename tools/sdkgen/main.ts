import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { Json } from './json.ts'
import { pythonFiles } from './python.ts'
import { readApi } from './read-api.ts'
import { typescriptFiles } from './typescript.ts'
import { bringUpToDate, type Target } from './write.ts'

const root = join(import.meta.dirname, '../..')

// node tools/sdkgen/main.ts [--input packages/server/openapi.json] [--check]
const { values } = parseArgs({
  options: {
    input: { type: 'string', default: join(root, 'packages/server/openapi.json') },
    check: { type: 'boolean', default: false },
  },
})

const document: Json = JSON.parse(readFileSync(values.input, 'utf8'))
const api = readApi(document)
const targets: readonly Target[] = [
  { package: join(root, 'packages/sdk-typescript'), generated: 'src/generated', files: typescriptFiles(api) },
  {
    package: join(root, 'packages/sdk-python'),
    generated: 'src/novabilling/generated',
    files: pythonFiles(api),
  },
]

const changed = targets.flatMap((target) => bringUpToDate(target, { check: values.check }))
if (values.check && changed.length > 0) {
  const paths = changed.map((path) => `  ${relative(root, path)}\n`).join('')
  process.stderr.write(
    `The clients are behind the API. Run \`node tools/sdkgen/main.ts\` and commit:\n${paths}`,
  )
  process.exitCode = 1
} else {
  process.stdout.write(`${api.operations.length} operations, ${changed.length} files changed\n`)
}
