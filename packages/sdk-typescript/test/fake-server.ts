import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'

export type Seen = {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

export type Reply =
  | { readonly status?: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  | { readonly bytes: Uint8Array; readonly media: string }
  /** The connection breaks without an answer. */
  | 'drop'
  /** No answer ever comes. */
  | 'hang'

/** A real HTTP server whose answers the test gives: `answer` gets each request and how many came before it. */
export async function fakeServer(answer: (seen: Seen, index: number) => Reply) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const one: Seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      }
      seen.push(one)
      respond(request, response, answer(one, seen.length - 1))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the fake server has no port')
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    seen,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function respond(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'drop') {
    request.socket.destroy()
    return
  }
  if ('bytes' in reply) {
    response.writeHead(200, { 'content-type': reply.media }).end(reply.bytes)
    return
  }
  response.writeHead(reply.status ?? 200, {
    'content-type': 'application/json',
    'x-request-id': 'req_1',
    ...reply.headers,
  })
  response.end(reply.json === undefined ? undefined : JSON.stringify(reply.json))
}

export const unauthorized: Reply = {
  status: 401,
  json: { statusCode: 401, message: 'Invalid or missing authentication credentials' },
}

/** A server of one session: it knows which access token and which refresh token are alive. */
export function sessionServer() {
  let generation = 0
  const state = { refreshes: 0, alive: true, expired: new Set<number>() }
  const tokens = () => ({ accessToken: `access-${generation}`, refreshToken: `refresh-${generation}` })
  const answer = ({ path, body, headers }: Seen): Reply => {
    if (path === '/api/auth/login') return { json: tokens() }
    if (path === '/api/auth/refresh') {
      state.refreshes += 1
      const given =
        typeof body === 'object' && body !== null && 'refreshToken' in body ? body.refreshToken : undefined
      if (!state.alive || given !== `refresh-${generation}`) {
        state.alive = false
        return unauthorized
      }
      generation += 1
      return { json: tokens() }
    }
    const current = headers.authorization === `Bearer access-${generation}`
    if (!current || state.expired.has(generation) || !state.alive) return unauthorized
    if (path === '/api/auth/logout') return { status: 204 }
    return { json: [] }
  }
  return {
    state,
    answer,
    /** The current access token runs out. */
    expire: (): void => void state.expired.add(generation),
  }
}
