import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { preparePython, python } from '../../sdk-python/test/environment.ts'
import { eventKinds } from '../src/db/events.ts'
import { newCustomer } from './billing-story.ts'
import { newTenant, startServer } from './harness.ts'
import { deliver, deliveriesOf, newEndpoint } from './webhook-story.ts'

const server = await startServer({ settings: { WEBHOOK_TARGETS: 'any' } })
const root = join(import.meta.dirname, '../../..')
const page = await readFile(join(root, 'docs/webhooks.md'), 'utf8')
const folder = await mkdtemp(join(tmpdir(), 'novabilling-page-'))
const children: ChildProcess[] = []
after(async () => {
  for (const child of children) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

function program(language: 'ts' | 'python', port: number): string {
  const block = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page)?.[1] ?? ''
  assert.ok(block.includes('4000'))
  return block.replace('4000', String(port))
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => {
    probe.listen(0, '127.0.0.1', resolve)
  })
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  assert.ok(typeof address === 'object' && address)
  return address.port
}

/** Sends an event to the page's receiver, and another to it with a secret that is not the endpoint's. */
async function receives(port: number, start: (secret: string) => ChildProcess): Promise<void> {
  const { test: as } = await newTenant(server)
  const endpoint = await newEndpoint(as, `http://127.0.0.1:${port}/`)
  const child = start(endpoint.secret)
  children.push(child)
  let said = ''
  child.stdout?.on('data', (part: Buffer) => (said += part.toString()))
  await until(() =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{}' }).then(
      ({ status }) => status === 400,
      () => false,
    ),
  )
  const customer = await newCustomer(as)
  await deliver(server)
  const [delivery] = await deliveriesOf(as, endpoint)
  assert.deepEqual([delivery.status, delivery.attempts[0].responseStatus], ['SUCCEEDED', 204])
  await until(() => said !== '')
  assert.equal(said.trim(), `customer.created ${customer.id}`)

  await as('POST', `/webhook-endpoints/${endpoint.id}/rotate-secret`, { overlapSeconds: 0 })
  await newCustomer(as)
  await deliver(server)
  const [refused] = await deliveriesOf(as, endpoint)
  assert.deepEqual([refused.status, refused.attempts[0].responseStatus], ['PENDING', 400])
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const startedMs = performance.now(); performance.now() - startedMs < 20_000;) {
    if (await what()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('it never came to that')
}

test('the receiver in TypeScript works as it stands: it takes what is ours and nothing else', async () => {
  await mkdir(join(folder, 'node_modules'))
  await symlink(join(root, 'packages/sdk-typescript'), join(folder, 'node_modules/novabilling'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const port = await freePort()
  await writeFile(join(folder, 'receiver.ts'), program('ts', port))
  await receives(port, (secret) =>
    spawn(process.execPath, [join(folder, 'receiver.ts')], {
      env: { ...process.env, WEBHOOK_SECRET: secret },
    }),
  )
})

test('the receiver in Python works as it stands', async () => {
  preparePython()
  const port = await freePort()
  await receives(port, (secret) =>
    spawn(python, ['-c', program('python', port)], { env: { ...process.env, WEBHOOK_SECRET: secret } }),
  )
})

test('the page names every event', () => {
  for (const [resource, kinds] of Object.entries(eventKinds)) {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${resource}\``)) ?? ''
    for (const kind of kinds)
      assert.ok(row.includes(`\`${kind}\``), `docs/webhooks.md lacks ${resource}.${kind}`)
  }
})
