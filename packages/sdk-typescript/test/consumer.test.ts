import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')
const tsc = join(root, '../../node_modules/.bin/tsc')

function run(args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(tsc, args, { cwd, encoding: 'utf8' })
  assert.equal(status, 0, `tsc ${args.join(' ')}\n${stdout}${stderr}`)
}

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  test(`the built package compiles in a strict project with ${moduleResolution} resolution and no types of Node`, (context) => {
    const project = mkdtempSync(join(tmpdir(), 'novabilling-consumer-'))
    context.after(() => rmSync(project, { recursive: true }))
    const installed = join(project, 'node_modules/novabilling')
    run(['-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')], root)
    cpSync(join(root, 'package.json'), join(installed, 'package.json'))
    cpSync(join(root, 'consumer/consumer.ts'), join(project, 'consumer.ts'))
    writeFileSync(join(project, 'package.json'), '{"type":"module"}')
    const compilerOptions = {
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
    }
    writeFileSync(
      join(project, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['consumer.ts'] }),
    )
    run(['-p', '.'], project)
  })
}
