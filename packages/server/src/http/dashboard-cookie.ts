import type { FastifyRequest } from 'fastify'
import type { Deps } from '../deps.ts'
import { nullable, oneOf, statement, uuid } from '../db/statement.ts'
import { parseId } from '../ids.ts'
import { sha256 } from '../secrets.ts'
import { Forbidden, Unauthorized } from './problems.ts'
import type { Role } from './roles.ts'
import { type Scope, scopes } from './scopes.ts'

/** The cookie that a browser keeps to itself, on this origin, over TLS or on localhost. */
const name = '__Host-novabilling'
/** A dashboard session ends after so long, however busy it is; unused it ends after 30 minutes. */
export const dashboardSeconds = 12 * 3600
/** Requests a minute of one dashboard session, apart from its tenant's API. */
export const dashboardPerMinute = 600
/** Where a page says which environment it shows. */
export const environmentHeader = 'novabilling-environment'

const useSession = statement(
  'dashboard.use_session',
  `select tenant_id, session_id, member_id, role, environment_kind from use_dashboard_session($1, $2::uuid, $3)`,
  {
    tenant_id: uuid,
    session_id: uuid,
    member_id: uuid,
    role: oneOf('OWNER', 'ADMIN', 'MEMBER', 'VIEWER'),
    environment_kind: nullable(oneOf('LIVE', 'TEST')),
  },
)

/** A member in the dashboard, and the environment that they look at, if they name one of theirs. */
export type DashboardVisit = {
  readonly tenantId: string
  readonly sessionId: string
  readonly memberId: string
  readonly role: Role
  readonly environment: { readonly id: string; readonly isTest: boolean } | undefined
}

/** What a role may do with the data of an environment: a viewer reads, everyone else does all that keys can do. */
export function scopesOf(role: Role): ReadonlySet<Scope> {
  return role === 'VIEWER' ? readScopes : allScopes
}
const allScopes: ReadonlySet<Scope> = new Set(scopes)
const readScopes: ReadonlySet<Scope> = new Set(scopes.filter((scope) => scope.endsWith(':read')))

export function setCookie(token: string): string {
  return `${name}=${token}; Path=/; Max-Age=${dashboardSeconds}; Secure; HttpOnly; SameSite=Lax`
}

export function clearCookie(): string {
  return `${name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`
}

/** The secret of the dashboard's cookie, if the request brings one. */
export function cookieOf(request: FastifyRequest): string | undefined {
  for (const pair of request.headers.cookie?.split(';') ?? []) {
    const [key = '', value = ''] = pair.trim().split('=')
    if (key === name && value !== '') return value
  }
  return undefined
}

/**
 * Who visits, by cookie. A browser sends a cookie whoever wrote the page, so what does not come from our own pages is
 * turned away before it is looked at.
 * @throws Unauthorized, Forbidden
 */
export async function visitByCookie(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  token: string,
  request: FastifyRequest,
): Promise<DashboardVisit> {
  if (!isFromOwnPage(request)) throw new Forbidden('a request from the dashboard')
  if (token.length > 100) throw new Unauthorized()
  const header = request.headers[environmentHeader]
  const environmentId = typeof header === 'string' ? parseId('environment', header) : undefined
  const [row] = await db.query(useSession(sha256(token), environmentId ?? null, clock.now()))
  if (!row) throw new Unauthorized()
  return {
    tenantId: row.tenant_id,
    sessionId: row.session_id,
    memberId: row.member_id,
    role: row.role,
    environment:
      environmentId === undefined || row.environment_kind === null
        ? undefined
        : { id: environmentId, isTest: row.environment_kind === 'TEST' },
  }
}

/** Fetch Metadata where the browser sends it, else the Origin; a link that is followed may only read. */
export function isFromOwnPage({ method, headers, host }: FastifyRequest): boolean {
  const isRead = method === 'GET'
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin' || (isRead && site === 'none')
  const { origin } = headers
  if (origin === undefined) return isRead
  return URL.canParse(origin) && new URL(origin).host === host
}
