import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { testSecrets } from './cluster.ts'

const main = new URL('../src/main.ts', import.meta.url).pathname
const children: ChildProcess[] = []
const folders: string[] = []
after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'novabilling-start-'))
  folders.push(made)
  return join(made, 'data')
}

type Run = {
  child: ChildProcess
  output: () => string
  said: (pattern: RegExp) => Promise<string>
  ended: Promise<number | null>
}

function run(settings: Record<string, string>, args: string[] = []): Run {
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  const watchers = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      for (const watcher of watchers) watcher()
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    child,
    ended,
    output: () => output,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(output)
          if (match) resolve(match[1] ?? match[0])
        }
        watchers.add(look)
        look()
        void ended.then(() => reject(new Error(`it ended before it said ${String(pattern)}: ${output}`)))
      }),
  }
}

const startedAt = /API +(http:\S+)\/api/

async function refused(settings: Record<string, string>, sentence: RegExp): Promise<void> {
  const { ended, output } = run(settings)
  assert.equal(await ended, 1, output())
  assert.match(output(), sentence)
  assert.ok(!/\n\s+at /.test(output()), `a stack was shown: ${output()}`)
}

test('a setting that cannot be is refused with a sentence that names it and says what to do', async () => {
  const own = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', ...testSecrets }
  await Promise.all([
    refused({ PORT: 'three' }, /^PORT .*"three".*Port to listen on/),
    refused({ PORT: '70000' }, /^PORT /),
    refused({ LOG_LEVEL: 'loud' }, /^LOG_LEVEL /),
    refused({ NOVA_PORT: '1' }, /^NOVA_PORT is not a setting/),
    refused({ ...own, JWT_SECRET: '' }, /^JWT_SECRET is required .*openssl rand/),
    refused({ ...own, JWT_SECRET: 'short' }, /^JWT_SECRET is shorter than 32/),
    refused({ ...own, JWT_SECRET: 'secretsecretsecretsecretsecretsecret' }, /^JWT_SECRET is easy to guess/),
    refused({ ...own, ENCRYPTION_KEY: 'a'.repeat(64) }, /^ENCRYPTION_KEY is easy to guess/),
    refused(own, /^PostgreSQL cannot be reached at 127\.0\.0\.1:1 .*DATABASE_URL/),
    refused({ ...own, DATABASE_URL: 'not a url' }, /^DATABASE_URL is not the URL of a PostgreSQL/),
  ])
})

test('a port in use is refused with the way out', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const address = taken.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  await refused(
    { PORT: port, HOST: '127.0.0.1', DATA_DIR: await folder() },
    new RegExp(`Port ${port} is in use\\..*PORT=`),
  )
  taken.close()
})

test('a foreign folder is left alone', async () => {
  const foreign = await folder()
  await mkdir(foreign)
  await writeFile(join(foreign, 'thesis.txt'), 'mine')
  await refused({ PORT: '0', DATA_DIR: foreign }, /DATA_DIR/)
})

test('it starts on nothing, keeps its data over kill -9, refuses a second process, and ends orderly', async () => {
  const settings = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: await folder(), LOG_LEVEL: 'warn' }
  const first = run(settings)
  const url = await first.said(startedAt)
  const account = {
    name: 'Ada',
    email: 'ada@example.com',
    password: 'a long passphrase',
    companyName: 'Acme',
  }
  const post = (origin: string, path: string, body: object): Promise<Response> =>
    fetch(`${origin}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  assert.equal((await post(url, '/auth/register', account)).status, 201)
  await refused(settings, /is in use by process \d+/)
  first.child.kill('SIGKILL')
  await first.ended

  const second = run(settings)
  const again = await second.said(startedAt)
  assert.equal((await post(again, '/auth/login', account)).status, 400)
  const { email, password } = account
  assert.equal((await post(again, '/auth/login', { email, password })).status, 200)
  for (const path of ['/health', '/ready', '/metrics', '/', '/api/openapi.json', '/api/reference']) {
    assert.equal((await fetch(`${again}${path}`)).status, 200, path)
  }
  second.child.kill('SIGTERM')
  assert.equal(await second.ended, 0, second.output())
})
