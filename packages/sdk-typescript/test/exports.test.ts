import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as door from '../src/generated/index.ts'

const source = join(import.meta.dirname, '../src')

test('the package exports exactly these values', () => {
  assert.deepEqual(Object.keys(door).toSorted(), [
    'BadRequestError',
    'ConflictError',
    'ForbiddenError',
    'NotFoundError',
    'NovaBillingClient',
    'NovaBillingConnectionError',
    'NovaBillingError',
    'NovaBillingTimeoutError',
    'Page',
    'PageCall',
    'RateLimitError',
    'UnauthorizedError',
    'WebhookVerificationError',
    'webhooks',
  ])
})

test('every model of the API is exported by name', () => {
  const models = readFileSync(join(source, 'generated/models.ts'), 'utf8')
  const names = [...models.matchAll(/^export (?:interface|type) (\w+)/gm)].map((match) => match[1])
  const index = readFileSync(join(source, 'generated/index.ts'), 'utf8')
  assert.ok(names.length > 10)
  assert.deepEqual(
    names.filter((name) => !new RegExp(`^ {2}${name},$`, 'm').test(index)),
    [],
  )
})

test('the package imports nothing but itself: it runs in browsers, and installs nothing else', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  const imports = files.flatMap((file) =>
    [...readFileSync(join(source, file), 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)].map(
      (match) => match[1] ?? '',
    ),
  )
  assert.ok(imports.length > 20)
  assert.deepEqual(
    imports.filter((name) => !name.startsWith('.') && name !== 'novabilling'),
    [],
  )
  const manifest: { dependencies?: unknown; peerDependencies?: unknown } = JSON.parse(
    readFileSync(join(source, '../package.json'), 'utf8'),
  )
  assert.equal(manifest.dependencies, undefined)
  assert.equal(manifest.peerDependencies, undefined)
})
