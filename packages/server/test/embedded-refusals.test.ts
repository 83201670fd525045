import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdir, readFile, readdir, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startEmbedded } from '../src/db/embedded.ts'
import { StartupError } from '../src/startup-error.ts'
import {
  isRoot,
  rootOnly,
  nobody,
  spawnOwner,
  newFolder,
  usedFolder,
  start,
  stopAll,
  query,
  refusedUnchanged,
  postmasterPid,
} from './embedded-story.ts'

test('a second process, and a second start in one process, are refused in one sentence', async () => {
  const dataDir = await usedFolder()
  await start(dataDir)
  const sentence = `The data folder ${dataDir} is in use by process ${process.pid}. Stop it, or set DATA_DIR to another folder.`
  await assert.rejects(start(dataDir), new StartupError(sentence))
  const second = spawnOwner(dataDir)
  await second.said(/^refused/m)
  assert.equal(second.words().trim(), `refused ${sentence}`)
  await stopAll()
  await start(dataDir)
})

test('of several starts at once on a new folder, one wins and the others name it', async () => {
  const dataDir = newFolder()
  const rivals = [1, 2, 3].map(() => spawnOwner(dataDir))
  await Promise.all(rivals.map((rival) => rival.said(/^(started|refused)/m)))
  const winners = rivals.filter((rival) => rival.words().includes('started '))
  assert.equal(winners.length, 1)
  for (const rival of rivals) {
    if (rival !== winners[0])
      assert.match(rival.words(), new RegExp(`in use by process ${winners[0]?.child.pid}\\.`))
  }
})

test('a pid that another program has been given since is not taken for an owner', async () => {
  const dataDir = newFolder()
  const embedded = await startEmbedded({ dataDir, log: () => {} })
  await query(embedded.url, 'create table rows as select 1 as id')
  const cluster = join(dataDir, 'postgres')
  const { uid, gid } = await stat(cluster)
  process.kill(await postmasterPid(dataDir), 'SIGKILL')
  await embedded.ended
  // PostgreSQL believes any living process of its own account.
  const stranger = spawn('sleep', ['60'], { stdio: 'ignore', ...(isRoot ? { uid, gid } : {}) })
  const [, ...rest] = (await readFile(join(cluster, 'postmaster.pid'), 'utf8')).split('\n')
  await writeFile(join(cluster, 'postmaster.pid'), [stranger.pid, ...rest].join('\n'))
  await writeFile(join(dataDir, 'novabilling.pid'), String(stranger.pid))
  try {
    const { url } = await start(dataDir)
    assert.deepEqual(await query(url, 'select id from rows'), [{ id: 1 }])
    assert.equal(stranger.exitCode ?? stranger.signalCode, null, 'the stranger was left alone')
  } finally {
    stranger.kill('SIGKILL')
  }
})

test("a folder with other people's files is refused and left as it is", async () => {
  const dataDir = newFolder()
  await mkdir(dataDir, { mode: 0o755 })
  await writeFile(join(dataDir, 'letter.txt'), 'dear')
  await refusedUnchanged(
    dataDir,
    /holds files that are not NovaBilling's. Set DATA_DIR to an empty or a new folder\.$/,
  )
})

test('a cluster of another PostgreSQL is refused and left as it is', async () => {
  const dataDir = newFolder()
  await start(dataDir)
  await stopAll()
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n')
  await refusedUnchanged(
    dataDir,
    /was made by PostgreSQL 17, and this NovaBilling brings PostgreSQL 18\. Move its/,
  )
})

test('a cluster without its password, or with another, is refused', async () => {
  const dataDir = newFolder()
  await start(dataDir)
  await stopAll()
  await unlink(join(dataDir, 'postgres-password'))
  await refusedUnchanged(dataDir, /password is gone\. Put .*postgres-password back/)
  await writeFile(join(dataDir, 'postgres-password'), 'another')
  await assert.rejects(start(dataDir), /password is gone/)
})

test('a file in the place of the folder is refused', async () => {
  const file = newFolder()
  await writeFile(file, 'dear')
  for (const dataDir of [file, join(file, 'within')]) {
    await assert.rejects(
      start(dataDir),
      (error) => error instanceof StartupError && /Set DATA_DIR to a folder/.test(error.message),
    )
  }
  assert.equal(await readFile(file, 'utf8'), 'dear')
})

test('a folder that may not be written is refused', async () => {
  const closed = newFolder()
  await mkdir(closed, { mode: 0o555 })
  for (const dataDir of [closed, join(closed, 'within')]) {
    const owner = spawnOwner(dataDir, isRoot ? { uid: nobody } : {})
    await owner.said(/^refused/m)
    assert.equal(
      owner.words().trim(),
      `refused This user may not write to the data folder ${dataDir}. Give it that right, or set DATA_DIR to another folder.`,
    )
  }
  assert.deepEqual(await readdir(closed), [])
})

test('a full disk is refused in one sentence, and works once there is room', rootOnly, async (t) => {
  const dataDir = newFolder()
  await mkdir(dataDir)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', dataDir], { stdio: 'ignore' })
  } catch {
    return t.skip('needs the right to mount')
  }
  try {
    await assert.rejects(
      start(dataDir),
      new StartupError(
        `The disk of the data folder ${dataDir} is full. Free some space, or set DATA_DIR to a folder on another disk.`,
      ),
    )
    execFileSync('mount', ['-o', 'remount,size=300m', dataDir])
    await start(dataDir)
    await stopAll()
  } finally {
    execFileSync('umount', [dataDir])
  }
})

test('a setting PostgreSQL does not know is refused in one sentence', async () => {
  const settings = { no_such_setting: 'on' }
  await assert.rejects(
    startEmbedded({ dataDir: await usedFolder(), log: () => {}, settings }),
    (error) =>
      error instanceof StartupError &&
      /: unrecognized configuration parameter "no_such_setting"\./.test(error.message),
  )
})
