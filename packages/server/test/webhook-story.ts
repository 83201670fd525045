import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import assert from 'node:assert/strict'
import { webhooks } from '../src/slices/webhooks/index.ts'
import type { Caller, TestServer } from './harness.ts'
import { rows } from './payment-story.ts'

export type Received = {
  readonly headers: Record<string, string>
  readonly raw: string
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into bodies whose shape is what it tests
  readonly body: any
}

export type Receiver = {
  readonly url: string
  readonly received: Received[]
  /** What it answers from now on: a status, or its own way. */
  answer: number | ((request: IncomingMessage, response: ServerResponse) => void)
  close(): void
}

/** Somebody's server, which keeps all that it is sent. */
export async function startReceiver(answer: Receiver['answer'] = 200): Promise<Receiver> {
  const received: Received[] = []
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const raw = Buffer.concat(parts).toString('utf8')
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      )
      received.push({ headers, raw, body: JSON.parse(raw) })
      if (typeof receiver.answer === 'number') response.writeHead(receiver.answer).end('thank you')
      else receiver.answer(request, response)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
  after(() => receiver.close())
  return receiver
}

export async function newEndpoint(as: Caller, url: string, body: object = {}) {
  const { status, body: made, text } = await as('POST', '/webhook-endpoints', { url, ...body })
  assert.equal(status, 201, text)
  return made
}

/** Does what the worker would do now, until every event has been read and all that is due has been sent. */
export async function deliver(server: TestServer): Promise<void> {
  for (const startedMs = performance.now(); performance.now() - startedMs < 30_000;) {
    while (await webhooks.tick(server.deps));
    await webhooks.settle(server.deps)
    // Another file's transaction may hold the stream back for a moment.
    const [left] = await rows(
      server,
      `select (select count(*) from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id
           where w.is_active and d.due_at <= $1)
         + (select count(*) from webhook_endpoints w join events e on e.environment_id = w.environment_id
           where w.is_active and (e.transaction, e.id) > (w.read_transaction, w.read_event_id)) as n`,
      [server.clock.now().toString()],
    )
    if (Number(left?.['n']) === 0) return
  }
  throw new Error('the stream never came to its end')
}

export async function deliveriesOf(as: Caller, endpoint: { id: string }) {
  const { status, body, text } = await as('GET', `/webhook-endpoints/${endpoint.id}/deliveries?limit=100`)
  assert.equal(status, 200, text)
  return body.data
}
