import { lookup } from 'node:dns'
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { addressFault, isPublicAddress } from '../../http/public-address.ts'

/** Whom webhooks may be sent to. */
export type Targets = 'public' | 'any'

type Message = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What came back: the status, and the beginning of the body; or why nothing did. */
export type Reply =
  | { readonly status: number; readonly excerpt: string }
  | { readonly status: null; readonly error: string }

/** As much of an answer is read, and as much of it kept. */
const readBytes = 65_536
const keptCharacters = 1000
const idleMs = 30_000

/** Sends messages over connections that are kept open for the next one to the same address. */
export type Sender = {
  post(message: Message, signal: AbortSignal): Promise<Reply>
  close(): void
}

/**
 * A sender that holds to its targets at the moment it connects: a name is resolved, all that it leads to is checked,
 * and that very address is connected to, so that no later answer of the name's server can lead elsewhere. Redirects
 * are not followed.
 */
export function createSender(targets: Targets, resolve: typeof lookup = lookup): Sender {
  const options = { keepAlive: true, maxFreeSockets: 64, timeout: idleMs, ...lookupFor(targets, resolve) }
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) }
  return {
    async post(message, signal) {
      const url = new URL(message.url)
      const fault = targets === 'public' ? addressFault(url) : undefined
      if (fault !== undefined) return { status: null, error: `The address ${fault}.` }
      return exchange(agents, url, message, signal)
    },
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function exchange(
  agents: { http: HttpAgent; https: HttpsAgent },
  url: URL,
  { headers, body }: Message,
  signal: AbortSignal,
  isRepeat = false,
): Promise<Reply> {
  return new Promise((resolve) => {
    const options = {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'NovaBilling-Webhooks/1',
        ...headers,
      },
      signal,
    }
    const answered = (response: IncomingMessage): void => readReply(response, resolve)
    const request =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: agents.https }, answered)
        : httpRequest(url, { ...options, agent: agents.http }, answered)
    request.on('error', (error) => {
      // A connection that was kept open may have been closed by the other side just as it was used again.
      if (request.reusedSocket && !isRepeat && !signal.aborted)
        resolve(exchange(agents, url, { url: url.href, headers, body }, signal, true))
      else resolve({ status: null, error: wordsFor(error) })
    })
    request.end(body)
  })
}

/** The status counts as soon as it is there; the body is read so that the connection can be used again. */
function readReply(response: IncomingMessage, resolve: (reply: Reply) => void): void {
  const status = response.statusCode ?? 0
  const parts: Buffer[] = []
  let read = 0
  const done = (): void =>
    resolve({
      status,
      excerpt: Buffer.concat(parts).toString('utf8').replaceAll('\0', '').slice(0, keptCharacters),
    })
  response.on('data', (part: Buffer) => {
    if (read < keptCharacters * 4) parts.push(part)
    read += part.length
    if (read > readBytes) response.destroy()
  })
  response.on('close', done)
  response.on('error', done)
}

function lookupFor(targets: Targets, resolve: typeof lookup): { lookup?: LookupFunction } {
  if (targets === 'any') return {}
  return {
    lookup(host, options, callback) {
      resolve(host, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, '', 0)
        const [first] = found
        if (!first || !found.every(({ address }) => isPublicAddress(address)))
          return callback(new PrivateAddress(host), '', 0)
        return options.all ? callback(null, found) : callback(null, first.address, first.family)
      })
    },
  }
}

class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} leads into a private network`)
  }
}

function wordsFor(error: Error): string {
  if (error.name === 'AbortError') return 'There was no answer in time.'
  if (error instanceof PrivateAddress) return `${error.message}.`
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'The connection was refused.',
    ECONNRESET: 'The connection was cut.',
    ENOTFOUND: 'The host name does not exist.',
    ETIMEDOUT: 'The host could not be reached.',
    EHOSTUNREACH: 'The host could not be reached.',
  }
  return known[code] ?? `The request failed (${code}).`
}
