/** The one way to the server: the session's cookie goes along by itself, and no credential is ever seen here. */

/** A refusal, as the API tells it. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string | undefined
  readonly faults: readonly { path: string; message: string }[]
  readonly requestId: string | null
  /** The password was right, and a code is needed as well. */
  readonly needsCode: boolean

  constructor(status: number, body: Partial<Problem>, requestId: string | null, needsCode = false) {
    super(body.message ?? 'The server gave no answer that can be read.')
    this.status = status
    this.code = body.code
    this.faults = body.errors ?? []
    this.requestId = requestId
    this.needsCode = needsCode
  }
}

type Problem = { code: string; message: string; errors: { path: string; message: string }[] }

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

let whenSignedOut: () => void = () => {}
/** What happens when the server no longer knows the session. */
export function onSignedOut(act: () => void): void {
  whenSignedOut = act
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

type Sent = { readonly environmentId: string | undefined; readonly query?: Query; readonly body?: unknown }

async function send<T>(method: Method, path: string, options: Sent): Promise<T> {
  const response = await ask(method, path, options)
  return parsed(await response.text()) as T
}

/** What a server that stops in the middle of a file leaves is no file. */
async function receive(path: string, options: Sent): Promise<Blob> {
  const response = await ask('GET', path, options)
  try {
    return await response.blob()
  } catch {
    throw new ApiError(0, { message: 'The file broke off on its way. Try again.' }, null)
  }
}

/** Asks, and throws what is refused. */
async function ask(method: Method, path: string, options: Sent): Promise<Response> {
  const { environmentId } = options
  const headers = new Headers({ accept: 'application/json' })
  if (environmentId !== undefined) headers.set('novabilling-environment', environmentId)
  if (method !== 'GET') {
    headers.set('content-type', 'application/json')
    if (method === 'POST') headers.set('idempotency-key', crypto.randomUUID())
  }
  let response: Response
  try {
    response = await fetch(`/api${path}${queryString(options.query)}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(method === 'GET' ? {} : { body: JSON.stringify(options.body ?? {}) }),
    })
  } catch {
    throw new ApiError(0, { message: 'The server cannot be reached. Nothing was changed; try again.' }, null)
  }
  if (response.ok) return response
  const body = parsed(await response.text())
  if (response.status === 401 && !path.startsWith('/dashboard/')) whenSignedOut()
  throw new ApiError(
    response.status,
    body ?? {},
    response.headers.get('x-request-id'),
    response.headers.get('novabilling-two-factor') === 'required',
  )
}

function parsed(text: string): object | undefined {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function queryString(query: Query = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  return set.length === 0
    ? ''
    : `?${new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString()}`
}

export type Api = {
  readonly get: <T>(path: string, query?: Query) => Promise<T>
  readonly post: <T>(path: string, body?: unknown) => Promise<T>
  readonly patch: <T>(path: string, body?: unknown) => Promise<T>
  readonly delete: <T = void>(path: string) => Promise<T>
  /** A file, as it is. */
  readonly file: (path: string, query?: Query) => Promise<Blob>
}

/** The API as seen from one environment; without one, the account's part of it. */
export function connect(environmentId?: string): Api {
  return {
    get: (path, query) => send('GET', path, { environmentId, query }),
    post: (path, body) => send('POST', path, { environmentId, body }),
    patch: (path, body) => send('PATCH', path, { environmentId, body }),
    delete: (path) => send('DELETE', path, { environmentId }),
    file: (path, query) => receive(path, { environmentId, query }),
  }
}

export const account = connect()

/** A page of a list. */
export type Page<T> = {
  readonly data: readonly T[]
  readonly meta: {
    readonly total: number | null
    readonly page: number | null
    readonly limit: number
    readonly totalPages: number | null
    readonly nextCursor: string | null
  }
}
