import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const run = promisify(execFile)
const folder = import.meta.dirname
const others = readdirSync(folder).filter(
  (name) => name.endsWith('.test.ts') && name !== 'machine-zone.test.ts',
)

for (const zone of ['UTC', 'Africa/Kampala', 'America/New_York']) {
  test(`billing is the same on a machine set to ${zone}`, async () => {
    const { NODE_TEST_CONTEXT: _, ...environment } = process.env
    const printed = await run(
      process.execPath,
      ['--test', '--test-isolation=none', '--test-reporter=tap', ...others.map((name) => join(folder, name))],
      { env: { ...environment, TZ: zone } },
    )
    assert.match(printed.stdout, /^# fail 0$/m)
    assert.ok(Number(/^# pass (\d+)$/m.exec(printed.stdout)?.[1]) > 80)
  })
}
