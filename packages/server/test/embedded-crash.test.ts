import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { startEmbedded } from '../src/db/embedded.ts'
import {
  running,
  own,
  spawnOwner,
  newFolder,
  usedFolder,
  start,
  query,
  postmasterPid,
  postmasterRuns,
  execFileOrEmpty,
  measureMs,
  until,
} from './embedded-story.ts'

test('kill -9 of the owner loses no acknowledged row, and an immediate start works', async () => {
  const dataDir = newFolder()
  const owner = await own(dataDir, { task: 'write' })
  await owner.said(/^row 200$/m)
  owner.child.kill('SIGKILL')
  await owner.ended
  const acknowledged = Number([...owner.words().matchAll(/^row (\d+)$/gm)].at(-1)?.[1])
  assert.ok(acknowledged >= 200)
  const { url } = await start(dataDir)
  const rows = await query(url, 'select count(*)::int as count, max(id) as last from rows')
  const [{ count, last } = { count: 0, last: 0 }] = rows
  assert.equal(count, last)
  assert.ok(
    Number(count) >= acknowledged && Number(count) <= acknowledged + 1,
    `${Number(count)} of ${acknowledged}`,
  )
})

test('kill -9 of the owner leaves no PostgreSQL running, even while a query is', async () => {
  const dataDir = await usedFolder()
  const owner = await own(dataDir)
  const client = new Client({ connectionString: owner.url })
  client.on('error', () => {})
  await client.connect()
  const busy = client.query('select pg_sleep(60)').catch(() => {})
  assert.equal(await postmasterRuns(dataDir), true)
  owner.child.kill('SIGKILL')
  await until(async () => !(await postmasterRuns(dataDir)))
  await busy
})

test('a PostgreSQL that outlived both its owner and its keeper is ended by the next start', async () => {
  const owner = await own(await usedFolder())
  const pid = await postmasterPid(owner.dataDir)
  const keeper = execFileOrEmpty('ps', ['-o', 'ppid=', '-p', String(pid)]).trim()
  const children = execFileOrEmpty('ps', ['-o', 'pid=', '--ppid', keeper]).trim().split(/\s+/)
  for (const part of [keeper, ...children]) if (Number(part) !== pid) process.kill(Number(part), 'SIGKILL')
  owner.child.kill('SIGKILL')
  await owner.ended
  const told: string[] = []
  const embedded = await startEmbedded({ dataDir: owner.dataDir, log: (message) => told.push(message) })
  running.add(embedded)
  assert.deepEqual(told, [`Waiting for the PostgreSQL of a killed process to end (process ${pid})`])
  assert.notEqual(await postmasterPid(owner.dataDir), pid)
  assert.deepEqual(await query(embedded.url, 'select 1 as one'), [{ one: 1 }])
})

test('kill -9 of the owner while the database is being made is made good by the next start', async () => {
  const dataDir = newFolder()
  const owner = spawnOwner(dataDir)
  await owner.said(/^log Creating/m)
  await until(async () => (await readdir(dataDir)).some((name) => name.startsWith('postgres.new-')))
  await sleep(100)
  owner.child.kill('SIGKILL')
  await owner.ended
  const { url } = await start(dataDir)
  assert.deepEqual(await query(url, 'select 1 as one'), [{ one: 1 }])
  await until(async () => !(await readdir(dataDir)).some((name) => name.includes('.new')))
})

test('kill -9 of PostgreSQL is told to the owner, and the next start recovers', async () => {
  const dataDir = newFolder()
  const told: string[] = []
  const embedded = await startEmbedded({ dataDir, log: (message) => told.push(message) })
  await query(embedded.url, 'create table rows as select 1 as id')
  process.kill(await postmasterPid(dataDir), 'SIGKILL')
  await embedded.ended
  assert.match(told.at(-1) ?? '', /ended by itself/)
  await embedded.stop()
  const { url } = await start(dataDir)
  assert.deepEqual(await query(url, 'select id from rows'), [{ id: 1 }])
})

test('a start waits for a busy connection that outlived a killed PostgreSQL', async () => {
  const dataDir = await usedFolder()
  const embedded = await start(dataDir)
  const client = new Client({ connectionString: embedded.url })
  client.on('error', () => {})
  await client.connect()
  // It never sleeps, so it notices nothing before its end.
  const busy = client
    .query('select count(*) from generate_series(1, 8000000) as n where n % 7 = 3')
    .catch(() => {})
  await sleep(100)
  process.kill(await postmasterPid(dataDir), 'SIGKILL')
  await embedded.ended
  const { url } = await start(dataDir)
  assert.deepEqual(await query(url, 'select 1 as one'), [{ one: 1 }])
  await busy
})

test('ctrl-C reaches the owner alone, whose transactions can finish', async () => {
  const owner = await own(await usedFolder(), { detached: true })
  process.kill(-(owner.child.pid ?? 0), 'SIGINT')
  await owner.ended
  assert.match(owner.words(), /^finished/m)
  assert.equal(owner.child.exitCode, 0)
})

test('SIGTERM of the owner ends both within seconds', async () => {
  const owner = await own(await usedFolder())
  const took = await measureMs(async () => {
    owner.child.kill('SIGTERM')
    await owner.ended
  })
  assert.ok(took < 3000, `${took} ms`)
  assert.equal(owner.child.exitCode, 0)
  assert.equal(await postmasterRuns(owner.dataDir), false)
})
