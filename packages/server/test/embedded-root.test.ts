import assert from 'node:assert/strict'
import { chown, mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  rootOnly,
  nobody,
  own,
  spawnOwner,
  newFolder,
  usedFolder,
  start,
  stopAll,
  query,
  postmasterPid,
  uidOf,
  pathWithout,
} from './embedded-story.ts'

test('a normal user runs PostgreSQL as itself', rootOnly, async () => {
  const parent = newFolder()
  await mkdir(parent)
  await chown(parent, nobody, nobody)
  const dataDir = join(parent, 'data')
  const owner = await own(dataDir, { uid: nobody })
  assert.equal(await uidOf(await postmasterPid(dataDir)), nobody)
  assert.equal((await stat(dataDir)).mode & 0o777, 0o700)
  await query(owner.url, 'create table rows as select 1 as id')
  owner.child.kill('SIGKILL')
  await owner.ended
  const again = await own(dataDir, { uid: nobody })
  assert.deepEqual(await query(again.url, 'select id from rows'), [{ id: 1 }])
})

test('root runs PostgreSQL as an account without rights of its own', rootOnly, async () => {
  const dataDir = join(newFolder(), 'data')
  await start(dataDir)
  const pid = await postmasterPid(dataDir)
  assert.notEqual(await uidOf(pid), 0)
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  assert.match(status, /^CapEff:\s+0+$/m)
  assert.match(status, /^Groups:\s*$/m)
  assert.equal((await stat(dataDir)).mode & 0o777, 0o711)
  assert.equal((await stat(join(dataDir, 'postgres'))).mode & 0o777, 0o700)
})

test('PostgreSQL is given none of the secrets of the server', rootOnly, async () => {
  const owner = await own(await usedFolder(), { secret: 'hush' })
  const environment = await readFile(`/proc/${await postmasterPid(owner.dataDir)}/environ`, 'utf8')
  assert.match(environment, /LC_ALL=C/)
  assert.doesNotMatch(environment, /hush/)
})

test(
  'root runs PostgreSQL as the owner of the folder, who can start it later without root',
  rootOnly,
  async () => {
    const dataDir = newFolder()
    await mkdir(dataDir, { mode: 0o700 })
    await chown(dataDir, nobody, nobody)
    await start(dataDir)
    assert.equal(await uidOf(await postmasterPid(dataDir)), nobody)
    await stopAll()
    await own(dataDir, { uid: nobody })
  },
)

test('root runs PostgreSQL in a folder that only root reaches, without opening it', rootOnly, async () => {
  const closed = newFolder()
  await mkdir(closed, { mode: 0o700 })
  const dataDir = join(closed, 'data')
  const { url } = await start(dataDir)
  const pid = await postmasterPid(dataDir)
  assert.notEqual(await uidOf(pid), 0)
  // The two capabilities that pass file permissions, and no other.
  assert.match(await readFile(`/proc/${pid}/status`, 'utf8'), /^CapBnd:\s+0+6$/m)
  assert.equal((await stat(closed)).mode & 0o777, 0o700)
  await query(url, 'create table rows as select 1 as id; checkpoint')
  await stopAll()
  await start(dataDir)
})

test(
  'root needs no setpriv where it may make a user namespace, and the ways can change',
  rootOnly,
  async () => {
    const closed = newFolder()
    await mkdir(closed, { mode: 0o700 })
    const dataDir = join(closed, 'data')
    await start(dataDir)
    await stopAll()
    const path = await pathWithout('setpriv')
    const owner = await own(dataDir, { path })
    await query(owner.url, 'create table rows as select 1 as id; checkpoint')
    assert.equal((await stat(join(dataDir, 'postgres'))).uid, 0)
    owner.child.kill('SIGTERM')
    await owner.ended
    const { url } = await start(dataDir)
    assert.deepEqual(await query(url, 'select id from rows'), [{ id: 1 }])
  },
)

test('root without any way is told what to do', rootOnly, async () => {
  const closed = newFolder()
  await mkdir(closed, { mode: 0o700 })
  const owner = spawnOwner(join(closed, 'data'), { path: await pathWithout('setpriv', 'unshare') })
  await owner.said(/^refused/m)
  assert.match(
    owner.words(),
    /does not run as root, .* Start NovaBilling as a normal user, or put it and DATA_DIR where/,
  )
})
