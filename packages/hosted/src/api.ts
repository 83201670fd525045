/** What this page is: its own address says it, and is all that it knows. */
const [, kind = '', token = ''] = location.pathname.split('/')
export const isPortal = kind === 'portal'

/** Why the server did not do it: a code of its closed list, or how the way there failed. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

/** Asks the server with this page's link. Nothing is kept in the browser, and no cookie is used. */
export async function ask<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const response = await fetch(`/api/hosted/${kind}${path}`, {
    method,
    credentials: 'omit',
    cache: 'no-store',
    headers: {
      authorization: `Bearer ${kind}_${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(40_000),
  }).catch(() => {
    throw new Refused('offline')
  })
  if (response.status === 401) throw new Refused('link')
  const text = await response.text()
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T
  throw new Refused(codeIn(text))
}

function codeIn(text: string): string {
  try {
    return (JSON.parse(text) as { code?: string }).code ?? 'other'
  } catch {
    return 'other'
  }
}
