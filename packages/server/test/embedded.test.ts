import assert from 'node:assert/strict'
import { cp, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg, networkInterfaces } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { Client } from 'pg'
import { findBinaries, linkLibraries } from '../src/db/embedded-binaries.ts'
import { startEmbedded } from '../src/db/embedded.ts'
import {
  running,
  newFolder,
  usedFolder,
  start,
  stopAll,
  query,
  postmasterRuns,
  measureMs,
  connects,
} from './embedded-story.ts'

test('a first start takes less than 2 s, a later one less than 0.3 s', async () => {
  const first: number[] = []
  const later: number[] = []
  for (let round = 0; round < 3; round++) {
    const dataDir = newFolder()
    first.push(await measureMs(() => start(dataDir)))
    await stopAll()
    later.push(await measureMs(() => start(dataDir)))
    await stopAll()
    // The promise is for a machine with a core to spare: others' work stretches it.
    const crowd = Math.max(1, (loadavg()[0] ?? 0) / availableParallelism())
    if (Math.min(...first) < 2000 * crowd && Math.min(...later) < 300 * crowd) return
  }
  assert.fail(`first starts took ${first.join(', ')} ms, later ones ${later.join(', ')} ms`)
})

test('the database is UTF-8, sorted by code points, in UTC, durable, and of modest size', async () => {
  const { url } = await start(await usedFolder())
  const [made] = await query(
    url,
    `select current_database() as name, pg_encoding_to_char(encoding) as encoding, datlocprovider as provider,
            datlocale as locale, datcollate as collate from pg_database where datname = current_database()`,
  )
  assert.deepEqual(made, {
    name: 'novabilling',
    encoding: 'UTF8',
    provider: 'b',
    locale: 'C.UTF-8',
    collate: 'C',
  })
  const wanted = {
    timezone: 'UTC',
    fsync: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
    max_connections: '100',
    shared_buffers: '128MB',
    wal_compression: 'pglz',
    listen_addresses: '127.0.0.1',
    password_encryption: 'scram-sha-256',
  }
  for (const [name, value] of Object.entries(wanted)) {
    const [shown] = await query(url, 'select current_setting($1) as value', [name])
    assert.equal(shown?.['value'], value, name)
  }
})

test('a setting of the caller goes over ours', async () => {
  const embedded = await startEmbedded({
    dataDir: await usedFolder(),
    log: () => {},
    settings: { fsync: 'off' },
  })
  running.add(embedded)
  assert.deepEqual(await query(embedded.url, 'show fsync'), [{ fsync: 'off' }])
})

test('nobody enters without the password, which only its owner can read', async () => {
  const dataDir = await usedFolder()
  const { url } = await start(dataDir)
  const { password } = new URL(url)
  assert.ok(password.length >= 43)
  const file = join(dataDir, 'postgres-password')
  assert.equal((await readFile(file, 'utf8')).trim(), password)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await stat(dataDir)).mode & 0o066, 0, 'nobody else may list or write the folder')
  for (const [from, to] of [
    [password, 'wrong'],
    [`:${password}`, ''],
  ] as const) {
    await assert.rejects(query(url.replace(from, to), 'select 1'), /password/)
  }
})

test('only the loopback address listens', async () => {
  const { url } = await start(await usedFolder())
  const port = Number(new URL(url).port)
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  for (const { address, family } of addresses) {
    if (family === 'IPv4' && address !== '127.0.0.1')
      assert.equal(await connects(address, port), false, address)
  }
  assert.equal(await connects('127.0.0.1', port), true)
})

test('PostgreSQL writes to its own log, without statements and their values', async () => {
  const dataDir = await usedFolder()
  const { url } = await start(dataDir)
  await assert.rejects(query(url, "select 'private'::int"))
  await assert.rejects(query(url.replace('/novabilling', '/absent'), 'select 1'))
  await stopAll()
  const folder = join(dataDir, 'postgres', 'log')
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
  assert.match(texts.join(''), /database "absent" does not exist[\s\S]*database system is shut down/)
  assert.doesNotMatch(texts.join(''), /private/)
})

test('rows outlive a stop, which is fast, rolls back what is open, and may be called twice', async () => {
  const dataDir = newFolder()
  const embedded = await start(dataDir)
  const { url } = embedded
  await query(url, 'create table rows as select 1 as id')
  const open = new Client({ connectionString: url })
  open.on('error', () => {})
  await open.connect()
  await open.query('begin; insert into rows values (2)')
  const took = await measureMs(async () =>
    assert.deepEqual(await Promise.all([embedded.stop(), embedded.stop()]), [undefined, undefined]),
  )
  assert.ok(took < 3000, `stopping took ${took} ms`)
  await embedded.stop()
  assert.equal(await postmasterRuns(dataDir), false)
  const again = await start(dataDir)
  assert.deepEqual(await query(again.url, 'select id from rows'), [{ id: 1 }])
})

test("the libraries' links are made where npm did not run install scripts", async () => {
  const { folder } = await findBinaries()
  const native = dirname(folder)
  const home = newFolder()
  await mkdir(join(home, 'native'), { recursive: true })
  await cp(join(native, 'pg-symlinks.json'), join(home, 'native', 'pg-symlinks.json'))
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'))
  await mkdir(join(home, 'native', 'lib'))
  for (const { source } of links) await writeFile(join(home, source), basename(source))
  await linkLibraries(home)
  await linkLibraries(home)
  for (const { source, target } of links)
    assert.equal(await readFile(join(home, target), 'utf8'), basename(source))
})
