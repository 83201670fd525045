import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigSchema } from '../packages/server/src/config.ts'
import { refusals } from '../packages/server/src/refusal.ts'
import { sourcesMatching } from './sources.ts'

const code = sourcesMatching(/^packages\/(core|server)\/src\/.*\.ts$/)
const migrations = sourcesMatching(/^packages\/server\/migrations\/.*\.sql$/)
const docs = sourcesMatching(/^docs\/.*\.md$/)
const everything = sourcesMatching(
  /\.(ts|tsx|sql|md|py|json|css|html|yml|yaml|toml|typ)$|^\.ci\/run$|Dockerfile/,
)

/** Lines that match, as `path:line text`, outside the files that may. */
function matches(sources: Map<string, string>, pattern: RegExp, allowed: readonly string[] = []): string[] {
  const found: string[] = []
  for (const [path, text] of sources) {
    if (allowed.includes(path)) continue
    for (const [index, line] of text.split('\n').entries()) {
      if (pattern.test(line)) found.push(`${path}:${index + 1} ${line.trim()}`)
    }
  }
  return found
}

test('time and chance come from deps alone', () => {
  const planted = new Map([
    ['a.ts', 'const now = Date.now()'],
    ['b.ts', 'setTimeout(x, 1)'],
  ])
  const pattern =
    /Date\.now\(|new Date\(\)|Math\.random|randomUUID|\bsetTimeout\(|\bsetInterval\(|Temporal\.Now/
  assert.equal(matches(planted, pattern).length, 2)
  assert.deepEqual(
    matches(code, pattern, [
      'packages/server/src/clock.ts',
      'packages/server/src/serve.ts',
      'packages/server/src/documents/render.ts',
    ]),
    [],
  )
})

test('the database never supplies the time, an id or a chance', () => {
  const pattern = /\bnow\(\)|current_timestamp|clock_timestamp|gen_random_uuid|\brandom\(\)/i
  assert.equal(matches(new Map([['a.sql', 'default now()']]), pattern).length, 1)
  // `clock.now()` and the like are method calls; SQL's stands alone.
  const inSql = new RegExp(
    String.raw`(?<![.\w])(?:${pattern.source.replace(String.raw`\bnow`, 'now').replace(String.raw`\brandom`, 'random')})`,
    'i',
  )
  assert.deepEqual(matches(migrations, inSql), [])
  assert.deepEqual(matches(code, inSql, ['packages/server/src/clock.ts']), [])
})

test('the environment variables are read in one place (and handed on to the embedded database)', () => {
  assert.deepEqual(
    matches(code, /process\.env/, [
      'packages/server/src/main.ts',
      'packages/server/src/db/embedded-account.ts',
    ]),
    [],
  )
})

test('every refusal is documented and used', () => {
  const errors = docs.get('docs/errors.md') ?? ''
  const used = [...code]
    .filter(([path]) => !path.endsWith('src/refusal.ts'))
    .map(([, text]) => text)
    .join('\n')
  for (const [name, [status, sentence]] of Object.entries(refusals)) {
    assert.ok(
      errors.includes(`| \`${name}\` | ${status} | ${sentence} |`),
      `docs/errors.md does not say: | \`${name}\` | ${status} | ${sentence} |`,
    )
    assert.ok(used.includes(`'${name}'`), `nothing refuses with ${name}`)
  }
})

test('every setting is documented', () => {
  const page = docs.get('docs/configuration.md') ?? ''
  for (const [name, schema] of Object.entries(ConfigSchema.properties)) {
    const description = String(Reflect.get(schema, 'description'))
    assert.ok(
      page.includes(`| \`${name}\` |`) && page.includes(description),
      `docs/configuration.md lacks ${name}: ${description}`,
    )
  }
})

test('nothing is left for later in the code', () => {
  assert.deepEqual(matches(code, /TODO|FIXME|XXX|HACK|not implemented|@ts-ignore|@ts-expect-error/), [])
})

test('nothing speaks of the machine it was made on', () => {
  const pattern = /\/work\/main|\/root\/|registry\.npmjs|pypi\.org|proxy\.golang/
  assert.deepEqual(matches(everything, pattern, ['tools/tidy.test.ts']), [])
})

test('a source file holds one idea: it is under 400 lines', () => {
  const long = [...code].filter(([, text]) => text.split('\n').length > 400).map(([path]) => path)
  assert.deepEqual(long, [])
})
