import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../clock.ts'
import { dpo } from './dpo.ts'
import { flutterwave } from './flutterwave.ts'
import { mpesa } from './mpesa.ts'
import { paystack } from './paystack.ts'
import { payu } from './payu.ts'
import { pesapal } from './pesapal.ts'
import { stripe } from './stripe.ts'
import { pageHtml } from './page.ts'
import { type Ask, type Choice, type Reply, type Simulated, World, choices } from './world.ts'

const all: readonly Simulated[] = [paystack, flutterwave, stripe, mpesa, pesapal, dpo, payu]
/** The faults of calls; the others are of payments. */
const atCalls = ['drop_before', 'drop_after', 'busy', 'error', 'hold_before', 'hold_after'] as const
const mostBytes = 1_048_576

export type Simulator = {
  readonly world: World
  readonly origin: string
  /** The value of TEST_PROVIDER_URLS that makes a server use it. */
  readonly setting: string
  readonly close: () => Promise<void>
}

/** Listens for calls of all providers' protocols, each behind its own prefix. It moves no money and takes test keys only. */
export async function startSimulator(
  clock: Clock,
  { port = 0, host = '127.0.0.1' }: { port?: number; host?: string } = {},
): Promise<Simulator> {
  const world = new World(clock)
  const server = createServer((request, response) => {
    serve(world, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: listening } = server.address() as AddressInfo
  world.origin = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${listening}`
  return {
    world,
    origin: world.origin,
    setting: all.map(({ name, address }) => `${name}=${world.origin}${address}`).join(','),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', world.origin)
  const ask: Ask = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: await readBody(request),
  }
  const provider = all.find(({ prefix }) => ask.path.startsWith(`${prefix}/`))
  if (!provider)
    return send(world, response, ask.path.startsWith('/pay/') ? onPage(world, ask) : control(world, ask))

  const path = ask.path.slice(provider.prefix.length)
  const { name } = provider
  const fault = world.takeFault(name, provider.actionOf?.({ ...ask, path }) ?? path, atCalls)
  if (fault?.kind === 'hold_before') await world.hold()
  if (fault?.kind === 'drop_before') return void response.destroy()
  if (fault?.kind === 'busy')
    return send(world, response, {
      status: 429,
      ...(fault.retryAfter === undefined ? {} : { headers: { 'retry-after': String(fault.retryAfter) } }),
      body: '{"message":"Too many requests","error":{"type":"invalid_request_error","message":"Too many requests"}}',
    })
  if (fault?.kind === 'error') return send(world, response, { status: 500, body: '' })
  const reply = await provider.answer(world, { ...ask, path })
  if (world.delivery === 'before_answer') await world.settled()
  if (fault?.kind === 'hold_after') await world.hold()
  if (fault?.kind === 'drop_after') {
    response.destroy()
    return world.answered()
  }
  send(world, response, reply)
}

function send(world: World, response: ServerResponse, { status, body, type, headers }: Reply): void {
  response.writeHead(status, { 'content-type': type ?? 'application/json', ...headers })
  response.end(body)
  // Whoever asked may be gone.
  if (response.closed) world.answered()
  else response.once('close', () => world.answered())
}

/** The customer's page: what it shows, and what was chosen on it. */
function onPage(world: World, ask: Ask): Reply {
  const page = world.pages.get(ask.path.slice('/pay/'.length))
  if (!page) return { status: 404, body: 'There is no such page.', type: 'text/plain' }
  if (ask.method !== 'POST') return { status: 200, body: pageHtml(page), type: 'text/html; charset=utf-8' }
  const choice = new URLSearchParams(ask.body).get('choice')
  if (!isChoice(choice)) return { status: 400, body: 'Choose one.', type: 'text/plain' }
  return { status: 303, body: '', headers: { location: page.choose(choice) } }
}

function isChoice(value: string | null): value is Choice {
  return choices.some((choice) => choice === value)
}

/** For tests in other languages: what goes wrong next, how notices are sent, what has moved. */
function control(world: World, ask: Ask): Reply {
  const given = ask.body === '' ? {} : (JSON.parse(ask.body) as Record<string, never>)
  switch (`${ask.method} ${ask.path}`) {
    case 'POST /_control/faults':
      world.faults.push(given as never)
      return { status: 204, body: '' }
    case 'POST /_control/delivery':
      world.delivery = given['delivery'] ?? 'once'
      return { status: 204, body: '' }
    case 'POST /_control/addresses':
      world.addresses.set(`${String(given['provider'])} ${String(given['secret'])}`, String(given['url']))
      return { status: 204, body: '' }
    case 'POST /_control/let-go':
      world.letGo()
      return { status: 204, body: '' }
    case 'POST /_control/disputes': {
      const about = all.find(({ name }) => name === given['provider'])
      about?.dispute?.(world, String(given['reference']), given['status'] ?? 'open')
      world.answered()
      return { status: 204, body: '' }
    }
    case 'GET /_control/movements':
      return { status: 200, body: JSON.stringify(world.movements) }
    default:
      return { status: 404, body: '{"message":"There is nothing at this address."}' }
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > mostBytes) throw new Error('too much')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
