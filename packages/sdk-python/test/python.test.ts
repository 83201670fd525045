import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { pythonFiles } from '../../../tools/sdkgen/python.ts'
import { readApi } from '../../../tools/sdkgen/read-api.ts'
import { bringUpToDate } from '../../../tools/sdkgen/write.ts'
import { packageFolder, preparePython, python, run } from './environment.ts'

before(preparePython)

test('the Python client holds the types of mypy --strict', () => {
  run(python, ['-m', 'mypy'])
})

test('the Python client is clean to ruff', () => {
  run(python, ['-m', 'ruff', 'check'])
  run(python, ['-m', 'ruff', 'format', '--check'])
})

test('the Python client passes its own tests', () => {
  run(python, ['-m', 'pytest'])
})

test('the Python client generated from one of each construct holds its types and speaks the wire', (context) => {
  const project = mkdtempSync(join(tmpdir(), 'novabilling-sdkgen-'))
  context.after(() => rmSync(project, { recursive: true }))
  cpSync(join(packageFolder, 'src'), project, {
    recursive: true,
    filter: (path) => !path.includes('generated') && !path.includes('__pycache__'),
  })
  const fixture = join(packageFolder, '../../tools/sdkgen/fixture.openapi.json')
  const files = pythonFiles(readApi(JSON.parse(readFileSync(fixture, 'utf8')))).map(({ path, text }) => ({
    path: path.replace(/^src\//, ''),
    text,
  }))
  bringUpToDate({ package: project, generated: 'novabilling/generated', files }, { check: false })
  cpSync(join(import.meta.dirname, 'user.py'), join(project, 'user.py'))
  writeFileSync(join(project, 'mypy.ini'), '[mypy]\nstrict = true\nwarn_unused_ignores = true\n')
  run(python, ['-m', 'mypy', 'novabilling', 'user.py'], { cwd: project })
  run(python, ['user.py'], { cwd: project, env: { PYTHONPATH: project } })
})
