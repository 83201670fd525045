import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { newCustomer, newPlan, subscribe } from '../../billing-story.ts'
import { newTenant, startServer } from '../../harness.ts'
import { startReceiver } from '../../webhook-story.ts'

const server = await startServer()
const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

function listen(...args: string[]) {
  const child = spawn(process.execPath, [main, 'listen', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  after(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (output += part.toString()))
  return {
    child,
    output: () => output,
    async said(pattern: RegExp): Promise<string> {
      for (const startedMs = performance.now(); performance.now() - startedMs < 20_000;) {
        const found = pattern.exec(output)
        if (found) return found[0]
        await new Promise((resolve) => setImmediate(resolve))
      }
      throw new Error(`it never said ${pattern}: ${output}`)
    },
  }
}

test('listen forwards the events that come, those that were asked for, signed', async () => {
  const { test: as, testKey } = await newTenant(server)
  await newCustomer(as)
  const receiver = await startReceiver()
  const listening = listen(
    receiver.url,
    '--key',
    testKey,
    '--server',
    server.origin,
    '--events',
    'invoice.*, customer.created',
  )
  const secret = await listening.said(/whsec_\S+/)
  await subscribe(as, {
    customerId: (await newCustomer(as, { currency: 'KES' })).id,
    planId: (await newPlan(as)).id,
  })
  await listening.said(/invoice.finalized.*200/)
  assert.deepEqual(
    receiver.received.map(({ body }) => body.event),
    ['customer.created', 'invoice.created', 'invoice.finalized'],
  )
  for (const { raw, headers } of receiver.received) new Webhook(secret).verify(raw, headers)
  listening.child.kill('SIGTERM')
  const [code] = await once(listening.child, 'exit')
  assert.equal(code, 0)
})

test('listen says what is wrong in a sentence', async () => {
  const wrongKey = listen('http://localhost:1/', '--key', 'sk_test_nothing', '--server', server.origin)
  assert.deepEqual(await once(wrongKey.child, 'exit'), [1, null])
  assert.match(wrongKey.output(), /refuses: Invalid or missing authentication credentials/)
  const wrongAddress = listen('nowhere', '--key', 'sk_test_nothing')
  assert.deepEqual(await once(wrongAddress.child, 'exit'), [1, null])
  assert.match(wrongAddress.output(), /nowhere is not an address/)
})
