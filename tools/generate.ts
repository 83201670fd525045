import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { buildApp } from '../packages/server/src/app.ts'
import { Bells } from '../packages/server/src/bells.ts'
import { systemClock } from '../packages/server/src/clock.ts'
import { readConfig } from '../packages/server/src/config.ts'
import { Pool } from '../packages/server/src/db/pool.ts'
import { createIds } from '../packages/server/src/ids.ts'
import { createLog } from '../packages/server/src/log.ts'
import { createSealer } from '../packages/server/src/secrets.ts'
import { startCluster } from '../packages/server/test/cluster.ts'
import { configurationPage, errorsPage } from './reference.ts'
import { dumpSchema } from './schema-dump.ts'
import { root } from './sources.ts'

/** Writes what follows from the code, or with --check says what no longer does. */
const isCheck = process.argv.includes('--check')
const stale: string[] = []

await put('packages/server/schema.sql', await schema())
await put('packages/server/openapi.json', await openApi())
await put('docs/errors.md', errorsPage())
await put('docs/configuration.md', configurationPage())

if (stale.length > 0) {
  process.stderr.write(`Not up to date: ${stale.join(', ')}. Run: npm run generate\n`)
  process.exitCode = 1
}

async function put(path: string, text: string): Promise<void> {
  const file = new URL(path, root)
  const current = await readFile(file, 'utf8').catch(() => '')
  if (current === text) return
  if (isCheck) stale.push(path)
  else await writeFile(file, text)
}

async function schema(): Promise<string> {
  const cluster = await startCluster()
  try {
    return await dumpSchema(cluster.url)
  } finally {
    await cluster.stop()
  }
}

/** The app is only described, never asked, so its pools never connect. */
async function openApi(): Promise<string> {
  const nowhere = (): Pool => new Pool({ url: 'postgres://nobody@127.0.0.1:1/none', max: 1, name: 'none' })
  const app = await buildApp(
    {
      config: readConfig({}),
      clock: systemClock,
      ids: createIds({ nowMs: () => systemClock.nowMs(), randomBytes }),
      log: createLog('silent'),
      db: nowhere(),
      workerDb: nowhere(),
      clockDb: nowhere(),
      sealer: createSealer('only described, never sealed with'),
      bells: new Bells(),
      jwtKeys: [],
    },
    { documented: true },
  )
  await app.ready()
  const document = app.swagger()
  await app.close()
  return `${JSON.stringify(document, undefined, 2)}\n`
}
